"""What agreements bill by themselves: fees of periods, bought blocks, milestones, units, discounts."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy_billing.balances.kinds import GRANTED, LineKind
from rtpy_billing.balances.rhythms import line_price_on, periods_of
from rtpy_billing.ledgers.values import Kind
from rtpy_billing.models import Agreement, AgreementLine, Invoice, InvoiceLine, MovementRow
from rtpy_billing.money import rounded
from rtpy_billing.periods.period import BillingPeriod
from rtpy_billing.periods.proration import prorated

PERIODIC = frozenset(
    {LineKind.FIXED_FEE, LineKind.PER_UNIT, LineKind.PASS_THROUGH, LineKind.DISCOUNT, *GRANTED}
)
BOUGHT = (Kind.PURCHASE.value, Kind.TOP_UP.value)
MOST_PERIODS = 120
"""Of one line on one invoice: ten years of months."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to bill: `unit_price` for each of `quantity`, or `discount` basis points of everything else."""

    agreement_id: int
    line: AgreementLine
    bills: str
    text: str
    quantity: Fraction
    unit_price: int
    start: date | None = None
    end: date | None = None
    discount: int = 0


def due_of(db: Session, agreements: Sequence[Agreement], until: date) -> list[Due]:
    """What is due of these agreements up to `until` (that day not included) and is on no invoice or draft yet.

    What is billed in advance is due for the period that begins on `until`, too. Four queries.
    """
    by_id = {agreement.id: agreement for agreement in agreements if agreement.state != "draft"}
    if not by_id:
        return []
    lines = db.scalars(
        select(AgreementLine)
        .where(AgreementLine.agreement_id.in_(by_id))
        .order_by(AgreementLine.agreement_id, AgreementLine.position, AgreementLine.id)
    ).all()
    billed = _billed(db, [line.id for line in lines])
    bought = _bought(db, [line.id for line in lines], until)
    return [
        due
        for line in lines
        for due in _due(by_id[line.agreement_id], line, until, bought[line.id])
        if (line.id, due.bills) not in billed
    ]


def _billed(db: Session, line_ids: Sequence[int]) -> frozenset[tuple[int | None, str]]:
    """What stands on drafts and issued invoices, without what a credit note released."""
    counts: Counter[tuple[int | None, str]] = Counter()
    rows = db.execute(
        select(InvoiceLine.agreement_line_id, InvoiceLine.bills, Invoice.kind, InvoiceLine.released)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.agreement_line_id.in_(line_ids), InvoiceLine.bills != "")
        .where((Invoice.kind == "invoice") | (Invoice.state != "draft"))
    )
    for line_id, bills, kind, released in rows:
        counts[line_id, bills] += 1 if kind == "invoice" else -1 if released else 0
    return frozenset(key for key, number in counts.items() if number > 0)


def _bought(db: Session, line_ids: Sequence[int], until: date) -> dict[int, list[MovementRow]]:
    found: dict[int, list[MovementRow]] = defaultdict(list)
    for row in db.scalars(
        select(MovementRow)
        .where(
            MovementRow.line_id.in_(line_ids), MovementRow.kind.in_(BOUGHT), MovementRow.worked_on <= until
        )
        .order_by(MovementRow.worked_on, MovementRow.id)
    ):
        found[row.line_id].append(row)
    return found


def _due(
    agreement: Agreement, line: AgreementLine, until: date, bought: Sequence[MovementRow]
) -> Iterator[Due]:
    kind = LineKind(line.kind)
    for row in bought:
        yield _purchase(agreement, line, row)
    if kind is LineKind.FIXED_PRICE:
        yield from _milestones(agreement, line, until)
    elif kind is LineKind.DISCOUNT and line.discount:
        if (line.starts_on or agreement.starts_on) < until and (
            line.ends_on is None or until <= line.ends_on
        ):
            # By percentage it belongs to each invoice, so it is never "billed already".
            yield Due(agreement.id, line, "", _text(line), Fraction(1), 0, discount=line.discount)
    elif kind in PERIODIC:
        in_advance = agreement.in_advance or kind in GRANTED
        last = date.fromordinal(until.toordinal() + 1) if in_advance else until
        for number, period in enumerate(periods_of(agreement, line, last)):
            if number >= MOST_PERIODS:
                return
            if in_advance or period.billed.end <= until:
                yield _period(agreement, line, kind, period)


def _period(agreement: Agreement, line: AgreementLine, kind: LineKind, period: BillingPeriod) -> Due:
    price = line_price_on(agreement, line, period.billed.start)
    quantity = Fraction(1)
    if kind in (LineKind.PER_UNIT, LineKind.PASS_THROUGH):
        units, _ = units_of(line, kind, period.billed.start)
        quantity = prorated(units, period, prorate=line.is_prorated)
    elif line.is_prorated:
        price = rounded(prorated(price, period, prorate=True))
    if kind is LineKind.DISCOUNT:
        price = -price
    start, end = period.billed.start, period.billed.end
    return Due(
        agreement.id,
        line,
        f"period {start.isoformat()}",
        _text(line),
        quantity,
        price,
        start,
        end,
    )


def units_of(line: AgreementLine, kind: LineKind, day: date) -> tuple[int, str]:
    """How many units; of a source that could not be asked the last good count, never nought."""
    if kind is LineKind.PASS_THROUGH or line.quantity_source == "manual":
        return line.quantity, ""
    if line.counted is None:
        return line.quantity, f"{line.name}: nothing was ever counted, so {line.quantity} are billed."
    if line.counted_on is None or line.counted_on < day:
        on = line.counted_on.isoformat() if line.counted_on else "an unknown day"
        return line.counted, f"{line.name}: {line.counted} were counted on {on}, before this period."
    return line.counted, ""


def _purchase(agreement: Agreement, line: AgreementLine, row: MovementRow) -> Due:
    """A block, at its price; a top-up in proportion to what one costs."""
    price = line_price_on(agreement, line, row.worked_on)
    text = _text(line)
    if row.kind == Kind.TOP_UP.value:
        whole, of_whole = line.top_up_quantity or line.quantity, line.top_up_price
        price = price if of_whole is None else of_whole
        price = rounded(Fraction(price * row.quantity, whole)) if whole else price
        text = f"{line.name}: top-up"
    return Due(agreement.id, line, f"movement {row.id}", text, Fraction(1), price, start=row.worked_on)


def _milestones(agreement: Agreement, line: AgreementLine, until: date) -> Iterator[Due]:
    listed: Any = (line.details or {}).get("milestones") or ()
    for each in listed:
        accepted = each.get("accepted")
        if accepted and date.fromisoformat(accepted) < until:
            name = str(each["name"])
            yield Due(
                agreement.id,
                line,
                f"milestone {name}"[:255],
                f"{line.name}: {name}",
                Fraction(1),
                int(each["amount"]),
                start=date.fromisoformat(accepted),
            )


def _text(line: AgreementLine) -> str:
    return line.description.strip() or line.name
