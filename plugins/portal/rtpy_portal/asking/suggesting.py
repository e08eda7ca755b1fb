"""What may answer a question before it is sent: pages of knowledge, known issues, own requests that are open."""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.access.sight import takes_part, visible
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.issues import reading as issues
from rtpy_portal.knowledge import searching as knowledge
from rtpy_portal.requests.stages import is_open

PAGES, ISSUES, REQUESTS = 5, 3, 3
LOOKED_AT = 50
"""Of one's own open requests, the newest."""
LONGEST = 2_000
_WORD = re.compile(r"[^\W\d_]{4,}|\d{3,}")


class Kind(StrEnum):
    """What a suggestion is."""

    PAGE = "page"
    ISSUE = "issue"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that may be the answer; `detail` is a summary, or the stage of an issue."""

    kind: Kind
    id: int
    title: str
    detail: str = ""
    slug: str = ""

    @property
    def name(self) -> str:
        """As forms know it."""
        return f"{self.kind}:{self.id}"


def suggest(work: Work, visitor: Visitor | None, reader: Reader, text: str) -> list[Suggestion]:
    """Own requests first, since they are the surest, then issues, then pages. Five queries at most."""
    asked = text[:LONGEST]
    if not asked.strip():
        return []
    found = [
        Suggestion(Kind.ISSUE, each.issue_id, each.title, each.stage)
        for each in issues.suggest(work, reader, asked, ISSUES)
    ]
    found += [
        Suggestion(Kind.PAGE, each.page_id, each.title, each.summary, each.slug)
        for each in knowledge.suggest(work, reader, asked, PAGES)
    ]
    return [*_own(work, visitor, asked), *found]


def _own(work: Work, visitor: Visitor | None, text: str) -> list[Suggestion]:
    """Open requests that the visitor takes part in, and whose subject has words of the text. One query."""
    words = _stems(text)
    if visitor is None or visitor.way is Way.KEY or not words:
        return []
    rows = work.db.execute(
        select(Ticket.id, Ticket.subject)
        .where(
            visible(visitor),
            takes_part(visitor.user_id),
            is_open(work.app),
        )
        .order_by(Ticket.id.desc())
        .limit(LOOKED_AT)
    ).all()
    scored = []
    for row in rows:
        subject = _stems(row.subject)
        met = len(subject & words)
        if met >= 2 or (met and met == len(subject)):
            scored.append((-met, -row.id, row))
    best = sorted(scored, key=lambda each: each[:2])[:REQUESTS]
    return [Suggestion(Kind.REQUEST, row.id, row.subject) for _, _, row in best]


def _stems(text: str) -> set[str]:
    """Beginnings of the longer words: `Printer` and `printers` are one."""
    return {word.casefold()[:6] for word in _WORD.findall(text)}
