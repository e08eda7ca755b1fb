"""Time stamps in forms, signed: a person takes a while to write, a robot does not. No puzzle is ever asked."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from rtpy.app import App
from rtpy.identity.login import sign

QUICKEST, OLDEST = timedelta(seconds=3), timedelta(hours=24)
FIRST, AGAIN = "f", "a"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a form was given out; `number` is its own, `is_again` that of the page that asks for one more click."""

    number: str
    made: datetime
    is_again: bool

    @property
    def form(self) -> str:
        """How the form is known in the database."""
        return sha256(self.number.encode()).hexdigest()

    def is_human(self, now: datetime) -> bool:
        """Does the time that went by fit a person?"""
        passed = now - self.made
        return passed <= OLDEST and (self.is_again or passed >= QUICKEST)


def new_stamp(app: App, now: datetime, *, again: bool = False) -> str:
    """A stamp for a form that is given out now; what it holds cannot be changed without notice."""
    text = f"{int(now.timestamp())}.{secrets.token_hex(16)}.{AGAIN if again else FIRST}"
    return f"{text}.{_signature(app, text)}"


def read_stamp(app: App, given: str) -> Stamp | None:
    """The stamp of a form that came back; None for one that is not ours."""
    text, _, signature = given[:300].rpartition(".")
    pieces = text.split(".")
    if len(pieces) != 3 or not hmac.compare_digest(signature.encode(), _signature(app, text).encode()):
        return None
    seconds, number, turn = pieces
    made = int(seconds)
    return Stamp(number, datetime.fromtimestamp(made, UTC), turn == AGAIN)


def sign_number(app: App, what: str, number: int, now: datetime) -> str:
    """`number` with a proof that this site wrote it for `what`."""
    text = f"{number}.{int(now.timestamp())}"
    return f"{text}.{_signature(app, f'{what} {text}')}"


def read_number(app: App, what: str, given: str, now: datetime) -> int | None:
    """The number again, for a day; None for anything else."""
    text, _, signature = given[:300].rpartition(".")
    number, _, made = text.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(app, f"{what} {text}").encode()):
        return None
    return int(number) if now.timestamp() - int(made) <= OLDEST.total_seconds() else None


def _signature(app: App, text: str) -> str:
    return sign(app, f"portal form {text}")[:40]
