"""The leak guard: looks through what a customer is about to read for secrets and for words that were meant for us."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.models import EntryLine, Expense, Invoice, InvoiceLine, WorkEntry

RUN = 5
"""So many words in a row, as they stand in an internal note, are no accident."""
PATTERNS = (
    (
        re.compile(
            r"\b(?:pass(?:word|wort|phrase)?|kennwort|passwd|pwd|pin)\b\s*(?:is|ist|[:=])\s*\S+", re.I
        ),
        "what looks like a password",
    ),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), "an access key"),
    (
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|xox[abp]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9]{20,})"),
        "a token",
    ),
    (
        re.compile(r"\b(?:api[ _-]?key|secret|token|community)\b\s*[:=]\s*[A-Za-z0-9+/_-]{8,}", re.I),
        "what looks like a secret key",
    ),
    (re.compile(r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/@:]+:[^\s/@]+@", re.I), "an address with a password in it"),
    (
        re.compile(r"\b(?:do not|don't) (?:bill|charge|tell)\b|\b(?:internal|intern)\s*:", re.I),
        "an internal remark",
    ),
    (re.compile(r"\bnicht (?:berechnen|abrechnen|sagen)\b", re.I), "an internal remark"),
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Leak:
    """A place to look at before it goes out: where, and what it looks like. The secret itself is not repeated."""

    where: str
    what: str

    @property
    def sentence(self) -> str:
        """For who issues it."""
        return f"{self.where} holds {self.what}: look at it before the customer does."


def texts_of(document: Snapshot) -> Iterator[tuple[str, str]]:
    """Everything free that the customer reads, with where it stands."""
    for line in document.lines:
        yield (
            f"Line {line.position}",
            " ".join((line.heading, line.text, *line.details, line.discount_reason)),
        )
    for at, row in enumerate(document.annex, 1):
        yield f"Row {at} of the annex", row.text
    for note in document.notes:
        yield "The note", note


def find_leaks(texts: Iterable[tuple[str, str]], internal: Iterable[str] = ()) -> tuple[Leak, ...]:
    """What stands in `texts` and should perhaps not; `internal` are notes that were meant for ourselves."""
    runs = {run for note in internal for run in _runs(note)}
    found: dict[tuple[str, str], Leak] = {}
    for where, text in texts:
        for pattern, what in PATTERNS:
            if pattern.search(text):
                found.setdefault((where, what), Leak(where, what))
        if runs and runs.intersection(_runs(text)):
            what = "words of an internal note"
            found.setdefault((where, what), Leak(where, what))
    return tuple(found.values())


def leaks_of(db: Session, invoice: Invoice, document: Snapshot) -> tuple[Leak, ...]:
    """The leaks of a draft. Two queries."""
    notes = db.scalars(
        select(WorkEntry.note_internal)
        .join(EntryLine, EntryLine.entry_id == WorkEntry.id)
        .join(InvoiceLine, InvoiceLine.id == EntryLine.invoice_line_id)
        .where(InvoiceLine.invoice_id == invoice.id, WorkEntry.note_internal != "")
        .distinct()
    ).all()
    of_expenses = db.scalars(
        select(Expense.note_internal)
        .join(InvoiceLine, InvoiceLine.expense_id == Expense.id)
        .where(InvoiceLine.invoice_id == invoice.id, Expense.note_internal != "")
    ).all()
    return find_leaks(texts_of(document), [*notes, *of_expenses])


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    for at in range(len(words) - RUN + 1):
        yield tuple(words[at : at + RUN])
