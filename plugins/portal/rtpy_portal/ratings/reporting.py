"""What staff read of ratings: the list with its filters, sums by customer, queue, month, reason and person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, extract, func, select
from sqlalchemy.orm import aliased

from rtpy.models import Organization, Queue, Ticket, Transaction, User
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_portal.models import Asked as AskedForm
from rtpy_portal.models import HelpfulVote, Rating, RatingAsk, Topic
from rtpy_portal.ratings.words import REASONS, Reason, Score

PER_PAGE = 50
Owner = aliased(User)


class By(StrEnum):
    """What figures are put together by."""

    CUSTOMER = "customer"
    QUEUE = "queue"
    TOPIC = "topic"
    MONTH = "month"
    REASON = "reason"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ratings: given from `first` to `last` in `zone`, and narrowed further."""

    first: date
    last: date
    zone: ZoneInfo
    score: Score | None = None
    organization_id: int | None = None
    queue_id: int | None = None
    reason: Reason | None = None
    has_comment: bool = False
    is_open: bool = False
    """Was bad, and is not made good."""
    owner_id: int | None = None

    def clauses(self, work: Work) -> list[ColumnElement[bool]]:
        """Over ratings and their tickets, of what the reader may see."""
        found = [
            work.rights.of(Right.SHOW_TICKET).visible(),
            Rating.created >= _moment(self.first, self.zone),
            Rating.created < _moment(self.last + timedelta(days=1), self.zone),
        ]
        if self.score is not None:
            found.append(Rating.score == int(self.score))
        if self.organization_id is not None:
            found.append(Ticket.organization_id == self.organization_id)
        if self.queue_id is not None:
            found.append(Ticket.queue_id == self.queue_id)
        if self.reason is not None:
            found.append(Rating.reason == self.reason.value)
        if self.has_comment:
            found.append(Rating.comment != "")
        if self.is_open:
            found += [Rating.lowest == int(Score.BAD), Rating.recovered.is_(None)]
        if self.owner_id is not None:
            found.append(Rating.owner_id == self.owner_id)
        return found


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some ratings: how many of each, how many were ever bad, and how many of these were made good."""

    label: str
    good: int = 0
    fair: int = 0
    bad: int = 0
    was_bad: int = 0
    recovered: int = 0

    @property
    def ratings(self) -> int:
        """All of them."""
        return self.good + self.fair + self.bad

    @property
    def share(self) -> str:
        """`92 %` of them are good."""
        return f"{round(100 * self.good / self.ratings)} %" if self.ratings else "–"

    @property
    def recovery(self) -> str:
        """`50 %`: of those that were bad so many were made good."""
        return f"{round(100 * self.recovered / self.was_bad)} %" if self.was_bad else "–"


def list_ratings(work: Work, wanted: Wanted, page: int) -> Sequence[Any]:
    """Rows of (Rating, subject, customer, who rated), the youngest first; one more than a page. One query."""
    return work.db.execute(
        select(Rating, Ticket.subject, Organization.name.label("organization"), User)
        .join(Ticket, Ticket.id == Rating.ticket_id)
        .join(User, User.id == Rating.user_id)
        .outerjoin(Organization, Organization.id == Ticket.organization_id)
        .where(*wanted.clauses(work))
        .order_by(Rating.created.desc(), Rating.id.desc())
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    ).all()


def sum_all(work: Work, wanted: Wanted) -> Sums:
    """All of them together. One query."""
    row = work.db.execute(
        select(*_COUNTED).join(Ticket, Ticket.id == Rating.ticket_id).where(*wanted.clauses(work))
    ).one()
    return _sums("", row)


def sum_by(work: Work, wanted: Wanted, by: By) -> list[Sums]:
    """Put together; months in their order, all others by their names. One query."""
    label, joined = _LABELS[by]
    query: Select[Any] = select(*label, *_COUNTED).join(Ticket, Ticket.id == Rating.ticket_id)
    for table, condition in joined:
        query = query.outerjoin(table, condition)
    rows = work.db.execute(query.where(*wanted.clauses(work)).group_by(*label).order_by(*label))
    return [_sums(_named(by, tuple(row[: len(label)])), row) for row in rows]


def count_asked(work: Work, wanted: Wanted) -> tuple[int, int]:
    """How many people were asked in these days about such requests, and how many of them answered. One query."""
    clauses = [
        work.rights.of(Right.SHOW_TICKET).visible(),
        RatingAsk.asked >= _moment(wanted.first, wanted.zone),
        RatingAsk.asked < _moment(wanted.last + timedelta(days=1), wanted.zone),
    ]
    if wanted.organization_id is not None:
        clauses.append(Ticket.organization_id == wanted.organization_id)
    if wanted.queue_id is not None:
        clauses.append(Ticket.queue_id == wanted.queue_id)
    if wanted.owner_id is not None:
        clauses.append(RatingAsk.owner_id == wanted.owner_id)
    row = work.db.execute(
        select(func.count(), func.count(RatingAsk.answered))
        .select_from(RatingAsk)
        .join(Ticket, Ticket.id == RatingAsk.ticket_id)
        .where(*clauses)
    ).one()
    return row[0], row[1]


def count_helpful(work: Work, wanted: Wanted) -> tuple[int, int]:
    """How many votes on our messages were given in these days, and how many said that it helped. One query."""
    clauses = [
        work.rights.of(Right.SHOW_TICKET).visible(),
        HelpfulVote.created >= _moment(wanted.first, wanted.zone),
        HelpfulVote.created < _moment(wanted.last + timedelta(days=1), wanted.zone),
    ]
    if wanted.organization_id is not None:
        clauses.append(Ticket.organization_id == wanted.organization_id)
    if wanted.queue_id is not None:
        clauses.append(Ticket.queue_id == wanted.queue_id)
    query = (
        select(func.count(), _how_many(HelpfulVote.is_helpful.is_(True)))
        .select_from(HelpfulVote)
        .join(Ticket, Ticket.id == HelpfulVote.ticket_id)
    )
    if wanted.owner_id is not None:
        query = query.join(Transaction, Transaction.id == HelpfulVote.transaction_id)
        clauses.append(Transaction.creator_id == wanted.owner_id)
    row = work.db.execute(query.where(*clauses)).one()
    return row[0], int(row[1] or 0)


def _moment(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _sums(label: str, row: Any) -> Sums:
    return Sums(
        label, *(int(each or 0) for each in (row.good, row.fair, row.bad, row.was_bad, row.recovered))
    )


def _named(by: By, values: tuple[Any, ...]) -> str:
    if by is By.MONTH:
        return f"{int(values[0])}-{int(values[1]):02}"
    if by is By.REASON:
        return REASONS[Reason(values[0])] if values[0] else "None given"
    return next((each for each in values if each), "None")


def _how_many(clause: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((clause, 1), else_=0))


_COUNTED = (
    _how_many(Rating.score == int(Score.GOOD)).label("good"),
    _how_many(Rating.score == int(Score.FAIR)).label("fair"),
    _how_many(Rating.score == int(Score.BAD)).label("bad"),
    _how_many(Rating.lowest == int(Score.BAD)).label("was_bad"),
    _how_many((Rating.lowest == int(Score.BAD)) & Rating.recovered.is_not(None)).label("recovered"),
)
_LABELS: dict[By, tuple[tuple[Any, ...], tuple[tuple[Any, Any], ...]]] = {
    By.CUSTOMER: ((Organization.name,), ((Organization, Organization.id == Ticket.organization_id),)),
    By.QUEUE: ((Queue.name,), ((Queue, Queue.id == Ticket.queue_id),)),
    By.TOPIC: (
        (Topic.name,),
        ((AskedForm, AskedForm.ticket_id == Ticket.id), (Topic, Topic.id == AskedForm.topic_id)),
    ),
    By.MONTH: ((extract("year", Rating.created), extract("month", Rating.created)), ()),
    By.REASON: ((Rating.reason,), ()),
    By.PERSON: ((Owner.real_name, Owner.name), ((Owner, Owner.id == Rating.owner_id),)),
}
