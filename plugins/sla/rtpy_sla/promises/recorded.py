"""Promises as transactions say them, and those of a ticket read back from its history: which are open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.history.brought import Happened, Sentence, ShowDate
from rtpy.models import Transaction
from rtpy_sla.following.recorded import PROMISE, data_of, moment_in


class PromiseDeed(StrEnum):
    """What happens to a promise."""

    MADE = "made"
    KEPT = "kept"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised to the customer of a ticket, and until when; `cycle` counts them from 1."""

    cycle: int
    words: str
    due: datetime
    by: int
    made: datetime
    settled: datetime | None = None
    deed: PromiseDeed = PromiseDeed.MADE
    """The last thing that happened to it; while it is made or moved, it is open."""
    zone: str = "UTC"
    """In which zone its moment was meant, by name."""

    @property
    def is_open(self) -> bool:
        """Is it still owed?"""
        return self.deed in (PromiseDeed.MADE, PromiseDeed.MOVED)


def promises_of(db: Session, ticket_id: int) -> tuple[Promise, ...]:
    """All that were ever made on the ticket, in their order. One query, by the ticket's history."""
    rows = db.execute(
        select(Transaction.data, Transaction.created, Transaction.creator_id)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket_id,
            Transaction.type == PROMISE,
        )
        .order_by(Transaction.id)
    )
    return played((data_of(row.data), row.created, row.creator_id) for row in rows)


def played(rows: Iterable[tuple[dict[str, Any], datetime, int]]) -> tuple[Promise, ...]:
    """Promises from what was recorded about them: data, when, by whom."""
    found: dict[int, Promise] = {}
    for said, at, by in rows:
        deed, cycle = PromiseDeed(said.get("deed", PromiseDeed.MADE)), int(said["cycle"])
        due = moment_in(said, "due")
        if deed is PromiseDeed.MADE and due is not None:
            words, zone = str(said.get("words", "")), str(said.get("zone", "UTC"))
            found[cycle] = Promise(cycle, words, due, by, at, zone=zone)
        elif cycle in found:
            was = found[cycle]
            settled = at if deed in (PromiseDeed.KEPT, PromiseDeed.WITHDRAWN) else None
            found[cycle] = replace(was, due=due or was.due, settled=settled, deed=deed)
    return tuple(found[cycle] for cycle in sorted(found))


def open_promises(promises: Sequence[Promise]) -> tuple[Promise, ...]:
    """Those that are still owed, the earliest first."""
    return tuple(sorted((each for each in promises if each.is_open), key=lambda each: each.due))


def say_promise(happened: Happened, show_date: ShowDate) -> str:
    """The sentence of the history."""
    said = data_of(happened.data)
    due = moment_in(said, "due")
    until, words = show_date(due) if due else "", said.get("words", "")
    match said.get("deed", PromiseDeed.MADE):
        case PromiseDeed.MADE:
            return f"promised “{words}” by {until}"
        case PromiseDeed.MOVED:
            return f"moved the promise “{words}” to {until}"
        case PromiseDeed.KEPT:
            return f"kept the promise “{words}”"
        case _:
            return f"withdrew the promise “{words}”"


TEXTS: Mapping[str, Sentence] = {PROMISE: say_promise}
"""For the hook `rtpy_transaction_texts`."""
