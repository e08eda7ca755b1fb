"""The billing periods and the term of an agreement, from its row."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from rtpy_billing.models import Agreement, AgreementLine
from rtpy_billing.periods.period import BillingPeriod, Period
from rtpy_billing.periods.price_rise import PriceRise, price_on
from rtpy_billing.periods.rhythm import Every, Rhythm
from rtpy_billing.periods.term import Renewal, Term


def rhythm_of(agreement: Agreement) -> Rhythm:
    """The billing periods of an agreement."""
    return Rhythm(Every(agreement.every), agreement.starts_on, agreement.anchor, agreement.ends_on)


def periods_of(agreement: Agreement, line: AgreementLine, until: date) -> Iterator[BillingPeriod]:
    """The billing periods of a line that start before `until`: the agreement's, cut by the line's own dates."""
    starts_on = max(agreement.starts_on, line.starts_on or agreement.starts_on)
    for period in rhythm_of(agreement).periods(until):
        start = max(period.billed.start, starts_on)
        end = period.billed.end if line.ends_on is None else min(period.billed.end, line.ends_on)
        if start < end and start < until:
            yield BillingPeriod(Period(start, end), period.full)


def term_of(agreement: Agreement) -> Term:
    """Its present term: when it ends, how it is renewed, and whether notice was given."""
    return Term(
        agreement.starts_on,
        agreement.ends_on,
        Renewal(agreement.renewal),
        agreement.renewal_months,
        agreement.notice_days,
        agreement.noticed_on,
    )


def rises_of(agreement: Agreement) -> tuple[PriceRise, ...]:
    """The rises of its prices, as they are kept."""
    return tuple(
        PriceRise(
            date.fromisoformat(rise["on"]),
            Fraction(rise["numerator"], rise["denominator"]),
            rise.get("reason", ""),
        )
        for rise in agreement.price_rises or ()
    )


def line_price_on(agreement: Agreement, line: AgreementLine, day: date) -> int:
    """The price of a line on a day, in minor units, with all rises up to then."""
    return price_on(line.price, rises_of(agreement), day)
