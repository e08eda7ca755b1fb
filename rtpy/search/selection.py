"""Which tickets a schedule or `rtpy crontool` is about: one small value, and the one place where it becomes a query."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from rtpy.models import Ticket

TICKET, REMINDER = "ticket", "reminder"


@dataclass(frozen=True, slots=True)
class Selection:
    """Tickets that fit all of it; what is empty does not filter.

    Without `statuses` those that are not closed. `untouched_hours`: nobody changed them for so long.
    `due_within_hours`: due from now on until then. `words` stand in the subject.
    """

    statuses: tuple[str, ...] = ()
    queue_id: int | None = None
    owner_id: int | None = None
    organization_id: int | None = None
    overdue: bool = False
    untouched_hours: int = 0
    due_within_hours: int = 0
    words: str = ""
    type: str = TICKET


def plain_selection(selection: Selection) -> dict[str, object]:
    """As plain values for the database; only what filters."""
    usual = Selection()
    values = {name: value for name, value in asdict(selection).items() if value != getattr(usual, name)}
    if selection.statuses:
        values["statuses"] = list(selection.statuses)
    return values


def selection_of(plain: Mapping[str, Any]) -> Selection:
    """The opposite."""
    known = {field.name for field in fields(Selection)}
    values = {name: value for name, value in plain.items() if name in known}
    return Selection(**{**values, "statuses": tuple(values.get("statuses", ()))})


def selected(
    db: Session,
    selection: Selection,
    *,
    active: tuple[str, ...],
    now: datetime,
    also: ColumnElement[bool] | None = None,
    limit: int = 5000,
) -> list[int]:
    """The numbers of the tickets, the lowest first, as the system sees them. One query. `active`: open statuses."""
    query = select(Ticket.id).where(*_clauses(selection, active, now)).order_by(Ticket.id).limit(limit)
    if also is not None:
        query = query.where(also)
    return list(db.scalars(query))


def _clauses(selection: Selection, active: tuple[str, ...], now: datetime) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [
        Ticket.type == selection.type,
        Ticket.merged_into_id.is_(None),
        Ticket.status.in_(selection.statuses or active),
    ]
    if selection.queue_id is not None:
        clauses.append(Ticket.queue_id == selection.queue_id)
    if selection.owner_id is not None:
        clauses.append(Ticket.owner_id == selection.owner_id)
    if selection.organization_id is not None:
        clauses.append(Ticket.organization_id == selection.organization_id)
    if selection.overdue:
        clauses.append(Ticket.due < now)
    if selection.untouched_hours:
        clauses.append(Ticket.last_updated <= now - timedelta(hours=selection.untouched_hours))
    if selection.due_within_hours:
        clauses.append(Ticket.due.between(now, now + timedelta(hours=selection.due_within_hours)))
    for word in selection.words.split()[:10]:
        number = word.removeprefix("#")
        like = Ticket.subject.icontains(word, autoescape=True)
        is_number = number.isascii() and number.isdigit() and len(number) < 19
        clauses.append(or_(Ticket.id == int(number), like) if is_number else like)
    return clauses
