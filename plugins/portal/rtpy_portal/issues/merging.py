"""Merging two known issues that are one: tickets and those affected move to the kept one."""

from sqlalchemy import select, update

from rtpy.changes.allowed import need_system
from rtpy.errors import Refused
from rtpy.work import Work
from rtpy_portal.issues.affected import lock
from rtpy_portal.issues.history import note
from rtpy_portal.models import Issue, IssueAffected, IssueTicket
from rtpy_portal.rights import MANAGE_ISSUES


def merge_issues(work: Work, gone: Issue, kept: Issue) -> None:
    """`gone` is `kept` from now on. Needs ManageIssues. Raises Refused when that makes no sense."""
    need_system(work, MANAGE_ISSUES)
    if gone.id == kept.id:
        raise Refused("An issue cannot be merged into itself: choose another one.")
    if gone.merged_into_id is not None or kept.merged_into_id is not None:
        raise Refused("One of the two was merged before: open the one that it is now.")
    for issue in sorted((gone, kept), key=lambda each: each.id):
        lock(work, issue)
    _move_affected(work, gone, kept)
    work.db.execute(update(IssueTicket).where(IssueTicket.issue_id == gone.id).values(issue_id=kept.id))
    work.db.execute(update(Issue).where(Issue.merged_into_id == gone.id).values(merged_into_id=kept.id))
    gone.merged_into_id, gone.closed = kept.id, gone.closed or work.now
    note(work, gone.id, "Merge", "merged into", new=f"{kept.id} {kept.title}")
    note(work, kept.id, "Merge", "took in", new=f"{gone.id} {gone.title}")
    work.db.flush()


def _move_affected(work: Work, gone: Issue, kept: Issue) -> None:
    there = {
        (row.user_id, row.address): row
        for row in work.db.scalars(select(IssueAffected).where(IssueAffected.issue_id == kept.id))
    }
    for row in work.db.scalars(select(IssueAffected).where(IssueAffected.issue_id == gone.id)):
        same = there.get((row.user_id, row.address))
        if same is None:
            row.issue_id = kept.id
            continue
        if same.confirmed is None and row.confirmed is not None:
            same.confirmed, same.subscribed, same.left = row.confirmed, row.subscribed, row.left
        same.impact = same.impact or row.impact
        work.db.delete(row)
    work.db.flush()
