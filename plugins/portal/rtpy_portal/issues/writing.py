"""Writing known issues: made, edited, opened to their readers. Every edit stays in the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, Problem
from rtpy.models import Organization
from rtpy.webhooks.announcing import announce
from rtpy.work import Work
from rtpy_portal.issues.events import OPENED, UPDATED, facts_of
from rtpy_portal.issues.history import note, note_changes
from rtpy_portal.issues.updating import tell
from rtpy_portal.models import Audience, Issue, IssueAudience, IssueKind, Stage
from rtpy_portal.rights import MANAGE_ISSUES

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class IssueValues:
    """What staff write about an issue; stages and planned days change by updates alone."""

    title: str
    text: str = ""
    kind: str = "known"
    audience: str = "staff"
    organization_ids: frozenset[int] = field(default_factory=frozenset)
    went_wrong: str = ""
    how_fixed: str = ""
    prevents: str = ""
    solver_id: int | None = None
    shows_solver: bool = False


TEXTS: Mapping[str, str] = {
    "title": "title",
    "text": "text",
    "kind": "kind",
    "audience": "who reads it",
    "went_wrong": "what went wrong",
    "how_fixed": "how it was fixed",
    "prevents": "what prevents it",
}
"""Columns that the history tells of, in its words."""


def save_issue(work: Work, issue: Issue | None, values: IssueValues) -> Issue:
    """Make an issue, or edit one. Who reads it from now on is told of nothing older. Needs ManageIssues.

    Raises Invalid: an issue that others than staff read needs a title and a text of its own.
    """
    need_system(work, MANAGE_ISSUES)
    _check(work, issue, values)
    if issue is None:
        issue = Issue(
            stage=Stage.HEARD.value, created=work.now, creator_id=work.actor.user_id, updated=work.now
        )
        before: dict[str, str] = {}
    else:
        before = _said(work, issue)
    was_open = issue.audience is not None and issue.audience != Audience.STAFF.value
    for name in TEXTS:
        setattr(issue, name, getattr(values, name).strip())
    issue.solver_id, issue.shows_solver = values.solver_id, values.shows_solver
    is_new = issue.id is None
    work.db.add(issue)
    work.db.flush()  # its number is needed
    _set_audience(work, issue, values)
    if is_new:
        note(work, issue.id, "Create", new=issue.title)
    else:
        after = _said(work, issue)
        note_changes(work, issue.id, before, after)
        if after != before and was_open and issue.audience != Audience.STAFF.value:
            announce(work, UPDATED, facts_of(work, issue))
    if not was_open and issue.audience != Audience.STAFF.value and issue.opened is None:
        issue.opened = issue.updated = work.now
        tell(work, issue, "", issue.stage, issue.planned_from, issue.planned_until, mails=False)
        announce(work, OPENED, facts_of(work, issue))
    return issue


def organizations_of(work: Work, issue: Issue) -> dict[int, str]:
    """The organisations whose people read it, by number. One query."""
    rows = work.db.execute(
        select(Organization.id, Organization.name)
        .join(IssueAudience, IssueAudience.organization_id == Organization.id)
        .where(IssueAudience.issue_id == issue.id)
        .order_by(Organization.name)
    )
    return {row.id: row.name for row in rows}


def _said(work: Work, issue: Issue) -> dict[str, str]:
    told = {words: str(getattr(issue, name)) for name, words in TEXTS.items()}
    told["organisations"] = ", ".join(organizations_of(work, issue).values())
    return told


def _set_audience(work: Work, issue: Issue, values: IssueValues) -> None:
    wanted = values.organization_ids if values.audience == Audience.ORGANIZATIONS.value else frozenset()
    present = set(
        work.db.scalars(select(IssueAudience.organization_id).where(IssueAudience.issue_id == issue.id))
    )
    gone, new = present - wanted, wanted - present
    if gone:
        work.db.execute(
            delete(IssueAudience).where(
                IssueAudience.issue_id == issue.id, IssueAudience.organization_id.in_(gone)
            )
        )
    if new:
        work.db.execute(
            insert(IssueAudience), [{"issue_id": issue.id, "organization_id": each} for each in sorted(new)]
        )


def _check(work: Work, issue: Issue | None, values: IssueValues) -> None:
    problems = []
    if not values.title.strip():
        problems.append(Problem("title", "Write a title: a few words that customers recognise."))
    if len(values.title) > 200:
        problems.append(Problem("title", "The title is longer than 200 characters: shorten it."))
    for name in ("text", "went_wrong", "how_fixed", "prevents"):
        if len(getattr(values, name)) > LONGEST:
            problems.append(Problem(name, f"This is longer than {LONGEST:,} characters: shorten it."))
    if values.kind not in tuple(IssueKind):
        problems.append(Problem("kind", "Choose whether it is a problem or an idea."))
    elif issue is not None and issue.stage == Stage.DECLINED.value and values.kind != IssueKind.IDEA.value:
        problems.append(Problem("kind", "Only ideas are declined: give it another stage first."))
    elif (
        issue is not None and issue.stage == Stage.CAUSE_FOUND.value and values.kind != IssueKind.KNOWN.value
    ):
        problems.append(Problem("kind", "An idea has no cause: give it another stage first."))
    if values.audience not in tuple(Audience):
        problems.append(Problem("audience", "Choose who reads it."))
    elif values.audience != Audience.STAFF.value and not values.text.strip():
        problems.append(
            Problem("text", "Write what customers shall read before others than staff may see it.")
        )
    if values.audience == Audience.ORGANIZATIONS.value:
        known = set(
            work.db.scalars(select(Organization.id).where(Organization.id.in_(values.organization_ids)))
        )
        if not known or known != values.organization_ids:
            problems.append(
                Problem("organizations", "Choose at least one organisation whose people read it.")
            )
    if problems:
        raise Invalid(*problems)
