"""Lists of tickets: filtered, sorted, a page at a time, only what the reader may see."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    nulls_last,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from rtpy.db.among import among, one_of
from rtpy.db.types import UtcDateTime
from rtpy.models import Organization, Queue, Ticket, User, Watcher
from rtpy.models.watcher import REQUESTOR
from rtpy.rights.grants import Grants

COUNT_LIMIT = 1000
"""Totals are exact up to here; beyond, a list says “more than”, so that no page counts a whole table."""


class Sort(StrEnum):
    """What a list can be sorted by."""

    ID = "id"
    SUBJECT = "subject"
    STATUS = "status"
    PRIORITY = "priority"
    QUEUE = "queue"
    OWNER = "owner"
    ORGANIZATION = "organization"
    CREATED = "created"
    UPDATED = "updated"
    DUE = "due"
    URGENCY = "urgency"
    """Overdue, then due within a day, each the earliest first; the rest by priority, then what waits longest."""


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets; what is None or empty does not filter. `words` are looked for in subjects."""

    statuses: tuple[str, ...] = ()
    queue_id: int | None = None
    owner_id: int | None = None
    organization_id: int | None = None
    requestor_id: int | None = None
    overdue_at: datetime | None = None
    words: str = ""
    except_id: int | None = None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket in a list."""

    id: int
    subject: str
    status: str
    priority: int
    queue: str
    owner: str
    owner_id: int
    organization: str
    created: datetime
    updated: datetime
    due: datetime | None
    requestors: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: `number` from 1; `total` is capped at COUNT_LIMIT, `total_is_exact` says whether it was."""

    rows: tuple[TicketRow, ...]
    number: int
    per_page: int
    total: int
    total_is_exact: bool

    @property
    def has_next(self) -> bool:
        """Is there a page after this one?"""
        return not self.total_is_exact or self.number * self.per_page < self.total


_SOME_TIME = datetime.fromtimestamp(0, UTC)
"""Stands for any time in what a kept query is known by."""

_owner = aliased(User)

_COLUMNS: dict[
    Sort, InstrumentedAttribute[object] | InstrumentedAttribute[int] | InstrumentedAttribute[str]
] = {
    Sort.ID: Ticket.id,
    Sort.SUBJECT: Ticket.subject,
    Sort.STATUS: Ticket.status,
    Sort.PRIORITY: Ticket.priority,
    Sort.QUEUE: Queue.name,
    Sort.OWNER: _owner.name,
    Sort.ORGANIZATION: Organization.name,
    Sort.CREATED: Ticket.created,
    Sort.UPDATED: Ticket.last_updated,
    Sort.DUE: Ticket.due,
}

_MAY_BE_MISSING = (Sort.ORGANIZATION, Sort.DUE)


def list_tickets(
    db: Session,
    show_ticket: Grants,
    wanted: TicketFilter,
    *,
    sort: Sort = Sort.UPDATED,
    descending: bool = True,
    number: int = 1,
    per_page: int = 50,
    now: datetime | None = None,
    counted: bool = True,
) -> Page:
    """One page, in three queries: the rows, their requestors, the total (unless `counted` is False; it is then 0).

    A first page that is not full is not counted again. `show_ticket` are the reader's grants of ShowTicket: rows and
    total hold only what they may see. `now` is needed to sort by urgency.
    """
    sort = Sort.UPDATED if sort is Sort.URGENCY and now is None else sort
    shape = replace(wanted, overdue_at=_SOME_TIME if wanted.overdue_at else None)
    query, count = _queries(show_ticket, shape, sort, descending)
    values: dict[str, object] = {"limit": per_page, "offset": (number - 1) * per_page}
    if sort is Sort.URGENCY and now is not None:
        values["soon"] = now + timedelta(days=1)
    times = {"overdue_at": wanted.overdue_at} if wanted.overdue_at else {}
    connection = db.connection()
    found = connection.execute(query, {**values, **times}).all()
    names = _requestors(db, [row[0] for row in found])
    if not counted:
        total = 0
    elif number == 1 and len(found) < per_page:
        total = len(found)
    else:
        total = connection.scalar(count, times) or 0
    rows = tuple(TicketRow(*[*row, names.get(row[0], "")]) for row in found)
    return Page(rows, number, per_page, min(total, COUNT_LIMIT), total <= COUNT_LIMIT)


