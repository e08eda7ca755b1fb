"""What was looked for, and what did not help: figures about pages, never about people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from rtpy.db.base import table_of
from rtpy.work import Work
from rtpy_portal.knowledge.folding import fold
from rtpy_portal.knowledge.votes import Tally
from rtpy_portal.models import Page, PageVote, Searched

KEPT = timedelta(days=400)
"""How long searches are kept."""
LONGEST = 100
MOST = 100
"""Lines of a report."""


@dataclass(frozen=True, slots=True)
class Words:
    """What was looked for, how often, and on which day the last time."""

    words: str
    times: int
    last: date


@dataclass(frozen=True, slots=True)
class Judged:
    """A page and what readers said of it; `reasons` are counted by `votes.Reason`, `said` are the newest words."""

    page_id: int
    title: str
    tally: Tally
    reasons: tuple[tuple[str, int], ...]
    said: tuple[str, ...]


def note_search(work: Work, words: str, found: int) -> None:
    """Count a search of today, without who made it; old ones are deleted on the way."""
    told = " ".join(fold(words).split())[:LONGEST]
    if told:
        today = work.now.date()
        work.db.connection().execute(_counting(work.db, today, told, found))
        work.db.execute(delete(Searched).where(Searched.day < today - KEPT))


def without_result(db: Session, since: date) -> list[Words]:
    """What was looked for and found nothing, the most frequent first. Words that find something by now are left out."""
    newest = func.max(Searched.day).label("newest")
    chosen = (
        select(Searched.words, func.sum(Searched.times).label("times"), newest)
        .where(Searched.day >= since)
        .group_by(Searched.words)
        .subquery()
    )
    rows = db.execute(
        select(chosen.c.words, chosen.c.times, chosen.c.newest)
        .join(Searched, (Searched.words == chosen.c.words) & (Searched.day == chosen.c.newest))
        .where(Searched.found == 0)
        .order_by(chosen.c.times.desc(), chosen.c.newest.desc(), chosen.c.words)
        .limit(MOST)
    )
    return [Words(*row) for row in rows]


def searches_made(db: Session, since: date) -> tuple[int, int]:
    """How many searches there were, and how many of them found nothing."""
    nothing = func.sum(case((Searched.found == 0, Searched.times), else_=0))
    row = db.execute(select(func.sum(Searched.times), nothing).where(Searched.day >= since)).one()
    return int(row[0] or 0), int(row[1] or 0)


def least_helpful(db: Session, limit: int = MOST) -> list[Judged]:
    """Pages that did not help somebody, those that helped the smallest part of their voters first. Two queries."""
    no = func.sum(case((PageVote.helped.is_(False), 1), else_=0))
    total = func.count()
    rows = db.execute(
        select(Page.id, Page.title, no, total)
        .join(PageVote, PageVote.page_id == Page.id)
        .where(Page.published_version.is_not(None))
        .group_by(Page.id, Page.title)
        .having(no > 0)
        .order_by((no * 100 / total).desc(), no.desc(), Page.id)
        .limit(limit)
    ).all()
    told = db.execute(
        select(PageVote.page_id, PageVote.reason, PageVote.said)
        .where(PageVote.page_id.in_([row[0] for row in rows]), PageVote.helped.is_(False))
        .order_by(PageVote.voted.desc(), PageVote.id.desc())
        .limit(2000)
    ).all()
    return [_judged(row, [each for each in told if each.page_id == row[0]]) for row in rows]


def _judged(row: Any, told: Sequence[Any]) -> Judged:
    page_id, title, no, total = row
    reasons: dict[str, int] = {}
    for each in told:
        if each.reason:
            reasons[each.reason] = reasons.get(each.reason, 0) + 1
    counted = tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])))
    said = tuple(each.said for each in told if each.said)[:3]
    return Judged(page_id, title, Tally(total - no, no), counted, said)


def _counting(db: Session, today: date, words: str, found: int) -> Any:
    """One more; Any: a statement of one of two dialects."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(table_of(Searched)).values(day=today, words=words, times=1, found=found)
    return row.on_conflict_do_update(
        index_elements=["day", "words"], set_={"times": Searched.times + 1, "found": found}
    )
