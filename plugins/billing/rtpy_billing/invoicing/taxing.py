"""Which tax each line of a draft bears."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rtpy.errors import Invalid, Problem
from rtpy_billing.documents.snapshot import Party
from rtpy_billing.models import Customer, InvoiceLine, Seller
from rtpy_billing.taxes.rates import TaxRate
from rtpy_billing.taxes.treatment import Sale, treat, untaxed
from rtpy_billing.taxes.values import Tax, TaxCategory

UNKNOWN = Tax(TaxCategory.ZERO)
"""Stands where nobody can say the tax; a problem goes with it, so nothing is issued with it."""


@dataclass(frozen=True, slots=True)
class Taxed:
    """The tax of each line by its id, and what keeps some from being known."""

    taxes: Mapping[int, Tax]
    problems: tuple[Problem, ...]


def tax_lines(
    rates: tuple[TaxRate, ...],
    seller: Seller,
    customer: Customer | None,
    buyer: Party,
    lines: list[InvoiceLine],
    day: date,
    language: str,
) -> Taxed:
    """The tax of each line on the day of the work, at the latest that of the invoice."""
    taxes: dict[int, Tax] = {}
    problems: dict[str, Problem] = {}
    for line in lines:
        if seller.is_exempt:
            taxes[line.id] = untaxed(TaxCategory.EXEMPT, language, seller.exemption_text)
            continue
        last = date.fromordinal(line.period_end.toordinal() - 1) if line.period_end else day
        sale = Sale(
            line.tax_class,
            min(day, last),
            seller.country,
            buyer.address.country,
            seller.region,
            buyer.address.region,
            buyer.vat_id,
            forced=TaxCategory(customer.tax_treatment) if customer and customer.tax_treatment else None,
            language=language,
        )
        try:
            taxes[line.id] = treat(rates, sale)
        except Invalid as invalid:
            taxes[line.id] = UNKNOWN
            for problem in invalid.problems:
                problems.setdefault(problem.message, problem)
    return Taxed(taxes, tuple(problems.values()))
