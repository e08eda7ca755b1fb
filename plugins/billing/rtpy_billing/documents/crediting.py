"""A credit note from the invoice that it takes back: whole, or by quantity of single lines, never more than is left."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from rtpy.errors import Invalid, Problem
from rtpy_billing.documents.drawing_up import draw_up
from rtpy_billing.documents.snapshot import DocumentKind, Line, Preceding, Snapshot
from rtpy_billing.money import product
from rtpy_billing.taxes.values import Adjustment, Deduction

# An electronic credit note has to say what becomes of the amount (BR-CO-25), for it can have no due date.
TERMS = {
    "en": "The amount is set off against open invoices or paid back.",
    "de": "Der Betrag wird mit offenen Rechnungen verrechnet oder erstattet.",
}


def credit(
    invoice: Snapshot,
    issued_on: date,
    reason: str,
    quantities: Mapping[int, Fraction] | None = None,
    earlier: Sequence[Snapshot] = (),
) -> Snapshot:
    """The credit note (a preview, without number) over `quantities` by line position, or over all that is left.

    `earlier` are the credit notes that this invoice already has. Lines keep the position they have on the invoice.
    What was credited in parts comes to the net of the invoice in the end: the last part takes what rounding left. (Tax
    is rounded on each document, as the law wants, so the tax of several parts may differ from it by a minor unit.)
    Raises Invalid if a line is not there, or less of it is left than asked for.
    """
    left = _what_is_left(invoice, earlier)
    wanted = dict(quantities) if quantities is not None else {line.position: line.quantity for line in left}
    whole = {line.position: line for line in invoice.lines}
    lines = [
        _part(whole[line.position], line, wanted.pop(line.position))
        for line in left
        if wanted.get(line.position)
    ]
    unknown = sorted(position for position, quantity in wanted.items() if quantity)
    if unknown:
        raise Invalid(Problem("quantities", f"The invoice has no line {unknown[0]} that is left to credit."))
    if not lines:
        raise Invalid(Problem("quantities", "Nothing is left to credit on this invoice."))
    is_rest = sum(line.net for line in lines) == sum(line.net for line in left) and len(lines) == len(left)
    adjustments = _adjustments(invoice, earlier, lines, is_rest)
    return draw_up(
        DocumentKind.CREDIT_NOTE,
        invoice.seller,
        invoice.buyer,
        lines,
        adjustments,
        _deductions(invoice, earlier, lines, is_rest),
        payable_step=invoice.payable_step,
        rounding=invoice.rounding,
        issued_on=issued_on,
        currency=invoice.currency,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        bank_accounts=invoice.bank_accounts,
        terms=TERMS.get(invoice.language[:2].lower(), TERMS["en"]),
        footer=invoice.footer,
        buyer_reference=invoice.buyer_reference,
        purchase_order=invoice.purchase_order,
        agreement=invoice.agreement,
        preceding=Preceding(invoice.number, invoice.issued_on, reason),
        delivery_country=invoice.delivery_country,
        language=invoice.language,
        accent=invoice.accent,
    )


def _what_is_left(invoice: Snapshot, earlier: Sequence[Snapshot]) -> list[Line]:
    quantity: dict[int, Fraction] = defaultdict(Fraction)
    gross: dict[int, int] = defaultdict(int)
    net: dict[int, int] = defaultdict(int)
    for line in (line for note in earlier for line in note.lines):
        quantity[line.position] += line.quantity
        gross[line.position] += line.gross
        net[line.position] += line.net
    left = []
    for line in invoice.lines:
        at = line.position
        rest = line.quantity - quantity[at]
        if rest:
            rest_gross, rest_net = line.gross - gross[at], line.net - net[at]
            left.append(
                replace(line, quantity=rest, gross=rest_gross, net=rest_net, discount=rest_gross - rest_net)
            )
    return left


def _part(whole: Line, left: Line, quantity: Fraction) -> Line:
    """So much of a line; all of what is left keeps the amounts that are left.

    Reckoned from the first unit on, not by itself: otherwise ten small parts would each round, and drift.
    """
    if quantity == left.quantity:
        return left
    if quantity * left.quantity < 0 or abs(quantity) > abs(left.quantity):
        raise Invalid(
            Problem(
                "quantities", f"Of line {whole.position} only {float(left.quantity):g} is left to credit."
            )
        )
    share = (whole.quantity - left.quantity + quantity) / whole.quantity
    gross = product(whole.gross, share.numerator, share.denominator) - (whole.gross - left.gross)
    discount = product(whole.discount, share.numerator, share.denominator) - (whole.discount - left.discount)
    return replace(
        whole, quantity=quantity, gross=gross, discount=discount, net=gross - discount, seconds=None
    )


def _adjustments(
    invoice: Snapshot, earlier: Sequence[Snapshot], lines: Sequence[Line], is_rest: bool
) -> list[Adjustment]:
    """The share of each allowance and charge that belongs to the lines of its tax."""
    found = []
    for place, one in enumerate(invoice.adjustments):
        whole = sum(line.net for line in invoice.lines if _same_tax(line, one))
        part = sum(line.net for line in lines if _same_tax(line, one))
        amount = product(one.amount, part, whole) if whole > 0 else (one.amount if is_rest else 0)
        if is_rest:
            amount = one.amount - sum(_given_before(note, place, invoice) for note in earlier)
        if amount > 0:
            found.append(replace(one, amount=amount, basis=None, rate=None))
    return found


def _given_before(note: Snapshot, place: int, invoice: Snapshot) -> int:
    one = invoice.adjustments[place]
    alike = [other for other in note.adjustments if (other.tax, other.reason) == (one.tax, one.reason)]
    return sum(other.amount for other in alike if other.is_charge == one.is_charge)


def _same_tax(line: Line, one: Adjustment) -> bool:
    return (line.tax.category, line.tax.rate) == (one.tax.category, one.tax.rate)


def _deductions(
    invoice: Snapshot, earlier: Sequence[Snapshot], lines: Sequence[Line], is_rest: bool
) -> list[Deduction]:
    whole, part = invoice.totals.lines, sum(line.net for line in lines)
    found = []
    for one in invoice.deductions:
        before = sum(other.amount for note in earlier for other in note.deductions if other.text == one.text)
        amount = one.amount - before if is_rest else (product(one.amount, part, whole) if whole > 0 else 0)
        if amount:
            found.append(replace(one, amount=amount))
    return found
