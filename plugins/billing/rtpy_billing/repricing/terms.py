"""What was set up and agreed, from rows to the values of pricing."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from rtpy.calendars.open_hours import OpenHours
from rtpy_billing.balances.kinds import LineKind
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Customer,
    RateRow,
    RoundingRuleRow,
    Seller,
    SurchargeRow,
    WorkType,
)
from rtpy_billing.pricing import values
from rtpy_billing.pricing.words import About, ChargeMode, Cover, Direction, Grouping, Hours, Operation, Rung

COVERS = {
    LineKind.TIME_MATERIALS: Cover.NONE,
    LineKind.BLOCK: Cover.HOURS,
    LineKind.RECURRING_BLOCK: Cover.HOURS,
    LineKind.RETAINER: Cover.MONEY,
    LineKind.INCIDENTS: Cover.INCIDENTS,
    LineKind.FIXED_FEE: Cover.FLAT,
    LineKind.FIXED_PRICE: Cover.FLAT,
}
USUAL_CURRENCY = "EUR"


def read_customer(
    db: Session,
    organization_id: int | None,
    calendars: Mapping[int, OpenHours],
    zone: str,
    *,
    locked: bool = True,
) -> values.Customer:
    """The customer; an organisation that is none yet has the house's currency and `zone`. Locks the row.

    Whoever prices a customer's work waits for whoever does so at the same time: both draw from the same balances. Who
    only looks does not lock.
    """
    row = None
    if organization_id is not None:
        query = select(Customer).where(Customer.organization_id == organization_id)
        row = db.scalar(query.with_for_update() if locked else query)
    if row is None:
        usual = db.scalar(select(Seller.currency).order_by(Seller.disabled, Seller.id).limit(1))
        return values.Customer(id=organization_id, currency=usual or USUAL_CURRENCY, zone=zone)
    calendar = calendars.get(row.calendar_id) if row.calendar_id is not None else None
    return values.Customer(
        id=organization_id, currency=row.currency, zone=row.zone, calendar=calendar, own=row.is_own
    )


def read_agreements(db: Session, organization_id: int | None) -> list[tuple[AgreementLine, Agreement]]:
    """The lines of all agreements of the customer that count or counted once."""
    if organization_id is None:
        return []
    query = (
        select(AgreementLine, Agreement)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(Agreement.organization_id == organization_id, Agreement.state != "draft")
        .order_by(AgreementLine.position, AgreementLine.id)
    )
    return [(line, agreement) for line, agreement in db.execute(query)]


def line_value(
    line: AgreementLine, agreement: Agreement, calendars: Mapping[int, OpenHours]
) -> values.Line | None:
    """A line as far as it matters for work; None for lines that have nothing to do with work."""
    kind = LineKind(line.kind)
    cover = COVERS.get(kind)
    if kind is LineKind.PER_UNIT and (line.details or {}).get("covers"):
        cover = Cover.FLAT
    if cover is None:
        return None
    ends = [day for day in (line.ends_on, agreement.ends_on) if day is not None]
    calendar = calendars.get(agreement.calendar_id) if agreement.calendar_id is not None else None
    return values.Line(
        id=line.id,
        agreement_id=agreement.id,
        name=line.name,
        cover=cover,
        priority=line.position,
        conditions=tuple(condition_value(each) for each in line.conditions or ()),
        starts_on=max(line.starts_on or agreement.starts_on, agreement.starts_on),
        ends_on=min(ends) if ends else None,
        calendar=calendar,
        charge_mode=ChargeMode(line.charge_mode) if line.charge_mode else None,
        default_role_id=line.role_id,
        weight_in=line.weight_in,
        weight_out=line.weight_out,
        overflow_rate=line.overflow_rate,
        cap=line.cap,
    )


def condition_value(stored: Mapping[str, object]) -> values.Condition:
    """One condition of coverage."""
    listed = stored["values"]
    assert isinstance(listed, list)
    return values.Condition(
        About(str(stored["about"])), frozenset(listed), excluded=bool(stored.get("excluded"))
    )


def read_work_types(db: Session) -> dict[int, values.WorkType]:
    """All work types by id."""
    return {
        row.id: values.WorkType(
            id=row.id,
            name=row.name,
            charge_mode=ChargeMode(row.charge_mode) if row.charge_mode else None,
            hours=Hours(row.hours),
        )
        for row in db.scalars(select(WorkType))
    }


def read_rates(
    db: Session, customer: values.Customer, line_ids: Collection[int], ticket_ids: Collection[int]
) -> list[values.Rate]:
    """The rows of all rungs that can matter, in the customer's currency."""
    query = select(RateRow).where(
        RateRow.currency == customer.currency, on_rungs(RateRow, customer.id, line_ids, ticket_ids)
    )
    return [
        values.Rate(
            id=row.id,
            rung=Rung(row.rung),
            scope_id=row.scope_id,
            amount=row.amount,
            role_id=row.role_id,
            work_type_id=row.work_type_id,
            valid_from=row.valid_from or date.min,
            valid_until=row.valid_until,
        )
        for row in db.scalars(query)
    ]


