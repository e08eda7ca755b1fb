"""The arithmetic of EN 16931: lines, document discounts, tax by group, totals; integers of minor units throughout.

Only whole minor units are ever added, so what is printed sums to what is printed in every currency.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rtpy_billing.money import Rounding, apportion, rounded, settle
from rtpy_billing.taxes.values import Adjustment, Deduction, Tax, TaxCategory, TaxGroup, Totals

WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class LineAmount:
    """One line in minor units: before the discount, the discount, after it."""

    gross: int
    discount: int
    net: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What the lines and adjustments of a document come to."""

    groups: tuple[TaxGroup, ...]
    totals: Totals


def line_amount(
    quantity: Fraction,
    unit_price: int,
    price_base: int = 1,
    discount_rate: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
) -> LineAmount:
    """Quantity times price, rounded once, less a discount in basis points of that (rounded too: it is printed)."""
    gross = rounded(quantity * unit_price / price_base, rounding)
    discount = rounded(Fraction(gross * discount_rate, WHOLE), rounding)
    return LineAmount(gross=gross, discount=discount, net=gross - discount)


def sum_up(
    nets: Iterable[tuple[Tax, int]],
    adjustments: Sequence[Adjustment] = (),
    deductions: Sequence[Deduction] = (),
    *,
    payable_step: int = 1,
    rounding: Rounding = Rounding.HALF_UP,
) -> Sums:
    """The tax groups and totals of lines (each with its tax) and adjustments of the whole document.

    Tax is rounded once for each group (BR-CO-17). `payable_step` above 1 rounds what is to pay to a multiple of so many
    minor units, as Swiss invoices do to 5 (BT-114 keeps the difference).
    """
    lines = list(nets)
    groups = tax_groups([*lines, *((one.tax, one.signed) for one in adjustments)], rounding)
    total = sum(net for _, net in lines)
    allowances = sum(one.amount for one in adjustments if not one.is_charge)
    charges = sum(one.amount for one in adjustments if one.is_charge)
    net = total - allowances + charges
    tax = sum(group.amount for group in groups)
    paid = sum(one.amount for one in deductions)
    due = net + tax - paid
    payable = rounded(Fraction(due, payable_step), rounding) * payable_step
    totals = Totals(total, allowances, charges, net, tax, net + tax, paid, payable - due, payable)
    return Sums(groups, totals)


def tax_groups(
    amounts: Iterable[tuple[Tax, int]], rounding: Rounding = Rounding.HALF_UP
) -> tuple[TaxGroup, ...]:
    """One group for each category and rate, highest rate first; different reasons of one group are put together."""
    taxable: dict[tuple[TaxCategory, int], int] = defaultdict(int)
    taxes: dict[tuple[TaxCategory, int], list[Tax]] = defaultdict(list)
    for tax, amount in amounts:
        taxable[tax.category, tax.rate] += amount
        taxes[tax.category, tax.rate].append(tax)
    return tuple(
        TaxGroup(
            _together(taxes[key]), taxable[key], rounded(Fraction(taxable[key] * key[1], WHOLE), rounding)
        )
        for key in sorted(taxable, key=lambda key: (-key[1], key[0]))
    )


def tax_by_line(nets: Sequence[tuple[Tax, int]], groups: Sequence[TaxGroup]) -> tuple[int, ...]:
    """The tax of each line, for programs that keep it by line; in each group the sum is the group's tax exactly.

    What rounding leaves, and the tax of allowances on the whole document, goes to the group's largest line.
    """
    shares = [0] * len(nets)
    for group in groups:
        key = (group.tax.category, group.tax.rate)
        members = [place for place, (tax, _) in enumerate(nets) if (tax.category, tax.rate) == key]
        if not members or not group.amount:
            continue
        exact = [rounded(Fraction(nets[place][1] * group.tax.rate, WHOLE)) for place in members]
        for place, share in zip(members, settle(group.amount, exact), strict=True):
            shares[place] = share
    return tuple(shares)


def discount_on_document(
    nets: Iterable[tuple[Tax, int]],
    reason: str,
    *,
    rate: int | None = None,
    amount: int | None = None,
    reason_code: str = "95",
    rounding: Rounding = Rounding.HALF_UP,
) -> tuple[Adjustment, ...]:
    """A discount on the whole document that lowers the tax base: one allowance for each tax on it.

    Either `rate` in basis points of the lines' sum, or an `amount`; it is spread over the taxes in proportion and the
    parts sum to the whole. (EN 16931 lets an allowance bear one tax only.) Groups that are not positive bear nothing.
    """
    groups = [group for group in tax_groups(nets) if group.taxable > 0]
    if not groups:
        return ()
    basis = [group.taxable for group in groups]
    whole = rounded(Fraction(sum(basis) * (rate or 0), WHOLE), rounding) if amount is None else amount
    parts = apportion(whole, basis)
    return tuple(
        Adjustment(
            part, reason, group.tax, False, reason_code, group.taxable, rate if amount is None else None
        )
        for group, part in zip(groups, parts, strict=True)
        if part
    )


def discount_after_tax(sums: Sums, text: str, rate: int, rounding: Rounding = Rounding.HALF_UP) -> Deduction:
    """A discount that leaves the tax base alone, as some countries want: it lowers only what is to pay."""
    return Deduction(text, rounded(Fraction(sums.totals.net * rate, WHOLE), rounding))


def _together(taxes: Sequence[Tax]) -> Tax:
    first = taxes[0]
    reasons = "; ".join(dict.fromkeys(tax.reason for tax in taxes if tax.reason))
    code = next((tax.reason_code for tax in taxes if tax.reason_code), "")
    return Tax(first.category, first.rate, reasons, code, first.name)
