"""From lines to a whole document: amounts of each line, groups of tax and totals put into a snapshot that agrees."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rtpy_billing.documents.snapshot import DocumentKind, Line, Party, Snapshot, Unit
from rtpy_billing.money import Rounding
from rtpy_billing.taxes.arithmetic import line_amount, sum_up
from rtpy_billing.taxes.values import Adjustment, Deduction, Tax

SECONDS = 3600
CREDIT_SLACK = 2  # minor units; Peppol forgives as much


def draw_line(
    position: int,
    text: str,
    quantity: Fraction,
    unit: Unit,
    unit_price: int,
    tax: Tax,
    *,
    price_base: int = 1,
    discount_rate: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
    **further: Any,  # any other field of Line, checked by Line itself
) -> Line:
    """A line with its amounts; hours are given exactly: `hours(15_000)` is 4 h 10, not 4.17."""
    amount = line_amount(quantity, unit_price, price_base, discount_rate, rounding)
    return Line(
        position=position,
        text=text,
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
        gross=amount.gross,
        discount=amount.discount,
        net=amount.net,
        tax=tax,
        price_base=price_base,
        discount_rate=discount_rate,
        **further,
    )


def hours(seconds: int) -> Fraction:
    """So many seconds as an exact number of hours."""
    return Fraction(seconds, SECONDS)


def draw_up(
    kind: DocumentKind,
    seller: Party,
    buyer: Party,
    lines: Sequence[Line],
    adjustments: Sequence[Adjustment] = (),
    deductions: Sequence[Deduction] = (),
    *,
    payable_step: int = 1,
    rounding: Rounding = Rounding.HALF_UP,
    **further: Any,  # any other field of Snapshot, checked by Snapshot itself
) -> Snapshot:
    """The document of those lines with its tax groups and totals; without `number` it is a preview."""
    nets = [(line.tax, line.net) for line in lines]
    sums = sum_up(nets, adjustments, deductions, payable_step=payable_step, rounding=rounding)
    further.setdefault("number", "")
    return Snapshot(
        kind=kind,
        seller=seller,
        buyer=buyer,
        lines=tuple(lines),
        adjustments=tuple(adjustments),
        deductions=tuple(deductions),
        groups=sums.groups,
        totals=sums.totals,
        payable_step=payable_step,
        rounding=rounding,
        **further,
    )


def disagreements(document: Snapshot) -> list[str]:
    """Where the amounts of a document do not agree with each other; empty for all that `draw_up` made.

    Issuing asks this once more, so that nothing that was put together by hand goes out with a wrong sum.
    """
    found = [
        f"Line {line.position}: {line.gross} less {line.discount} is not {line.net}."
        for line in document.lines
        if line.gross - line.discount != line.net
    ]
    # The last of several credits of one line takes what the roundings of the others left.
    slack = CREDIT_SLACK if document.kind is DocumentKind.CREDIT_NOTE else 0
    for line in document.lines:
        amount = line_amount(line.quantity, line.unit_price, line.price_base, rounding=document.rounding)
        if abs(amount.gross - line.gross) > slack:
            found.append(f"Line {line.position}: quantity times price is {amount.gross}, not {line.gross}.")
    nets = [(line.tax, line.net) for line in document.lines]
    sums = sum_up(
        nets,
        document.adjustments,
        document.deductions,
        payable_step=document.payable_step,
        rounding=document.rounding,
    )
    if sums.totals != document.totals:
        found.append(f"The totals should be {sums.totals}, not {document.totals}.")
    if sums.groups != document.groups:
        found.append("The groups of tax do not agree with the lines.")
    return found


def numbered(preview: Snapshot, number: str, **further: Any) -> Snapshot:
    """The preview with its number: nothing else about it changes unless it is given."""
    return replace(preview, number=number, **further)
