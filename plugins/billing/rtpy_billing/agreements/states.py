"""The life of an agreement: it becomes active, notice is given, it is renewed, it ends."""

from dataclasses import replace
from datetime import date, timedelta

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.work import Work
from rtpy_billing.agreements.effects import with_effects
from rtpy_billing.agreements.granting import post_due, today_of
from rtpy_billing.agreements.plain import plain_agreement
from rtpy_billing.balances.rhythms import rises_of, term_of
from rtpy_billing.models import Agreement, Customer
from rtpy_billing.periods.price_rise import PriceRise
from rtpy_billing.periods.rhythm import add_months
from rtpy_billing.rights import ADMIN_AGREEMENTS

DRAFT, ACTIVE, ENDED = "draft", "active", "ended"


def activate(work: Work, agreement: Agreement, *, confirmed: bool = False) -> None:
    """From now on it counts: its balances are filled and work is priced by it. Needs AdminAgreements.

    Raises `effects.Unconfirmed` when work that was done before gains or loses cover.
    """
    need_system(work, ADMIN_AGREEMENTS)
    if agreement.state != DRAFT:
        raise Refused(f"{agreement.number} is {agreement.state} already.")

    customer = work.db.get(Customer, agreement.organization_id)
    if customer is not None and customer.currency != agreement.currency:
        raise Refused(
            f"{agreement.number} is in {agreement.currency}, and the customer pays in {customer.currency}: it would "
            "cover nothing."
        )

    def change() -> None:
        _change(work, agreement, state=ACTIVE)
        post_due(work, agreement)

    with_effects(work, agreement.organization_id, change, confirmed=confirmed)


def end_on(work: Work, agreement: Agreement, last_day: date, *, confirmed: bool = False) -> None:
    """It ends after `last_day`, sooner or later than was agreed. Needs AdminAgreements; raises as `activate`."""
    need_system(work, ADMIN_AGREEMENTS)
    if last_day < agreement.starts_on:
        raise Invalid(Problem("last_day", "It cannot end before it starts."))
    ends_on = last_day + timedelta(days=1)
    with_effects(
        work,
        agreement.organization_id,
        lambda: _change(work, agreement, ends_on=ends_on),
        confirmed=confirmed,
    )


def give_notice(work: Work, agreement: Agreement, day: date) -> None:
    """Notice was given on `day`: it ends with its term, or with the next one when that was too late."""
    need_system(work, ADMIN_AGREEMENTS)
    if agreement.ends_on is None:
        raise Invalid(Problem("noticed_on", "It has no end: give its last day instead."))
    _change(work, agreement, noticed_on=day)


def renew(work: Work, agreement: Agreement, *, confirmed: bool = False) -> None:
    """Another term, by hand. Needs AdminAgreements."""
    need_system(work, ADMIN_AGREEMENTS)
    if agreement.ends_on is None:
        raise Refused(f"{agreement.number} has no end and needs no renewal.")
    ends_on = add_months(agreement.ends_on, agreement.renewal_months)

    def change() -> None:
        _change(work, agreement, ends_on=ends_on, noticed_on=None, state=ACTIVE)
        post_due(work, agreement)

    with_effects(work, agreement.organization_id, change, confirmed=confirmed)


def renew_by_itself(work: Work, agreement: Agreement) -> bool:
    """What the worker does at the end of a term: renew it, or note that it has ended; did anything change?"""
    today = today_of(work, agreement.organization_id)
    if agreement.state != ACTIVE or agreement.ends_on is None or today < agreement.ends_on:
        return False
    renewed = term_of(agreement).renewed(today)
    if renewed is None:
        _change(work, agreement, state=ENDED)
    else:
        _change(work, agreement, ends_on=renewed.ends_on, noticed_on=None)
    return True


def add_price_rise(work: Work, agreement: Agreement, rise: PriceRise) -> None:
    """From a day on all prices of its lines are higher; a second rise on that day takes the first one's place."""
    need_system(work, ADMIN_AGREEMENTS)
    if rise.on <= agreement.starts_on:
        raise Invalid(Problem("rise_on", "Prices rise after the agreement has started."))
    if not 0 < rise.factor < 10:
        raise Invalid(Problem("rise_percent", "That is no price rise that anybody would agree to."))
    kept = [each for each in rises_of(agreement) if each.on != rise.on]
    _set_rises(work, agreement, [*kept, replace(rise)])


def remove_price_rise(work: Work, agreement: Agreement, day: date) -> None:
    """Take a rise back that has not come yet."""
    need_system(work, ADMIN_AGREEMENTS)
    if day <= today_of(work, agreement.organization_id):
        raise Refused("That rise has come already: what was billed by it stays.")
    _set_rises(work, agreement, [each for each in rises_of(agreement) if each.on != day])


def _set_rises(work: Work, agreement: Agreement, rises: list[PriceRise]) -> None:
    plain = [
        {
            "on": rise.on.isoformat(),
            "numerator": rise.factor.numerator,
            "denominator": rise.factor.denominator,
            "reason": rise.reason,
        }
        for rise in sorted(rises, key=lambda each: each.on)
    ]
    _change(work, agreement, price_rises=plain)


def _change(work: Work, agreement: Agreement, **values: object) -> None:
    before = plain_agreement(agreement)
    for name, value in values.items():
        setattr(agreement, name, value)
    agreement.version += 1
    note_configuration(work, "agreement", agreement.id, agreement.name, before, plain_agreement(agreement))
