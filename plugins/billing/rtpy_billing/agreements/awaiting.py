"""What of an agreement waits for the customer's consent: work that is held, and questions without an answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select

from rtpy.work import Work
from rtpy_billing.agreements.consenting import ASKED
from rtpy_billing.models import AgreementLine, Consent, EntryLine, WorkEntry


@dataclass(frozen=True, slots=True)
class Question:
    """It was asked of an address and nobody has answered yet."""

    address: str
    asked: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Of one line: seconds of held work, its worth in minor units, since which day; and the question that is open."""

    seconds: int = 0
    value: int = 0
    since: date | None = None
    question: Question | None = field(default=None)


def awaiting(work: Work, lines: Collection[AgreementLine]) -> Mapping[int, Awaiting]:
    """By line, for those on which something waits. Two queries, none where no line asks for consent."""
    ids = [line.id for line in lines if line.at_zero == "consent"]
    if not ids:
        return {}
    questions = {
        row.line_id: Question(row.asked_of, row.asked, row.expires)
        for row in work.db.execute(
            select(Consent.line_id, Consent.asked_of, Consent.asked, Consent.expires)
            .where(Consent.line_id.in_(ids), Consent.state == ASKED, Consent.expires > work.now)
            .order_by(Consent.id)
        )
    }
    rows = work.db.execute(
        select(
            EntryLine.line_id,
            func.sum(EntryLine.billed_seconds),
            func.sum(EntryLine.value),
            func.min(EntryLine.customer_on),
        )
        .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
        .where(EntryLine.line_id.in_(ids), EntryLine.outcome == "held", WorkEntry.state != "invoiced")
        .group_by(EntryLine.line_id)
    )
    found = {
        line_id: Awaiting(int(seconds or 0), int(value or 0), since, questions.get(line_id))
        for line_id, seconds, value, since in rows
        if line_id is not None
    }
    return {**{line_id: Awaiting(question=each) for line_id, each in questions.items()}, **found}
