"""Updates of known issues: what is told to whom they affect, with the stage and the planned days from then on."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, Problem
from rtpy.webhooks.announcing import announce
from rtpy.work import Work
from rtpy_portal.issues.events import CLOSED as CLOSED_EVENT
from rtpy_portal.issues.events import UPDATED, facts_of
from rtpy_portal.issues.history import note
from rtpy_portal.issues.stages import OF_KINDS
from rtpy_portal.models import Audience, Issue, IssueKind, IssueUpdate, Stage
from rtpy_portal.models.issue import CLOSED
from rtpy_portal.rights import MANAGE_ISSUES

LONGEST = 10_000


def post_update(
    work: Work,
    issue: Issue,
    text: str,
    stage: str,
    planned_from: date | None,
    planned_until: date | None,
    *,
    mails: bool = True,
) -> IssueUpdate:
    """Tell something new about an issue. Needs ManageIssues.

    `mails`: whoever is subscribed is told by mail, by the worker. Raises Invalid when nothing is new, when the stage is
    none of its kind, and when an idea is declined without a word.
    """
    need_system(work, MANAGE_ISSUES)
    text = text.strip()
    _check(issue, text, stage, planned_from, planned_until)
    was_closed = issue.closed is not None
    made = tell(work, issue, text, stage, planned_from, planned_until, mails=mails)
    note(work, issue.id, "Update", "update", new=text or stage)
    if issue.audience != Audience.STAFF.value:
        is_closed_now = issue.closed is not None and not was_closed
        announce(work, CLOSED_EVENT if is_closed_now else UPDATED, facts_of(work, issue, text))
    return made


def tell(
    work: Work,
    issue: Issue,
    text: str,
    stage: str,
    planned_from: date | None,
    planned_until: date | None,
    *,
    mails: bool,
) -> IssueUpdate:
    """The row of an update, and the issue as it is from then on; nothing is checked."""
    moved = (issue.planned_from, issue.planned_until) != (planned_from, planned_until)
    is_told = mails and issue.audience != Audience.STAFF.value
    made = IssueUpdate(
        issue_id=issue.id,
        text=text,
        stage=stage,
        stage_changed=stage != issue.stage,
        planned_from=planned_from,
        planned_until=planned_until,
        old_from=issue.planned_from if moved else None,
        old_until=issue.planned_until if moved else None,
        moved=moved,
        created=work.now,
        creator_id=work.actor.user_id,
        mails=is_told,
        mailed=None if is_told else work.now,
    )
    work.db.add(made)
    if Stage(stage) in CLOSED:
        issue.closed = issue.closed or work.now
    else:
        issue.closed = None
    issue.stage, issue.planned_from, issue.planned_until = stage, planned_from, planned_until
    issue.updated = work.now
    work.db.flush()
    return made


def updates_of(work: Work, issue_id: int) -> Sequence[IssueUpdate]:
    """What was told of an issue, the newest first. One query."""
    return work.db.scalars(
        select(IssueUpdate).where(IssueUpdate.issue_id == issue_id).order_by(IssueUpdate.id.desc()).limit(200)
    ).all()


def _check(issue: Issue, text: str, stage: str, first: date | None, last: date | None) -> None:
    problems = []
    if stage not in OF_KINDS[IssueKind(issue.kind)]:
        problems.append(Problem("stage", "Choose a stage of the list."))
    if len(text) > LONGEST:
        problems.append(Problem("text", f"This is longer than {LONGEST:,} characters: shorten it."))
    if first and last and last < first:
        problems.append(Problem("planned_until", "The last day is before the first one."))
    if stage == Stage.DECLINED.value and issue.stage != stage and not text:
        problems.append(Problem("text", "Say why it is declined: those who asked for it want to know."))
    is_same = stage == issue.stage and (first, last) == (issue.planned_from, issue.planned_until)
    if not problems and not text and is_same:
        problems.append(Problem("text", "Write what is new, or choose another stage or other days."))
    if problems:
        raise Invalid(*problems)
