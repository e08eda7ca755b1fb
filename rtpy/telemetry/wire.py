"""The connection to a collector: to its address and nowhere else, and what goes wrong there is said once."""

import logging
from typing import Any

import requests

log = logging.getLogger("rtpy.telemetry")

LAST = 2.0
"""Seconds that the last batch of a process may take."""


class Wire(requests.Session):
    """A session of requests that heeds no proxies and passwords of the surroundings, and verifies certificates."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.trust_env = False
        # one that was kept may be closed by the other side just when it is needed
        self.headers["Connection"] = "close"
        self.address = address
        self.is_last = False
        """The process ends: nobody waits for long."""
        self._is_away = False

    def request(self, *what: Any, **named: Any) -> requests.Response:
        """As requests does it. Raises requests.RequestException."""
        if self.is_last:
            named["timeout"] = min(named.get("timeout") or LAST, LAST)
        try:
            answer = super().request(*what, **named)
        except requests.RequestException as error:
            self._note(_words_for(error))
            if self.is_last:  # what the exporter does not know it does not try again
                raise requests.RequestException(str(error)) from error
            raise
        self._note("" if answer.ok and not answer.is_redirect else f"it answered {answer.status_code}")
        return answer

    def _note(self, problem: str) -> None:
        if problem and not self._is_away:
            log.warning(
                "traces cannot be handed to %s: %s; this is said once, until one is taken",
                self.address,
                problem,
            )
        elif self._is_away and not problem:
            log.info("traces are taken by %s again", self.address)
        self._is_away = bool(problem)


def _words_for(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not valid here"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    return f"it cannot be reached ({type(error).__name__})"
