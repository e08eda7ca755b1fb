"""Sending one delivery: its headers, the request, and what came back, as values; no database here."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from rtpy.errors import Refused
from rtpy.outbound.allowed import Allowed
from rtpy.outbound.connection import NoAnswer, ask
from rtpy.outbound.target import read_target
from rtpy.telemetry.spans import Side, span

MOST = 4096
"""Bytes that are read of an answer's body."""
LONGEST_WAIT = 24 * 3600


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent, and where to."""

    delivery_id: int
    webhook_id: int
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What became of it: `status` None when nobody answered; `wait` are seconds that the receiver asked for."""

    status: int | None
    problem: str
    answer: str
    address: str
    milliseconds: int
    wait: int = 0

    @property
    def is_good(self) -> bool:
        """Did the receiver take it?"""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Does the receiver want nothing any more?"""
        return self.status == 410

    @property
    def is_down(self) -> bool:
        """Is it the receiver that does not work, not this one delivery that it does not like?"""
        return self.status is None or self.status >= 500 or self.status in (408, 429)


def headers_of(event_id: str, event: str, moment: datetime, signature: str) -> dict[str, str]:
    """The headers of a delivery; names and signature as standardwebhooks.com has them."""
    return {
        "Content-Type": "application/json",
        "User-Agent": f"rtpy/{_version()}",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
        "rtpy-event": event,
    }


def send(letter: Letter, allowed: Allowed, seconds: float) -> Result:
    """Send it; whatever happens becomes a result."""
    number, delivery = letter.webhook_id, letter.delivery_id
    with span("deliver webhook", side=Side.ASKING, rtpy__webhook=number, rtpy__delivery=delivery) as told:
        result = _send(letter, allowed, seconds)
        if result.status is not None:
            told.tell(http__response__status_code=result.status)
        if not result.is_good:
            told.fail(str(result.status or "unanswered"))
    return result


def _send(letter: Letter, allowed: Allowed, seconds: float) -> Result:
    began = time.monotonic()

    def took() -> int:
        return int((time.monotonic() - began) * 1000)

    try:
        answer = ask(
            "POST",
            read_target(letter.url),
            headers=letter.headers,
            body=letter.body,
            allowed=allowed,
            seconds=seconds,
            most=MOST,
        )
    except (Refused, NoAnswer) as problem:
        return Result(None, str(problem)[:1000], "", "", took())
    except Exception as error:  # a mistake of ours: this one waits, the others go on
        return Result(None, f"sending failed: {type(error).__name__}", "", "", took())
    text = answer.body.decode("utf-8", "replace").replace("\x00", "�")
    said = text + ("\n[…]" if answer.is_cut else "")
    return Result(
        answer.status,
        _problem(answer.status),
        said,
        answer.address,
        took(),
        _wait(answer.header("retry-after")),
    )


def _problem(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It answered {status}: it leads elsewhere, and that is not followed. Give the address where it leads."
    if status == 410:
        return "It answered 410: it wants nothing any more."
    return f"It answered {status}."


def _wait(text: str) -> int:
    """Seconds of a header Retry-After; its dates are not read."""
    return min(int(text), LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _version() -> str:
    try:
        return version("rtpy")
    except PackageNotFoundError:
        return "0"
