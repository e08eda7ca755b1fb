"""Asking a provider over HTTP: only where it may stand, one request at a time bounded in time and size; no database."""

import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.identity.oidc.provider import allowed_places
from rtpy.outbound.connection import Answer, NoAnswer, ask
from rtpy.outbound.target import NotAllowed, read_target

MOST = 512 * 1024
"""Bytes of an answer; a document of discovery has some thousands, a set of keys too."""
AT_ONCE = 2
"""Threads of one process that wait for providers at the same time: the others are for pages."""

_turns = threading.BoundedSemaphore(AT_ONCE)


class ProviderSilent(Refused):
    """The provider cannot be asked, or its answer makes no sense; the sentence is for administrators."""


def fetch(
    config: Config, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Answer:
    """One request and its whole answer. Raises ProviderSilent, with the server's name and what went wrong."""
    seconds = float(config.sign_on.seconds)
    if not _turns.acquire(timeout=seconds):
        raise ProviderSilent("Too many logins wait for their provider: try again in a moment.")
    place = url[:100]
    try:
        target = read_target(url)
        place = target.origin
        answer = ask(
            method,
            target,
            headers={"Accept": "application/json", "User-Agent": "rtpy", **(headers or {})},
            body=body,
            allowed=allowed_places(config),
            seconds=seconds,
            most=MOST,
        )
    except NotAllowed as wrong:
        raise ProviderSilent(f"{place}: {wrong} The option sign_on.allow says what else may be.") from None
    except NoAnswer as nothing:
        raise ProviderSilent(f"{place}: {nothing}.") from None
    finally:
        _turns.release()
    if answer.is_cut:
        raise ProviderSilent(f"{place}: the answer is too long or breaks off.")
    return answer


def fetch_json(config: Config, url: str, *, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A JSON object; Any: what it holds is checked where it is read. Raises ProviderSilent."""
    answer = fetch(config, "GET", url, headers=headers)
    if answer.status != 200:
        raise ProviderSilent(f"{read_target(url).origin}: it answered {answer.status}, not 200.")
    return object_in(answer.body, url)


def object_in(body: bytes, url: str) -> dict[str, Any]:
    """The JSON object of a body. Raises ProviderSilent."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderSilent(f"{read_target(url).origin}: it did not answer with a JSON object.")
    return found


class GuardedPosts:
    """What Authlib's client sends its requests by."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> "_Reply":
        """Send a form; `auth` is Authlib's own way to prove who the client is."""
        url, all_headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Reply(fetch(self._config, "POST", url, headers=all_headers, body=body.encode()), url)


class _Reply:
    """An answer as Authlib reads it."""

    def __init__(self, answer: Answer, url: str) -> None:
        self.status_code = answer.status
        self._answer = answer
        self._url = url

    def json(self) -> dict[str, Any]:
        return object_in(self._answer.body, self._url)

    def raise_for_status(self) -> None:
        raise ProviderSilent(f"{read_target(self._url).origin}: it answered {self.status_code}.")
