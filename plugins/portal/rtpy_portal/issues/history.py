"""The history of a known issue: who changed what, with the words before and after; written, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from rtpy.changes.change import Record
from rtpy.changes.recording import record_on
from rtpy.models import Transaction
from rtpy.work import Work

OBJECT = "portal_issue"
MOST = 200


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: `what` names the field or the deed; `old` and `new` are empty where there is nothing to compare."""

    at: datetime
    who: str
    what: str
    old: str
    new: str


def note_changes(work: Work, issue_id: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """A transaction for each field that differs."""
    for name, new in after.items():
        old = before.get(name, "")
        if old != new:
            note(work, issue_id, "Set", name, old, new)


def note(work: Work, issue_id: int, deed: str, field: str = "", old: str = "", new: str = "") -> None:
    """One transaction of the issue."""
    record_on(
        work,
        OBJECT,
        issue_id,
        Record(Transaction(type=deed, field=field[:255], old_value=old, new_value=new)),
    )


def deeds_of(work: Work, issue_id: int) -> Sequence[Deed]:
    """The newest first. One query."""
    rows = work.db.scalars(
        select(Transaction)
        .options(joinedload(Transaction.creator))
        .where(Transaction.object_type == OBJECT, Transaction.object_id == issue_id)
        .order_by(Transaction.id.desc())
        .limit(MOST)
    )
    return [
        Deed(row.created, row.creator.display_name, row.field or row.type, row.old_value, row.new_value)
        for row in rows
    ]
