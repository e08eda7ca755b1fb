"""Which rate holds for a class of things at a place on a day: a look-up over rows, without a database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rtpy.errors import Invalid, Problem
from rtpy_billing.taxes.values import Tax


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A row: things of `tax_class` at `place` bear `tax` from `start` until the day before `end`.

    `place` is a country ("DE"), a region of one ("US-TX"), or empty for everywhere.
    """

    tax_class: str
    place: str
    start: date
    tax: Tax
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def find_rate(
    rates: Iterable[TaxRate], tax_class: str, country: str, day: date, region: str = ""
) -> Tax | None:
    """The tax of that class there on that day: the region's row before the country's before everywhere's.

    Of several rows of one place the one that began last wins. None if no row speaks of it.
    """
    places = [f"{country}-{region}"] if country and region else []
    places += [country, ""] if country else [""]
    rows = [row for row in rates if row.tax_class == tax_class and row.place in places and row.holds_on(day)]
    if not rows:
        return None
    return min(rows, key=lambda row: (places.index(row.place), -row.start.toordinal())).tax


def rate_of(rates: Iterable[TaxRate], tax_class: str, country: str, day: date, region: str = "") -> Tax:
    """Like `find_rate`; raises Invalid with a sentence that says which row is missing."""
    tax = find_rate(rates, tax_class, country, day, region)
    if tax is None:
        place = f"{country}-{region}" if region else country or "everywhere"
        raise Invalid(
            Problem(
                "tax_class",
                f"There is no tax rate for the class “{tax_class}” in {place} on {day.isoformat()}.",
            )
        )
    return tax
