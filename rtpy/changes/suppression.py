"""The list of addresses that get no mail about tickets: put on it, taken off it."""

import re
from enum import StrEnum

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import SuppressedAddress
from rtpy.rights.names import Right
from rtpy.work import Work


class Cause(StrEnum):
    """Why an address is on the list."""

    HAND = "hand"
    COMPLAINT = "complaint"
    BOUNCES = "bounces"


CAUSE_WORDS = {
    Cause.HAND: "Written down by hand",
    Cause.COMPLAINT: "They complained about our mail",
    Cause.BOUNCES: "Mail to it comes back",
}
LONGEST_NOTE = 1_000
_PATTERN = re.compile(r"[^\s@<>,;\"()]{0,64}@[^\s@<>,;\"()]+\.[^\s@<>,;\"()]+")


def suppress(work: Work, pattern: str, cause: str, note: str = "") -> SuppressedAddress:
    """From now on nothing about tickets goes to an address, or with `@domain` to anybody there.

    Needs SuperUser; raises Refused, Invalid.
    """
    need_system(work, Right.SUPER_USER)
    folded = pattern.replace("\x00", "").strip().lower()
    problems = []
    if len(folded) > 320 or not _PATTERN.fullmatch(folded):
        problems.append(
            Problem("pattern", "Write an address such as ann@client.example, or a domain: @client.example.")
        )
    elif work.db.scalar(select(SuppressedAddress.id).where(SuppressedAddress.pattern == folded)):
        problems.append(Problem("pattern", f"{folded} is on the list already."))
    if cause not in list(Cause):
        problems.append(Problem("cause", "Choose a reason of the list."))
    if len(note) > LONGEST_NOTE:
        problems.append(Problem("note", f"A note has at most {LONGEST_NOTE} characters."))
    if problems:
        raise Invalid(*problems)
    row = SuppressedAddress(
        pattern=folded,
        cause=str(cause),
        note=note.replace("\x00", "").strip(),
        creator_id=work.actor.user_id,
        created=work.now,
    )
    work.db.add(row)
    work.db.flush()
    note_configuration(work, "suppressed_address", row.id, row.pattern, None, _values(row))
    return row


def let_mail_go_to(work: Work, number: int) -> str:
    """Take an entry off the list; says which it was. Needs SuperUser; raises Refused, NotFound."""
    need_system(work, Right.SUPER_USER)
    row = work.db.get(SuppressedAddress, number)
    if row is None:
        raise NotFound("This address is not on the list any more.")
    note_configuration(work, "suppressed_address", row.id, row.pattern, _values(row), None)
    pattern = row.pattern
    work.db.delete(row)
    work.db.flush()
    return pattern


def _values(row: SuppressedAddress) -> dict[str, object]:
    return {"address": row.pattern, "cause": row.cause, "note": row.note}
