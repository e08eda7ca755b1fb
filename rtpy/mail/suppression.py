"""Addresses that get no mail about tickets: asked for every recipient, so remembered."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.suppression import Cause
from rtpy.models import SuppressedAddress
from rtpy.remembered import remembered, watch

_WORDS = {
    Cause.HAND: "somebody of the staff wrote so",
    Cause.COMPLAINT: "they complained about our mail",
    Cause.BOUNCES: "mail to it comes back",
}


@dataclass(frozen=True, slots=True)
class Suppressed:
    """All patterns with their causes."""

    causes: dict[str, str]

    def reason(self, address: str) -> str | None:
        """Why an address gets no mail, in words; None when it may get some."""
        folded = address.strip().lower()
        domain = f"@{folded.rpartition('@')[2]}"
        for pattern in (folded, domain):
            if cause := self.causes.get(pattern):
                what = folded if pattern == folded else f"everybody at {domain[1:]}"
                return f"{what} is on the list of those who get no mail: {_WORDS.get(Cause(cause), '')}"
        return None


def suppressed(app: App, db: Session) -> Suppressed:
    """The list as it is now."""
    return remembered(app, db, "suppressed_addresses", _read)


def _read(db: Session) -> Suppressed:
    rows = db.execute(select(SuppressedAddress.pattern, SuppressedAddress.cause))
    return Suppressed({row.pattern: row.cause for row in rows})


watch(SuppressedAddress)
