"""Votes: did a page help, and if not, why. Counts are for staff only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from rtpy.work import Work
from rtpy_portal.knowledge.values import PageShown
from rtpy_portal.models import PageVote

LONGEST = 1000
"""Characters of what somebody says."""


class Reason(StrEnum):
    """Why a page did not help."""

    OLD = "old"
    UNCLEAR = "unclear"
    OTHER_CASE = "other_case"
    ELSE = "else"


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes: an account, or a browser by the hash of its cookie."""

    user_id: int | None
    browser_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What readers said about a page."""

    helped: int = 0
    did_not: int = 0

    @property
    def share(self) -> int | None:
        """Whom it helped, in percent; None without a vote."""
        total = self.helped + self.did_not
        return round(100 * self.helped / total) if total else None


def vote(
    work: Work, page: PageShown, voter: Voter, *, helped: bool, reason: str = "", said: str = ""
) -> None:
    """Keep the vote; a later one of the same voter takes its place."""
    row = vote_of(work.db, page.page_id, voter)
    if row is None:
        row = PageVote(page_id=page.page_id, user_id=voter.user_id, browser_hash=voter.browser_hash)
        work.db.add(row)
    row.helped = helped
    row.reason = reason if not helped and reason in list(Reason) else ""
    row.said = "" if helped else said.strip()[:LONGEST]
    row.version, row.voted = page.version.number, work.now


def vote_of(db: Session, page_id: int, voter: Voter) -> PageVote | None:
    """What the same voter said before. One query, none for who can have said nothing."""
    if voter.user_id is not None:
        who: ColumnElement[bool] = PageVote.user_id == voter.user_id
    elif voter.browser_hash:
        who = PageVote.browser_hash == voter.browser_hash
    else:
        return None
    return db.scalar(select(PageVote).where(PageVote.page_id == page_id, who))


def tallies(db: Session, page_ids: list[int]) -> Mapping[int, Tally]:
    """By page; those without a vote are left out. One query."""
    helped = func.sum(case((PageVote.helped.is_(True), 1), else_=0))
    rows = db.execute(
        select(PageVote.page_id, helped, func.count())
        .where(PageVote.page_id.in_(page_ids))
        .group_by(PageVote.page_id)
    )
    return {page_id: Tally(yes, total - yes) for page_id, yes, total in rows}