def read_surcharges(
    db: Session, customer: values.Customer, line_ids: Collection[int], ticket_ids: Collection[int]
) -> list[values.Surcharge]:
    """The surcharges of all rungs that can matter; those in money only in the customer's currency."""
    query = select(SurchargeRow).where(
        SurchargeRow.currency.in_(("", customer.currency)),
        on_rungs(SurchargeRow, customer.id, line_ids, ticket_ids),
    )
    return [surcharge_value(row) for row in db.scalars(query)]


def surcharge_value(row: SurchargeRow) -> values.Surcharge:
    """One surcharge."""
    return values.Surcharge(
        id=row.id,
        name=row.name,
        rung=Rung(row.rung),
        operation=Operation(row.operation),
        value=row.value,
        order=row.sort_order,
        last=row.is_last,
        scope_id=row.scope_id,
        role_id=row.role_id,
        work_type_id=row.work_type_id,
        hours=Hours(row.hours),
        weekdays=frozenset(row.weekdays or ()),
        exceptions=row.exceptions,
        valid_from=row.valid_from or date.min,
        valid_until=row.valid_until,
    )


def on_rungs(
    model: type[RateRow] | type[SurchargeRow],
    customer_id: int | None,
    line_ids: Collection[int],
    ticket_ids: Collection[int],
) -> ColumnElement[bool]:
    """A clause: of the price book, this customer, these lines or these tickets."""
    clauses = [model.rung == Rung.BOOK.value]
    if customer_id is not None:
        clauses.append(and_(model.rung == Rung.CUSTOMER.value, model.scope_id == customer_id))
    if line_ids:
        clauses.append(and_(model.rung == Rung.LINE.value, model.scope_id.in_(line_ids)))
    if ticket_ids:
        clauses.append(and_(model.rung == Rung.TICKET.value, model.scope_id.in_(ticket_ids)))
    return or_(*clauses)


def read_rounding_rules(
    db: Session, customer_id: int | None, line_ids: Collection[int]
) -> list[values.RoundingRule]:
    """The rules of these lines, this customer, and of all."""
    for_all = and_(RoundingRuleRow.line_id.is_(None), RoundingRuleRow.organization_id.is_(None))
    clauses = [for_all, RoundingRuleRow.line_id.in_(line_ids)] if line_ids else [for_all]
    if customer_id is not None:
        clauses.append(RoundingRuleRow.organization_id == customer_id)
    return [
        values.RoundingRule(
            id=row.id,
            version=row.version,
            name=row.name,
            line_id=row.line_id,
            of_customer=row.organization_id is not None,
            work_type_id=row.work_type_id,
            grouping=Grouping(row.grouping),
            minimum=row.minimum,
            increment=row.increment,
            direction=Direction(row.direction),
            grace=row.grace,
            maximum=row.maximum,
        )
        for row in db.scalars(select(RoundingRuleRow).where(or_(*clauses)))
    ]


def month_of(day: date) -> date:
    """The first day of its month: the period of work that no agreement has a rhythm for."""
    return day - timedelta(days=day.day - 1)
