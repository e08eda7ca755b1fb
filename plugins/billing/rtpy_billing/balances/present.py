"""Balances as they stand: what is frozen, and what priced but not yet invoiced work takes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from rtpy_billing.balances.reading import read_ledgers
from rtpy_billing.ledgers.draw import Drawn, draw
from rtpy_billing.ledgers.values import Kind, Ledger, Movement
from rtpy_billing.models import Agreement, AgreementLine, EntryLine, WorkEntry, not_invoiced

_USES = (
    select(EntryLine.line_id, EntryLine.entry_id, EntryLine.customer_on, EntryLine.sources, EntryLine.outcome)
    .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
    .where(EntryLine.outcome == "covered", not_invoiced())
    .order_by(EntryLine.customer_on, EntryLine.entry_id, EntryLine.segment)
)


@dataclass(frozen=True, slots=True)
class Balance:
    """A ledger and what came of it; `open_uses` are not invoiced yet and may still move."""

    ledger: Ledger
    drawn: Drawn
    open_uses: tuple[Movement, ...]

    @property
    def left(self) -> int:
        """What is left, below zero by what is owed."""
        return self.drawn.balance


def balances_of(
    db: Session, lines: Iterable[tuple[AgreementLine, Agreement]], as_of: date
) -> dict[int, Balance]:
    """The balances of those lines that have one, by the line's id. Three queries, however many lines."""
    agreed = list(lines)
    ledgers = read_ledgers(db, agreed)
    if not ledgers:
        return {}
    # By customer, because their open work is little and found by an index; the uses of a line are all of its history.
    theirs = WorkEntry.organization_id.in_({agreement.organization_id for _, agreement in agreed})
    uses: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.execute(_USES.where(theirs, EntryLine.line_id.in_(ledgers))):
        uses[row.line_id].append(row)
    found = {}
    for line_id, ledger in ledgers.items():
        open_uses = _movements(ledger, uses[line_id])
        used = replace(ledger, fixed=(*ledger.fixed, *open_uses))
        found[line_id] = Balance(ledger, draw(used, (), as_of), open_uses)
    return found


def _movements(ledger: Ledger, rows: Sequence[Row[Any]]) -> tuple[Movement, ...]:
    """What the priced lines of open entries take, lot by lot; late work counts on the first open day."""
    windows = {lot.key: lot for lot in ledger.lots}
    found = []
    for row in rows:
        for source, taken in row.sources or ():
            lot = windows.get(source)
            day = row.customer_on
            if ledger.open_from and day < ledger.open_from and not (lot and lot.pays_for(day)):
                day = ledger.open_from
            found.append(Movement(Kind.USE, day, -taken, source or None, row.entry_id))
    return tuple(found)