@lru_cache(256)
def _queries(
    show_ticket: Grants, wanted: TicketFilter, sort: Sort, descending: bool
) -> tuple[Select[Any], Select[Any]]:
    """The rows and their count; kept, since to build them takes longer than to run them. Times are parameters."""
    clauses = _clauses(show_ticket, wanted)
    rows = _ROWS.where(*clauses).order_by(*_order(sort, descending=descending))
    # In this order, each filter's own index answers; without it SQLite reads the table until it has enough.
    found = select(Ticket.id).where(*clauses).order_by(Ticket.status).limit(COUNT_LIMIT + 1).subquery()
    paged = rows.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))
    return paged, select(func.count()).select_from(found)


def _order(sort: Sort, *, descending: bool) -> tuple[ColumnElement[Any], ...]:
    if sort is Sort.URGENCY:
        soon = bindparam("soon", type_=UtcDateTime)
        presses = case((Ticket.due < soon, Ticket.due), else_=None)
        return (nulls_last(presses.asc()), Ticket.priority.desc(), Ticket.last_updated.asc(), Ticket.id.asc())
    column = _COLUMNS.get(sort, Ticket.last_updated)
    by = column.desc() if descending else column.asc()
    if sort in _MAY_BE_MISSING:
        by = nulls_last(by)  # only there: it keeps an index from giving the order
    return (by, Ticket.id.desc() if descending else Ticket.id.asc())


def count_by_queue(db: Session, show_ticket: Grants, statuses: tuple[str, ...]) -> dict[int, dict[str, int]]:
    """How many visible tickets are in each queue, by status: one query."""
    rows = db.execute(
        select(Ticket.queue_id, Ticket.status, func.count(Ticket.id))
        .where(*_clauses(show_ticket, TicketFilter(statuses=statuses)))
        .group_by(Ticket.queue_id, Ticket.status)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for queue_id, status, number in rows:
        found[queue_id][status] = number
    return dict(found)


def _clauses(show_ticket: Grants, wanted: TicketFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [
        show_ticket.visible(),
        Ticket.merged_into_id.is_(None),
        Ticket.type == literal_column("'ticket'"),  # written out, partial indexes are found
    ]
    if wanted.statuses:
        clauses.append(one_of(Ticket.status, wanted.statuses))
    else:
        clauses.append(Ticket.status != "deleted")
    if wanted.queue_id is not None:
        clauses.append(Ticket.queue_id == wanted.queue_id)
    if wanted.owner_id is not None:
        clauses.append(Ticket.owner_id == wanted.owner_id)
    if wanted.organization_id is not None:
        clauses.append(Ticket.organization_id == wanted.organization_id)
    if wanted.overdue_at is not None:
        clauses.append(Ticket.due < bindparam("overdue_at", type_=UtcDateTime))
    if wanted.except_id is not None:
        clauses.append(Ticket.id != wanted.except_id)
    if wanted.requestor_id is not None:
        mine = select(Watcher.ticket_id).where(
            Watcher.role == REQUESTOR,
            Watcher.principal_id == wanted.requestor_id,
            Watcher.ticket_id.is_not(None),
        )
        clauses.append(Ticket.id.in_(mine))
    clauses.extend(_words(wanted.words))
    return clauses


def _words(words: str) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    for word in words.split()[:10]:
        number = word.removeprefix("#")
        like = Ticket.subject.icontains(word, autoescape=True)
        is_number = number.isascii() and number.isdigit() and len(number) < 19
        clauses.append(or_(Ticket.id == int(number), like) if is_number else like)
    return clauses


def _requestors(db: Session, ticket_ids: list[int]) -> dict[int, str]:
    if not ticket_ids:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    for ticket_id, name in db.connection().execute(_REQUESTORS, {"tickets": ticket_ids}).all():
        found[ticket_id].append(name)
    return {ticket_id: ", ".join(names) for ticket_id, names in found.items()}


def _rows() -> Any:
    return (
        select(
            Ticket.id,
            Ticket.subject,
            Ticket.status,
            Ticket.priority,
            Queue.name,
            func.coalesce(func.nullif(_owner.real_name, ""), _owner.name),
            Ticket.owner_id,
            func.coalesce(Organization.name, ""),
            Ticket.created,
            Ticket.last_updated,
            Ticket.due,
        )
        .join(Queue, Queue.id == Ticket.queue_id)
        .join(_owner, _owner.id == Ticket.owner_id)
        .outerjoin(Organization, Organization.id == Ticket.organization_id)
    )


# Built once: to build them costs more than to run them.
_ROWS = _rows()
_REQUESTORS = (
    select(Watcher.ticket_id, func.coalesce(func.nullif(User.real_name, ""), User.name).label("name"))
    .join(User, User.id == Watcher.principal_id)
    .where(among(Watcher.ticket_id, "tickets"), Watcher.role == REQUESTOR)
    .order_by(Watcher.id)
)
