"""Who answered, week by week: one's own trend and the team's total. There is no table of people beside each other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from rtpy.links.things import ARTICLE, article_uri, thing_of
from rtpy.models import Article, Group, GroupClosure, Link, Ticket, Transaction
from rtpy.models.group import PRIVILEGED
from rtpy.work import Work
from rtpy_billing.models import EntryShare, WorkEntry
from rtpy_billing.rights import SEE_TIME

WHOLE = 10_000
MOST_LINKS = 5000


@dataclass(frozen=True, slots=True)
class Week:
    """What somebody (or the whole team) did in the week that begins on `start`. Seconds.

    `worked` is what was logged; `credit` is that without what others have of it, and with what one has of theirs.
    `answers` are requests on which one wrote to the customer, `assists` entries and requests of others that one helped.
    """

    start: date
    worked: int
    credit: int
    answers: int
    assists: int


@dataclass(slots=True)
class _Sums:
    worked: int = 0
    credit: int = 0
    answers: int = 0
    assists: int = 0


def read_credit(work: Work, start: date, weeks: int, person_id: int | None) -> tuple[Week, ...]:
    """That many weeks from the Monday `start` on, of one person or (None, with SeeTime) of all together.

    Others than oneself are only ever added up: of another person nobody reads anything here. Six queries.
    """
    if person_id is None and not work.rights.system(SEE_TIME):
        return ()
    if person_id is not None and person_id != work.actor.user_id:
        return ()
    end = start + timedelta(weeks=weeks)
    found: dict[date, _Sums] = defaultdict(_Sums)
    db = work.db
    for day, seconds in db.execute(_worked(start, end, person_id)):
        found[_monday(day)].worked += int(seconds)
        found[_monday(day)].credit += int(seconds)
    if person_id is not None:  # of all together nothing is given away
        for day, seconds in db.execute(_shared(start, end, WorkEntry.worked_by_id == person_id)):
            found[_monday(day)].credit -= int(seconds)
        for day, seconds in db.execute(_shared(start, end, EntryShare.user_id == person_id)):
            found[_monday(day)].credit += int(seconds)
    for day, number in db.execute(_assists(start, end, person_id)):
        found[_monday(day)].assists += int(number)
    for day in _by_articles(work, start, end, person_id):
        found[_monday(day)].assists += 1
    for monday in _answers(db, start, end, person_id):
        found[monday].answers += 1
    mondays = (start + timedelta(weeks=number) for number in range(weeks))
    return tuple(
        Week(day, found[day].worked, found[day].credit, found[day].answers, found[day].assists)
        for day in mondays
    )


def _worked(start: date, end: date, person_id: int | None) -> Select[date, int]:
    query = (
        select(WorkEntry.worked_on, func.sum(WorkEntry.worked_seconds))
        .where(WorkEntry.worked_on >= start, WorkEntry.worked_on < end)
        .group_by(WorkEntry.worked_on)
    )
    return query if person_id is None else query.where(WorkEntry.worked_by_id == person_id)


def _shared(start: date, end: date, whose: ColumnElement[bool]) -> Select[date, int]:
    """What is shared of entries, by day; a correction is shared as what it corrects."""
    part = WorkEntry.worked_seconds * EntryShare.share // WHOLE
    return (
        select(WorkEntry.worked_on, func.sum(part))
        .join(EntryShare, EntryShare.entry_id == func.coalesce(WorkEntry.corrects_id, WorkEntry.id))
        .where(WorkEntry.worked_on >= start, WorkEntry.worked_on < end, EntryShare.share > 0, whose)
        .group_by(WorkEntry.worked_on)
    )


def _assists(start: date, end: date, person_id: int | None) -> Select[date, int]:
    query = (
        select(WorkEntry.worked_on, func.count())
        .join(EntryShare, EntryShare.entry_id == WorkEntry.id)
        .where(WorkEntry.worked_on >= start, WorkEntry.worked_on < end, EntryShare.kind == "assist")
        .group_by(WorkEntry.worked_on)
    )
    return query if person_id is None else query.where(EntryShare.user_id == person_id)


def _by_articles(work: Work, start: date, end: date, person_id: int | None) -> Iterator[date]:
    """The days on which requests were resolved that refer to an article which somebody else had written."""
    organization = work.app.config.organization
    prefix = article_uri(organization, 0).removesuffix("0")
    rows = work.db.execute(
        select(Link.target, Ticket.owner_id, Ticket.resolved)
        .join(Ticket, Ticket.id == Link.local_base_id)
        .where(
            Link.type == "RefersTo",
            Link.target.startswith(prefix, autoescape=True),
            Ticket.resolved >= _midnight(start),
            Ticket.resolved < _midnight(end),
        )
        .limit(MOST_LINKS)
    ).all()
    named = [(thing_of(row.target, organization), row) for row in rows]
    ids = {thing[1] for thing, _ in named if thing is not None and thing[0] == ARTICLE}
    authors = {
        row.id: row.creator_id
        for row in work.db.execute(select(Article.id, Article.creator_id).where(Article.id.in_(ids)))
    }
    for thing, row in named:
        author = authors.get(thing[1]) if thing is not None else None
        if author is not None and author != row.owner_id and person_id in (None, author):
            yield row.resolved.date()


def _answers(db: Session, start: date, end: date, person_id: int | None) -> Sequence[date]:
    """The Monday of each request and week in which it was answered."""
    query = select(Transaction.object_id, Transaction.created).where(
        Transaction.object_type == "ticket",
        Transaction.type == "Correspond",
        Transaction.created >= _midnight(start),
        Transaction.created < _midnight(end),
    )
    if person_id is not None:
        query = query.where(Transaction.creator_id == person_id)
    else:
        member = aliased(GroupClosure)
        query = (
            query.join(member, member.member_id == Transaction.creator_id)
            .join(Group, Group.id == member.group_id)
            .where(Group.domain == "SystemInternal", Group.name == PRIVILEGED)
        )
    return [
        monday for _, monday in {(row.object_id, _monday(row.created.date())) for row in db.execute(query)}
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
