"""Rates of tax by class, place and date."""

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.work import Work
from rtpy_billing.models import TaxRateRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.plain import plain
from rtpy_billing.taxes.rates import TaxRate
from rtpy_billing.taxes.values import Tax, TaxCategory
from rtpy_billing.typed import Typed

CATEGORIES = {
    TaxCategory.STANDARD.value: "Bears tax",
    TaxCategory.ZERO.value: "Bears a rate of nought",
    TaxCategory.EXEMPT.value: "Exempt",
    TaxCategory.OUTSIDE_SCOPE.value: "Not subject to tax",
}
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,6})?")
_CLASS = re.compile(r"[a-z][a-z0-9 _-]{0,39}")


def tax_rates(db: Session) -> tuple[TaxRate, ...]:
    """All rows as values. One query."""
    return tuple(
        TaxRate(
            row.tax_class,
            row.place,
            row.valid_from,
            Tax(TaxCategory(row.category), row.rate, row.reason),
            row.valid_until,
        )
        for row in db.scalars(select(TaxRateRow))
    )


def tax_classes(db: Session) -> tuple[str, ...]:
    """The classes that have a rate, `standard` first."""
    found = set(db.scalars(select(TaxRateRow.tax_class).distinct())) | {"standard"}
    return tuple(sorted(found, key=lambda name: (name != "standard", name)))


def typed_tax_rate(row: TaxRateRow | None) -> dict[str, str]:
    """The present values as the form shows them."""
    if row is None:
        return {"tax_class": "standard", "category": "S"}
    return {
        "tax_class": row.tax_class,
        "place": row.place,
        "category": row.category,
        "rate": f"{row.rate / 100:g}" if row.rate else "",
        "reason": row.reason,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
    }


def save_tax_rate(work: Work, row: TaxRateRow | None, given: Mapping[str, str]) -> TaxRateRow:
    """Make a rate (None) or change one. Needs AdminBilling; raises Invalid. Issued documents never change by it."""
    need_system(work, ADMIN_BILLING)
    typed = Typed(given)
    tax_class = typed.text(
        "tax_class", 40, "Name the class of things that bears it, such as standard."
    ).lower()
    if tax_class and not _CLASS.fullmatch(tax_class):
        typed.wrong("tax_class", "Small letters, digits and hyphens, please.")
    place = typed.text("place", 12).upper()
    if place and not _PLACE.fullmatch(place):
        typed.wrong("place", "Write a country such as DE, a region such as US-TX, or nothing for everywhere.")
    category = typed.choice("category", CATEGORIES, "S")
    rate = typed.percent("rate") or 0
    if category == "S" and rate <= 0 and not typed.problems:
        typed.wrong("rate", "Write the rate in percent, such as 19.")
    if category != "S" and rate:
        typed.wrong("rate", "Only what bears tax has a rate.")
    start = typed.day("valid_from", "From which day on does it hold?")
    end = typed.day("valid_until")
    if start and end and end <= start:
        typed.wrong("valid_until", "It ends before it begins.")
    if start and not typed.problems:
        same = select(TaxRateRow.id).where(
            TaxRateRow.tax_class == tax_class, TaxRateRow.place == place, TaxRateRow.valid_from == start
        )
        if row is not None:
            same = same.where(TaxRateRow.id != row.id)
        if work.db.scalar(same.limit(1)) is not None:
            typed.wrong("valid_from", "There is a rate of this class and place from that day on already.")
    reason = typed.long_text("reason", 500)
    typed.check()
    assert start is not None  # or the check had raised
    before = None if row is None else plain(row)
    if row is None:
        row = TaxRateRow()
        work.db.add(row)
    row.tax_class, row.place, row.category, row.rate = tax_class, place, category, rate
    row.valid_from, row.valid_until, row.reason = start, end, reason
    work.db.flush()
    note_configuration(work, "tax_rate", row.id, _name(row), before, plain(row))
    return row


def remove_tax_rate(work: Work, row: TaxRateRow) -> None:
    """Take a rate away; what was issued with it stays as it is. Needs AdminBilling."""
    need_system(work, ADMIN_BILLING)
    note_configuration(work, "tax_rate", row.id, _name(row), plain(row), None)
    work.db.delete(row)


def _name(row: TaxRateRow) -> str:
    return f"{row.tax_class} {row.place or 'everywhere'}"
