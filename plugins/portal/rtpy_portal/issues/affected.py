"""Whom a known issue affects: counted in people and organisations, joined and left by one click."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from rtpy.changes.people import organization_of
from rtpy.errors import Invalid, Problem
from rtpy.models import Organization, Ticket, User, Watcher
from rtpy.work import Work
from rtpy_portal.models import Issue, IssueAffected, IssueTicket

LONGEST_IMPACT = 300
COUNTED = and_(IssueAffected.confirmed.is_not(None), IssueAffected.left.is_(None))
"""A clause over `portal_issue_affected`: who counts."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people say that it affects them, and of how many organisations they are."""

    people: int = 0
    organizations: int = 0


@dataclass(frozen=True, slots=True)
class Affected:
    """One of them, for the eyes of staff."""

    id: int
    name: str
    address: str
    organization: str
    impact: str
    since: datetime
    from_request: bool
    subscribed: bool


def counts_of(db: Session, issue_ids: Sequence[int]) -> Mapping[int, Counts]:
    """By issue; those that affect nobody are left out. One query."""
    if not issue_ids:
        return {}
    rows = db.execute(
        select(IssueAffected.issue_id, func.count(), func.count(IssueAffected.organization_id.distinct()))
        .where(IssueAffected.issue_id.in_(issue_ids), COUNTED)
        .group_by(IssueAffected.issue_id)
    )
    return {row[0]: Counts(row[1], row[2]) for row in rows}


def affects(db: Session, issue_id: int, user_id: int) -> bool:
    """Has this person joined it, and not left? One query."""
    found = db.scalar(
        select(IssueAffected.id).where(
            IssueAffected.issue_id == issue_id, IssueAffected.user_id == user_id, COUNTED
        )
    )
    return found is not None


def join(work: Work, issue: Issue, user_id: int, impact: str = "") -> IssueAffected:
    """This person says that it affects them: they count, and are told what is new. Saying so again changes `impact`.

    The issue's row is locked, so that two clicks make one. Raises Invalid for an impact that is too long.
    """
    impact = check_impact(impact)
    lock(work, issue)
    row = work.db.scalar(
        select(IssueAffected).where(IssueAffected.issue_id == issue.id, IssueAffected.user_id == user_id)
    )
    if row is None:
        user = work.db.get_one(User, user_id)
        of = organization_of(work.db, user)
        row = IssueAffected(
            issue_id=issue.id,
            user_id=user_id,
            organization_id=of[0] if of is not None else None,
            created=work.now,
        )
        work.db.add(row)
    row.confirmed, row.left = row.confirmed or work.now, None
    row.subscribed, row.from_request = True, False
    row.impact = impact or row.impact or ""
    work.db.flush()
    return row


def leave(work: Work, row: IssueAffected) -> None:
    """They do not count any more, and are told nothing more."""
    row.left, row.subscribed = row.left or work.now, False
    work.db.flush()


def leave_as(work: Work, issue: Issue, user_id: int) -> None:
    """The same for a person; nothing when it does not affect them."""
    row = work.db.scalar(
        select(IssueAffected).where(IssueAffected.issue_id == issue.id, IssueAffected.user_id == user_id)
    )
    if row is not None:
        leave(work, row)


def join_requestors(work: Work, issue: Issue, ticket_ids: Iterable[int]) -> None:
    """Who asked for these tickets is affected too, and told what is new; who has left stays away. Three queries."""
    lock(work, issue)
    wanted = {
        row.principal_id: row.organization_id
        for row in work.db.execute(
            select(Watcher.principal_id, Ticket.organization_id)
            .join(Ticket, Ticket.id == Watcher.ticket_id)
            .join(User, User.id == Watcher.principal_id)
            .where(Watcher.ticket_id.in_(list(ticket_ids)), Watcher.role == "Requestor")
        )
    }
    there = set(
        work.db.scalars(
            select(IssueAffected.user_id).where(
                IssueAffected.issue_id == issue.id, IssueAffected.user_id.in_(wanted)
            )
        )
    )
    for user_id, organization_id in sorted(wanted.items()):
        if user_id not in there:
            work.db.add(
                IssueAffected(
                    issue_id=issue.id,
                    user_id=user_id,
                    organization_id=organization_id,
                    from_request=True,
                    subscribed=True,
                    created=work.now,
                    confirmed=work.now,
                )
            )
    work.db.flush()


def drop_requestors(work: Work, issue: Issue, ticket_id: int) -> None:
    """Of those who asked for a ticket that is not linked any more, nobody stays who never said so themselves."""
    of_ticket = select(Watcher.principal_id).where(
        Watcher.ticket_id == ticket_id, Watcher.role == "Requestor"
    )
    still = (
        select(Watcher.principal_id)
        .join(IssueTicket, IssueTicket.ticket_id == Watcher.ticket_id)
        .where(IssueTicket.issue_id == issue.id, Watcher.role == "Requestor")
    )
    rows = work.db.scalars(
        select(IssueAffected).where(
            IssueAffected.issue_id == issue.id,
            IssueAffected.from_request.is_(True),
            IssueAffected.user_id.in_(of_ticket),
            IssueAffected.user_id.not_in(still),
        )
    )
    for row in rows:
        work.db.delete(row)
    work.db.flush()


def list_affected(db: Session, issue_id: int, offset: int = 0, limit: int = 51) -> Sequence[Affected]:
    """Who counts, the newest first. One query."""
    rows = db.execute(
        select(IssueAffected, User, Organization.name)
        .outerjoin(User, User.id == IssueAffected.user_id)
        .outerjoin(Organization, Organization.id == IssueAffected.organization_id)
        .where(IssueAffected.issue_id == issue_id, COUNTED)
        .order_by(IssueAffected.confirmed.desc(), IssueAffected.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        Affected(
            row.id,
            user.display_name if user is not None else row.address or "",
            (user.email_address or "") if user is not None else row.address or "",
            organization or "",
            row.impact,
            row.confirmed or row.created,
            row.from_request,
            row.subscribed,
        )
        for row, user, organization in rows
    ]


def lock(work: Work, issue: Issue) -> None:
    """Until the transaction ends nobody else joins, links or merges this issue."""
    work.db.execute(select(Issue.id).where(Issue.id == issue.id).with_for_update())


def check_impact(impact: str) -> str:
    """As one line. Raises Invalid when it is too long."""
    impact = " ".join(impact.split())
    if len(impact) > LONGEST_IMPACT:
        raise Invalid(
            Problem("impact", f"This is longer than {LONGEST_IMPACT} characters: please shorten it.")
        )
    return impact
