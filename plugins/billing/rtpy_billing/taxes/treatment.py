"""Which tax a sale bears, from where the parties are: at home, to a business in the Union, to anywhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rtpy.errors import Invalid, Problem
from rtpy_billing.taxes.legal_texts import REASON_CODES, legal_text
from rtpy_billing.taxes.rates import TaxRate, find_rate, rate_of
from rtpy_billing.taxes.values import Tax, TaxCategory

EU_COUNTRIES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)
# VAT numbers begin with the country, except Greece's, and Northern Ireland's in trade of goods.
VAT_PREFIXES = {"EL": "GR", "XI": "GB"}


@dataclass(frozen=True, slots=True)
class Sale:
    """What the treatment depends on; `forced` is what somebody decided for this customer, whatever the places say."""

    tax_class: str
    day: date
    seller_country: str
    buyer_country: str
    seller_region: str = ""
    buyer_region: str = ""
    buyer_vat_id: str = ""
    is_goods: bool = False
    forced: TaxCategory | None = None
    forced_reason: str = ""
    language: str = "en"


def treat(rates: Iterable[TaxRate], sale: Sale) -> Tax:
    """The tax of one line of that sale, with the legal text if there is none to pay.

    At home the seller's rates hold. From one country of the Union to a business (with a VAT number) in another one:
    reverse charge for services, intra-Community supply for goods; to a person there: the seller's rate. To elsewhere:
    the rate that the seller keeps for that place (who has one is registered there), else export or outside scope.
    Raises Invalid if no row says the rate, or the buyer's country is not known.
    """
    rows = tuple(rates)
    if sale.forced is not None and not sale.forced.bears_tax:
        return untaxed(sale.forced, sale.language, sale.forced_reason)
    if not sale.buyer_country:
        raise Invalid(Problem("country", "The customer has no country, so nobody can say which tax is due."))
    seller, buyer = sale.seller_country, sale.buyer_country
    if sale.forced is TaxCategory.STANDARD or buyer == seller:
        region = sale.buyer_region if buyer == seller else sale.seller_region
        return worded(rate_of(rows, sale.tax_class, seller, sale.day, region), sale.language)
    if seller in EU_COUNTRIES and buyer in EU_COUNTRIES:
        if is_vat_id_of_another_country(sale.buyer_vat_id, seller):
            category = TaxCategory.INTRA_COMMUNITY if sale.is_goods else TaxCategory.REVERSE_CHARGE
            return untaxed(category, sale.language)
        return worded(rate_of(rows, sale.tax_class, seller, sale.day, sale.seller_region), sale.language)
    abroad = [row for row in rows if row.place]
    there = find_rate(abroad, sale.tax_class, buyer, sale.day, sale.buyer_region)
    if there is not None:
        return worded(there, sale.language)
    return untaxed(TaxCategory.EXPORT if sale.is_goods else TaxCategory.OUTSIDE_SCOPE, sale.language)


def untaxed(category: TaxCategory, language: str = "en", reason: str = "") -> Tax:
    """The tax of a category without one, with the reason that the law wants in words and as a code."""
    return Tax(category, 0, reason or legal_text(category, language), REASON_CODES.get(category, ""))


def worded(tax: Tax, language: str) -> Tax:
    """That tax with the legal text in that language, if it needs one and its row has none."""
    if not tax.category.needs_reason or tax.reason:
        return tax
    code = tax.reason_code or REASON_CODES.get(tax.category, "")
    return replace(tax, reason=legal_text(tax.category, language), reason_code=code)


def is_vat_id_of_another_country(vat_id: str, country: str) -> bool:
    """Whether that VAT number was given by another country of the Union."""
    prefix = vat_id.strip().upper()[:2]
    home = VAT_PREFIXES.get(prefix, prefix)
    return len(vat_id.strip()) > 3 and home != country and (home in EU_COUNTRIES or prefix == "XI")
