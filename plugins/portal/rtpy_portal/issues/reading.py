"""Which known issues somebody may read, and which fit what they write. Nothing of a request is read here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.remembered import remembered, watch
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.models import Audience, Issue, IssueAudience, IssueKind, IssueTicket, Stage

watch(Issue, IssueAudience)

MOST = 500
"""Open issues that are kept between requests; the newest."""
COMMON = frozenset(
    "and are but can cannot for from has have how not our since that the their there this was what when which with you "
    "your aber auf aus bei bin das dem den der des die ein eine einen geht habe haben ich ist kann kein keine mein "
    "meine mit nicht noch oder seit sich sie sind und uns unser unsere von vor wir wird zum zur".split()
)
"""Words that say nothing about what is wrong."""
_WORD = re.compile(r"\w{3,40}")
_STEM = 5


@dataclass(frozen=True, slots=True)
class Known:
    """An issue as a line of a list."""

    issue_id: int
    title: str
    stage: str
    kind: str = IssueKind.KNOWN.value


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """An open issue that others than staff read, as it is kept between requests."""

    id: int
    kind: IssueKind
    title: str
    stage: Stage
    organization_ids: frozenset[int] | None
    """Whose people read it; None: everybody does."""
    planned_from: date | None
    planned_until: date | None
    updated: datetime
    title_stems: frozenset[str] = field(repr=False)
    text_stems: frozenset[str] = field(repr=False)

    @property
    def known(self) -> Known:
        """As a line of a list."""
        return Known(self.id, self.title, self.stage.value, self.kind.value)


def readable(reader: Reader) -> ColumnElement[bool]:
    """A clause over `portal_issues`: what this reader may read. Staff read all that is published, as all do."""
    there = Issue.merged_into_id.is_(None)
    if reader.is_staff:
        return and_(there, Issue.audience != Audience.STAFF.value)
    theirs: ColumnElement[bool] = false()
    if reader.organization_ids:
        of_them = select(IssueAudience.issue_id).where(
            IssueAudience.organization_id.in_(reader.organization_ids)
        )
        theirs = and_(Issue.audience == Audience.ORGANIZATIONS.value, Issue.id.in_(of_them))
    return and_(there, or_(Issue.audience == Audience.EVERYONE.value, theirs))


def open_issues(app: App, db: Session) -> Sequence[OpenIssue]:
    """All open issues that others than staff read, the newest first. No query as a rule."""
    return remembered(app, db, "portal open issues", _read_open)


def all_open(app: App, db: Session) -> Sequence[Known]:
    """All open issues for staff, also those that are being written; the newest first. No query as a rule."""
    return remembered(app, db, "portal all open issues", _read_all_open)


def has_any(app: App, db: Session) -> bool:
    """Has anybody ever written one? No query as a rule."""
    return remembered(
        app, db, "portal any issue", lambda db: db.scalar(select(Issue.id).limit(1)) is not None
    )


def reads(reader: Reader, issue: OpenIssue) -> bool:
    """The same as `readable`, of one that is kept."""
    if reader.is_staff or issue.organization_ids is None:
        return True
    return bool(reader.organization_ids & issue.organization_ids)


def open_for(app: App, db: Session, reader: Reader) -> list[OpenIssue]:
    """The open issues that this reader reads, the newest first. No query as a rule."""
    return [issue for issue in open_issues(app, db) if reads(reader, issue)]


def suggest(work: Work, reader: Reader, text: str, limit: int = 3) -> list[Known]:
    """Open issues that `text` may be about, the likeliest first; ideas are none. No query as a rule."""
    asked = stems(text)
    if not asked:
        return []
    scored = []
    for issue in open_for(work.app, work.db, reader):
        in_title, in_text = len(asked & issue.title_stems), len(asked & issue.text_stems)
        score = 3 * in_title + in_text
        if issue.kind is IssueKind.KNOWN and (in_title or in_text >= 2):
            scored.append((-score, -issue.updated.timestamp(), issue))
    return [issue.known for _, _, issue in sorted(scored, key=lambda each: each[:2])[:limit]]


def surely(work: Work, reader: Reader, text: str) -> Known | None:
    """The open issue whose title `text` repeats in two words at least, or in its only one. No query as a rule."""
    asked = stems(text)
    for issue in open_for(work.app, work.db, reader):
        same = asked & issue.title_stems
        if issue.kind is IssueKind.KNOWN and (len(same) > 1 or (same and same == issue.title_stems)):
            return issue.known
    return None


def issue_for(work: Work, ticket_id: int, reader: Reader) -> Issue | None:
    """The issue that a ticket is linked to, when this reader may read it. One query."""
    found: Issue | None = work.db.scalar(
        select(Issue)
        .join(IssueTicket, IssueTicket.issue_id == Issue.id)
        .where(IssueTicket.ticket_id == ticket_id, readable(reader))
    )
    return found


def find_issue(db: Session, reader: Reader, number: int) -> Issue | None:
    """The issue of that number, or the one it was merged into; None when the reader may not read it. Two queries."""
    found: Issue | None = db.scalar(select(Issue).where(Issue.id == number, readable(reader)))
    if found is None:
        into = select(Issue.merged_into_id).where(Issue.id == number).scalar_subquery()
        found = db.scalar(select(Issue).where(Issue.id == into, readable(reader)))
    return found


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words of a text that say something, so that `mails` finds `mail`."""
    words = (word.lower() for word in _WORD.findall(text[:20_000]))
    return frozenset(_stem(word) for word in words if word not in COMMON and not word.isdigit())


def _stem(word: str) -> str:
    return word[:_STEM] if len(word) > _STEM else word.rstrip("s")


def _read_open(db: Session) -> Sequence[OpenIssue]:
    rows = db.scalars(
        select(Issue)
        .where(Issue.closed.is_(None), Issue.merged_into_id.is_(None), Issue.audience != Audience.STAFF.value)
        .order_by(Issue.id.desc())
        .limit(MOST)
    ).all()
    organizations: dict[int, set[int]] = {row.id: set() for row in rows}
    if rows:
        for row in db.execute(
            select(IssueAudience.issue_id, IssueAudience.organization_id)
            .join(Issue, Issue.id == IssueAudience.issue_id)
            .where(Issue.closed.is_(None))
        ):
            organizations.setdefault(row.issue_id, set()).add(row.organization_id)
    return tuple(
        OpenIssue(
            row.id,
            IssueKind(row.kind),
            row.title,
            Stage(row.stage),
            frozenset(organizations[row.id]) if row.audience == Audience.ORGANIZATIONS.value else None,
            row.planned_from,
            row.planned_until,
            row.updated,
            stems(row.title),
            stems(row.text),
        )
        for row in rows
    )


def _read_all_open(db: Session) -> Sequence[Known]:
    rows = db.execute(
        select(Issue.id, Issue.title, Issue.stage, Issue.kind)
        .where(Issue.closed.is_(None), Issue.merged_into_id.is_(None))
        .order_by(Issue.id.desc())
        .limit(MOST)
    )
    return tuple(Known(*row) for row in rows)
