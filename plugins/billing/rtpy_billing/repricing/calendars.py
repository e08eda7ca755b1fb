"""Whose agreed hours a working calendar says, and pricing their open work anew when it says others."""

from sqlalchemy import select

from rtpy.calendars.use import CalendarUse
from rtpy.models import Organization
from rtpy.work import Work
from rtpy_billing.models import Agreement, Customer
from rtpy_billing.repricing.reprice import reprice


def uses_of_calendar(work: Work, calendar_id: int) -> list[CalendarUse]:
    """The customers and agreements that name it, by name, with their pages."""
    customers = work.db.execute(
        select(Organization.id, Organization.name)
        .join(Customer, Customer.organization_id == Organization.id)
        .where(Customer.calendar_id == calendar_id)
        .order_by(Organization.name)
    )
    agreements = work.db.execute(
        select(Agreement.id, Agreement.name, Organization.name.label("customer"))
        .join(Organization, Organization.id == Agreement.organization_id)
        .where(Agreement.calendar_id == calendar_id)
        .order_by(Organization.name, Agreement.name, Agreement.id)
    )
    return [
        *(CalendarUse(row.name, CUSTOMER, {"id": row.id}) for row in customers),
        *(
            CalendarUse(f"{row.customer}: agreement {row.name}", AGREEMENT, {"id": row.id})
            for row in agreements
        ),
    ]


def reprice_calendar(work: Work, calendar_id: int) -> None:
    """Price the open work of all who have it, in one order, for their locks."""
    db = work.db
    ids = set(db.scalars(select(Customer.organization_id).where(Customer.calendar_id == calendar_id)))
    ids |= set(db.scalars(select(Agreement.organization_id).where(Agreement.calendar_id == calendar_id)))
    for organization_id in sorted(ids):
        reprice(work, organization_id)


CUSTOMER = "billing.customers.modify"
AGREEMENT = "billing.agreements.display"
