"""Tickets that a known issue is behind. Only their numbers are kept; nothing of them is ever shown on the issue."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.issues.affected import drop_requestors, join_requestors
from rtpy_portal.issues.history import note
from rtpy_portal.issues.reading import find_issue
from rtpy_portal.models import Issue, IssueTicket
from rtpy_portal.rights import MANAGE_ISSUES

MOST = 500
_PAGE = re.compile(r"/portal/issues/([1-9]\d{0,17})")


def link_tickets(work: Work, issue: Issue, ticket_ids: Sequence[int]) -> int:
    """The issue is behind these tickets: who asked for them is affected. How many are new to it. Needs ManageIssues.

    A ticket has one issue at most: it leaves another one. Raises Invalid for tickets that the actor may not see.
    """
    need_system(work, MANAGE_ISSUES)
    if issue.merged_into_id is not None:
        raise Invalid(Problem("tickets", "This was merged into another one: link the ticket to that."))
    wanted = sorted(set(ticket_ids))
    if not wanted or len(wanted) > MOST:
        raise Invalid(Problem("tickets", f"Name 1 to {MOST} tickets by their numbers."))
    rows = work.db.execute(
        select(Ticket.id, Ticket.merged_into_id).where(
            Ticket.id.in_(wanted), Ticket.type == "ticket", work.rights.of("ShowTicket").visible()
        )
    ).all()
    found = sorted({row.merged_into_id or row.id for row in rows})
    missing = sorted(set(wanted) - {row.id for row in rows})
    if missing:
        told = ", ".join(f"#{number}" for number in missing[:10])
        raise Invalid(Problem("tickets", f"There is no ticket {told} that you may see."))
    new = _move(work, issue, found)
    if new:
        join_requestors(work, issue, new)
    return len(new)


def link_from_page(work: Work, reader: Reader, ticket: Ticket, page: str, *, is_known: bool) -> None:
    """A customer wrote a request from the page of an issue, `/portal/issues/12`: it is linked, if they may read that.

    `is_known`: they are logged in, so that it is sure whom it affects.
    """
    named = _PAGE.fullmatch(page)
    issue = find_issue(work.db, reader, int(named[1])) if named is not None else None
    if issue is not None and _move(work, issue, [ticket.id]) and is_known:
        join_requestors(work, issue, [ticket.id])


def unlink_ticket(work: Work, ticket_id: int) -> Issue:
    """It is not behind that ticket after all. Needs ManageIssues. Raises NotFound when there is no link."""
    need_system(work, MANAGE_ISSUES)
    row = work.db.get(IssueTicket, ticket_id)
    if row is None:
        raise NotFound("This ticket is linked to no known issue.")
    issue = work.db.get_one(Issue, row.issue_id)
    work.db.delete(row)
    work.db.flush()
    drop_requestors(work, issue, ticket_id)
    note(work, issue.id, "Unlink", "ticket", f"#{ticket_id}")
    return issue


def tickets_of(work: Work, issue_id: int, limit: int = MOST) -> Sequence[Ticket]:
    """The linked tickets that the actor may see, the newest first. One query."""
    return work.db.scalars(
        select(Ticket)
        .join(IssueTicket, IssueTicket.ticket_id == Ticket.id)
        .where(
            IssueTicket.issue_id == issue_id,
            Ticket.merged_into_id.is_(None),
            work.rights.of("ShowTicket").visible(),
        )
        .order_by(Ticket.id.desc())
        .limit(limit)
    ).all()


def count_tickets(work: Work, issue_ids: Sequence[int]) -> dict[int, int]:
    """How many tickets are linked, by issue. One query."""
    rows = work.db.execute(
        select(IssueTicket.issue_id, func.count())
        .where(IssueTicket.issue_id.in_(issue_ids))
        .group_by(IssueTicket.issue_id)
    )
    return {row[0]: row[1] for row in rows}


def _move(work: Work, issue: Issue, ticket_ids: Sequence[int]) -> list[int]:
    there = {
        row.ticket_id: row
        for row in work.db.scalars(select(IssueTicket).where(IssueTicket.ticket_id.in_(ticket_ids)))
    }
    new = [each for each in ticket_ids if each not in there or there[each].issue_id != issue.id]
    for number in new:
        row = there.get(number)
        if row is not None:
            note(work, row.issue_id, "Unlink", "ticket", f"#{number}")
            row.issue_id, row.linked, row.linked_by_id = issue.id, work.now, work.actor.user_id
        else:
            work.db.add(
                IssueTicket(
                    ticket_id=number, issue_id=issue.id, linked=work.now, linked_by_id=work.actor.user_id
                )
            )
        note(work, issue.id, "Link", "ticket", new=f"#{number}")
    work.db.flush()
    return new
