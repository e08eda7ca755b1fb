"""Lists of requests: what a visitor may see, the open ones or the closed ones, those that wait for them on top."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select

from rtpy.history.public import public_clause
from rtpy.models import Queue, Ticket, Transaction, User, Watcher
from rtpy.work import Work
from rtpy_portal.access.sight import REQUESTOR, all_visible, takes_part
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.stages import Stage, stages_of

PER_PAGE = 25
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for. `is_mine`: only what the visitor takes part in, not what colleagues asked for."""

    is_open: bool = True
    text: str = ""
    is_mine: bool = False
    organization_id: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a list. `news` is when something that customers may read happened last."""

    number: int
    subject: str
    stage: Stage
    news: datetime
    asker: str
    """Who asked for it, by name."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, and how many there are in all."""

    lines: Sequence[Line]
    total: int


def list_requests(work: Work, visitor: Visitor, asked: Asked, *, per_page: int = PER_PAGE) -> Listed:
    """The newest first, below those that wait for the customer. Three queries, four behind the last page.

    Not by what was last changed: that would show when staff write something internal.
    """
    db, stages = work.db, stages_of(work.app, work.db)
    waits = case((Ticket.status.in_(stages.waiting), 0), else_=1) if asked.is_open else literal(1)
    seen = all_visible(visitor, waits.label("waits"), where=tuple(_clauses(visitor, asked, stages.is_open())))
    # Counted with the page: what may be seen is looked through once.
    page = (
        select(seen.c.id, seen.c.waits, func.count().over().label("total"))
        .order_by(seen.c.waits, seen.c.id.desc())
        .limit(per_page)
        .offset((asked.page - 1) * per_page)
        .subquery()
    )
    rows = db.execute(
        select(Ticket.id, Ticket.subject, Ticket.status, Ticket.created, Queue.lifecycle, page.c.total)
        .join(page, page.c.id == Ticket.id)
        .join(Queue, Queue.id == Ticket.queue_id)
        .order_by(page.c.waits, page.c.id.desc())
    ).all()
    if rows:
        total = rows[0].total
    else:
        total = (db.scalar(select(func.count()).select_from(seen)) or 0) if asked.page > 1 else 0
    numbers = [row.id for row in rows]
    news, askers = _news(work, numbers), _askers(work, numbers)
    lines = tuple(
        Line(
            row.id,
            row.subject,
            stages.of(row.lifecycle, row.status),
            news.get(row.id, row.created),
            askers.get(row.id, ""),
        )
        for row in rows
    )
    return Listed(lines, total)


def _clauses(visitor: Visitor, asked: Asked, is_open: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
    yield is_open if asked.is_open else not_(is_open)
    if asked.is_mine:
        yield takes_part(visitor.user_id)
    if asked.organization_id is not None:
        yield Ticket.organization_id == asked.organization_id
    for word in asked.text.split()[:MOST_WORDS]:
        found = Ticket.subject.icontains(word, autoescape=True)
        digits = word.removeprefix("#")
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
        yield or_(found, Ticket.id == int(digits)) if is_number else and_(found)


def _news(work: Work, numbers: Sequence[int]) -> dict[int, datetime]:
    rows = work.db.execute(
        select(Transaction.object_id, func.max(Transaction.created))
        .where(public_clause(), Transaction.object_id.in_(numbers))
        .group_by(Transaction.object_id)
    )
    return {row[0]: row[1] for row in rows}


def _askers(work: Work, numbers: Sequence[int]) -> dict[int, str]:
    rows = work.db.execute(
        select(Watcher.ticket_id, User.real_name, User.name)
        .join(User, User.id == Watcher.principal_id)
        .where(Watcher.ticket_id.in_(numbers), Watcher.role == REQUESTOR)
        .order_by(Watcher.id.desc())
    )
    return {row.ticket_id: row.real_name or row.name for row in rows}
