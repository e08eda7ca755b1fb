"""What is done and not yet billed: the one definition that drafts, pages and reports share."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from rtpy_billing.models import EntryLine, WorkEntry
from rtpy_billing.pricing.words import Outcome

READY = ("approved", "invoiced")
"""States of entries whose lines may go onto an invoice; of an invoiced entry only what a credit note released."""
WAITING = ("draft", "submitted", "checked")
BILLED = (Outcome.CHARGED.value, Outcome.COVERED.value, Outcome.NO_CHARGE.value)
"""Outcomes of lines that stand on invoices; the others cost the customer nothing and are not shown."""


def is_unbilled() -> ColumnElement[bool]:
    """Of `EntryLine` joined with `WorkEntry`: approved, for the customer's eyes, and on no invoice or draft."""
    return and_(
        WorkEntry.state.in_(READY), EntryLine.outcome.in_(BILLED), EntryLine.invoice_line_id.is_(None)
    )


@dataclass(frozen=True, slots=True)
class UnbilledSums:
    """Amounts by currency: `ready` is approved, `waiting` is not approved yet."""

    ready: tuple[tuple[str, int], ...]
    waiting: tuple[tuple[str, int], ...]


def unbilled_sums(db: Session, organization_id: int) -> UnbilledSums:
    """What a customer still has to be charged. One query."""
    rows = db.execute(
        select(EntryLine.currency, WorkEntry.state, func.sum(EntryLine.amount))
        .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
        .where(
            WorkEntry.organization_id == organization_id,
            EntryLine.outcome == Outcome.CHARGED.value,
            EntryLine.invoice_line_id.is_(None),
        )
        .group_by(EntryLine.currency, WorkEntry.state)
    )
    ready: dict[str, int] = defaultdict(int)
    waiting: dict[str, int] = defaultdict(int)
    for currency, state, amount in rows:
        (ready if state in READY else waiting)[currency] += int(amount or 0)
    return UnbilledSums(_sums(ready), _sums(waiting))


def _sums(found: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((currency, amount) for currency, amount in found.items() if amount))
