"""Which tickets a schedule or `rtpy crontool` is about: one small value, and the one place where it becomes a query."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select

from rtpy.errors import RtpyError
from rtpy.models import Ticket
from rtpy.search.compile import names_in, where
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Node
from rtpy.search.patience import patient
from rtpy.search.run import UTC, Search, asking_of, check, fields_of
from rtpy.search.searched import Target
from rtpy.work import Work

TICKET, REMINDER = "ticket", "reminder"


@dataclass(frozen=True, slots=True)
class Selection:
    """Tickets that fit all of it; what is empty does not filter.

    Without `statuses` those that are not closed, unless the query asks for a status itself. `untouched_hours`: nobody
    changed them for so long. `due_within_hours`: due from now on until then. `words` stand in the subject. `query` is
    TicketSQL, read as RT reads it; `type` does not count where it names Type.
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
    query: str = ""


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


def query_problem(work: Work, text: str) -> str:
    """What is wrong with a query that is to be kept, with its place; empty when it can be asked."""
    try:
        check(work.as_system(), Search(node=parse(text).node))
    except CannotSearch as error:
        return f"Column {error.column}: {error}" if error.column else str(error)
    except RtpyError as error:
        return str(error)
    return ""


def selected(
    work: Work,
    selection: Selection,
    *,
    also: ColumnElement[bool] | None = None,
    limit: int = 5000,
    zone: ZoneInfo = UTC,
) -> list[int]:
    """The numbers of the tickets, the lowest first, as the system sees them. One query.

    `zone` is where the query's days begin. Raises CannotSearch or QueryError when the query makes no sense any more,
    or takes too long.
    """
    node = parse(selection.query).node
    query = select(Ticket.id).where(*_clauses(work, selection, node)).order_by(Ticket.id).limit(limit)
    if node is not None:
        system = work.as_system()
        asking = asking_of(system, Search(zone=zone))
        query = query.where(
            where(fields_of(system, Target.TICKETS), node, asking), Ticket.status != "deleted"
        )
    if also is not None:
        query = query.where(also)
    with patient(work):
        return list(work.db.scalars(query))


def _clauses(work: Work, selection: Selection, node: Node | None) -> list[ColumnElement[bool]]:
    now, asked = work.now, names_in(node)
    clauses: list[ColumnElement[bool]] = [Ticket.merged_into_id.is_(None)]
    if "type" not in asked:
        clauses.append(Ticket.type == selection.type)
    if selection.statuses or "status" not in asked:
        clauses.append(Ticket.status.in_(selection.statuses or work.app.lifecycles.active_statuses()))
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
