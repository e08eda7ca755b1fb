"""What comes into balances by itself: a block when its line begins, and each period's grant when the period begins."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from rtpy.work import Work
from rtpy_billing.balances.kinds import GRANTED, UNITS, LineKind
from rtpy_billing.balances.rhythms import periods_of
from rtpy_billing.ledgers.values import Kind
from rtpy_billing.models import Agreement, AgreementLine, Customer, MovementRow
from rtpy_billing.money import rounded
from rtpy_billing.periods.period import BillingPeriod, day_of
from rtpy_billing.periods.rhythm import add_months

ACTIVE = "active"


def today_of(work: Work, organization_id: int) -> date:
    """The customer's day."""
    return customer_day(work.db.get(Customer, organization_id), work.now)


def customer_day(customer: Customer | None, now: datetime) -> date:
    """The calendar day of an instant where the customer is; UTC while that is not known."""
    return day_of(now, ZoneInfo(customer.zone if customer else "UTC"))


def post_due(work: Work, agreement: Agreement) -> int:
    """Post what has come due by the customer's day and is not there yet; how many movements. Two queries.

    A grant is posted once for each period, for ever: a later change of its quantity holds from the next period on.
    """
    if agreement.state != ACTIVE:
        return 0
    lines = [
        line
        for line in work.db.scalars(select(AgreementLine).where(AgreementLine.agreement_id == agreement.id))
        if line.kind in UNITS
    ]
    ids = [line.id for line in lines]
    kept = select(MovementRow.line_id, MovementRow.lot).where(MovementRow.line_id.in_(ids))
    known = {(row.line_id, row.lot) for row in work.db.execute(kept)}
    today = today_of(work, agreement.organization_id)
    posted = 0
    for line in lines:
        for row in _due(work, agreement, line, today):
            if (line.id, row.lot) not in known:
                work.db.add(row)
                posted += 1
    work.db.flush()  # what is posted counts in what is priced next
    return posted


def _due(work: Work, agreement: Agreement, line: AgreementLine, today: date) -> Iterable[MovementRow]:
    if LineKind(line.kind) not in GRANTED:
        begins = max(agreement.starts_on, line.starts_on or agreement.starts_on)
        if begins <= today:
            yield _purchase(work, line, begins)
        return
    for period in periods_of(agreement, line, date.fromordinal(today.toordinal() + 1)):
        yield _grant(work, line, period)


def _purchase(work: Work, line: AgreementLine, day: date) -> MovementRow:
    return MovementRow(
        line_id=line.id,
        kind=Kind.PURCHASE.value,
        worked_on=day,
        posted=work.now,
        quantity=line.quantity,
        lot="purchase",
        usable_from=day,
        expires_on=add_months(day, line.expires_months) if line.expires_months else None,
        actor_id=work.actor.user_id,
        note="",
    )


def _grant(work: Work, line: AgreementLine, period: BillingPeriod) -> MovementRow:
    quantity = rounded(line.quantity * period.share) if line.is_prorated else line.quantity
    return MovementRow(
        line_id=line.id,
        kind=Kind.GRANT.value,
        worked_on=period.billed.start,
        posted=work.now,
        quantity=quantity,
        lot=f"grant {period.billed.start.isoformat()}",
        usable_from=period.billed.start,
        expires_on=period.billed.end,
        rolls=True,
        actor_id=work.actor.user_id,
        note="",
    )
