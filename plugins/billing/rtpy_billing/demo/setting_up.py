"""Seller, rates, people and customers of the sample consultancy."""

from datetime import date
from typing import Any

from sqlalchemy import select

from rtpy.changes.calendars.saving import save_calendar
from rtpy.changes.plugin_settings import save_settings
from rtpy.models import Organization, User, WorkCalendar
from rtpy.work import Work
from rtpy_billing.agreements.states import activate
from rtpy_billing.demo.shop import (
    CUSTOMERS,
    OFFICE,
    OFFICE_HOURS,
    ROLES,
    SELLER,
    WEEK,
    WORK_TYPES,
    WORKERS,
    DemoCustomer,
)
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    CostRate,
    Customer,
    RateRow,
    Role,
    RoundingRuleRow,
    Seller,
    Series,
    SurchargeRow,
    TaxRateRow,
    Worker,
    WorkType,
)

QUARTER = 15 * 60


def set_up(work: Work, first: date) -> None:
    """Everything that stands before the first entry; agreements begin on `first`."""
    db = work.db
    save_settings(work, "billing", {"billing.zone": "Europe/Berlin"})
    calendar = _office_hours(work)
    seller = Seller(**SELLER, is_sample=True)
    roles = {name: Role(name=name, sort_order=at) for at, name in enumerate(ROLES)}
    types = [
        WorkType(name=name, sort_order=at, is_on_site=name == "On site") for at, name in enumerate(WORK_TYPES)
    ]
    db.add_all([seller, *roles.values(), *types])
    db.flush()  # what follows points at them
    for kind, letters in (("invoice", "R"), ("credit_note", "G")):
        pattern = letters + "{year}-{number:04}"
        db.add(Series(seller_id=seller.id, kind=kind, year=first.year, pattern=pattern, next_number=1))
    for tax_class, rate in (("standard", 1900), ("reduced", 700)):
        db.add(
            TaxRateRow(tax_class=tax_class, place="DE", category="S", rate=rate, valid_from=date(2020, 1, 1))
        )
    for name, amount in ROLES.items():
        db.add(RateRow(rung="book", role_id=roles[name].id, amount=amount, currency="EUR"))
    db.add(RateRow(rung="book", amount=ROLES["Technician"], currency="EUR"))
    db.add(SurchargeRow(name="Out of hours", rung="book", operation="multiply", value=1500, hours="out"))
    db.add(
        RoundingRuleRow(
            name="A quarter of an hour", grouping="ticket_day", minimum=QUARTER, increment=QUARTER, grace=120
        )
    )
    logins = {
        row.name: row.id for row in db.execute(select(User.name, User.id).where(User.name.in_(WORKERS)))
    }
    for login, (role, cost) in WORKERS.items():
        if login in logins:
            db.add(Worker(user_id=logins[login], role_id=roles[role].id, week=WEEK, day_ends=18 * 60))
            db.add(
                CostRate(
                    user_id=logins[login], amount=cost, currency="EUR", valid_from=date(first.year - 1, 1, 1)
                )
            )
    db.flush()  # agreements look at what is set up
    for number, demo in enumerate(CUSTOMERS, 1):
        organization = db.scalars(select(Organization).where(Organization.name == demo.organization)).first()
        if organization is not None:
            _customer(work, demo, organization, number, calendar, seller, logins.get("mira"), first)


def _office_hours(work: Work) -> WorkCalendar:
    """The house's calendar, which others who add to the sample may have made already."""
    there = work.db.scalar(select(WorkCalendar).where(WorkCalendar.name == OFFICE_HOURS))
    return there or save_calendar(work, None, {"name": OFFICE_HOURS, **OFFICE})


def _customer(
    work: Work,
    demo: DemoCustomer,
    organization: Organization,
    number: int,
    calendar: WorkCalendar,
    seller: Seller,
    owner_id: int | None,
    first: date,
) -> None:
    db = work.db
    own: dict[str, Any] = {"buyer_reference": f"IT {number:02}", **demo.customer}
    db.add(
        Customer(
            organization_id=organization.id,
            currency="EUR",
            zone="Europe/Berlin",
            calendar_id=calendar.id,
            seller_id=seller.id,
            customer_number=f"K{1000 + number}",
            street=demo.street,
            postcode=demo.postcode,
            city=demo.city,
            country="DE",
            email=f"invoices@{organization.name.split()[0].lower().encode('ascii', 'ignore').decode()}.example",
            terms_days=14,
            account_owner_id=owner_id,
            **own,
        )
    )
    db.flush()  # the agreement's day is the customer's
    if not demo.agreement:
        return
    agreement = Agreement(
        organization_id=organization.id,
        number=f"A{100 + number}",
        name=demo.agreement,
        starts_on=first,
        renewal="automatic",
        currency="EUR",
        anchor=1,
        calendar_id=calendar.id,
        approval="both",
        created=work.now,
        version=1,
        **demo.terms,
    )
    db.add(agreement)
    db.flush()  # lines point at it
    for position, line in enumerate(demo.lines, 1):
        db.add(
            AgreementLine(
                agreement_id=agreement.id, position=position, kind=line.kind, name=line.name, **line.columns
            )
        )
    db.flush()  # what it brings is posted now
    activate(work, agreement, confirmed=True)
