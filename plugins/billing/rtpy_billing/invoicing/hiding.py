"""What staff hid from customers after a draft was made: no number of it goes out, and no line that names it."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from rtpy.errors import Problem
from rtpy.history.customer_side import kept_among
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_billing.models import InvoiceLine


def hidden_in(work: Work, rows: Iterable[InvoiceLine]) -> frozenset[int]:
    """The tickets behind these lines that are kept from customers. One query at most."""
    return kept_among(work, {number for row in rows for number in row.requests or ()})


def named_in(work: Work, rows: Sequence[InvoiceLine], hidden: frozenset[int]) -> list[Problem]:
    """The lines whose text has the number or the subject of one of `hidden`: they keep a draft from being issued.

    One query where anything is hidden, else none.
    """
    if not hidden:
        return []
    found = work.db.execute(select(Ticket.id, Ticket.subject).where(Ticket.id.in_(hidden)))
    subjects = {row.id: row.subject for row in found}
    return [
        Problem(
            "lines",
            f"Line {at} names request #{number}, which is hidden from customers by now: change its text, or gather "
            "the work anew.",
        )
        for at, row in enumerate(rows, 1)
        for number in row.requests or ()
        if number in hidden and _names(row.text, number, subjects.get(number, ""))
    ]


def _names(text: str, number: int, subject: str) -> bool:
    if re.search(rf"#{number}\b", text):
        return True
    return bool(subject.strip()) and subject.strip().lower() in text.lower()
