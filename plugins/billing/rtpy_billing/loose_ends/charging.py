"""Loose ends of the bill that lie with who decides: work that cannot be billed yet, or was not."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from rtpy.models import Organization, Ticket
from rtpy_billing.loose_ends.values import End, Found, Kind, Look
from rtpy_billing.models import Customer, Expense, WorkEntry, not_invoiced

BLOCKERS = {
    "no_rate": "no rate",
    "undecided": "not decided whether it is charged",
    "held": "waits for the customer's consent",
    "blocked": "the balance is used up and nothing may be charged on top",
    "no_customer": "no customer",
}


def find_blocked(look: Look) -> Iterable[Found]:
    """Work that cannot be billed as things are: one row for each customer and reason."""
    query = (
        select(
            WorkEntry.organization_id,
            WorkEntry.blocker,
            func.min(WorkEntry.worked_on).label("first"),
            func.max(WorkEntry.id).label("last"),
            func.count().label("number"),
            Customer.account_owner_id,
        )
        .outerjoin(Customer, Customer.organization_id == WorkEntry.organization_id)
        .where(not_invoiced(), WorkEntry.blocker != "")
        .group_by(WorkEntry.organization_id, WorkEntry.blocker, Customer.account_owner_id)
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=f"{row.organization_id or 0}:{row.blocker}:{row.last}",
            since=look.start_of(row.first),
            owner_id=row.account_owner_id,
            organization_id=row.organization_id,
            number=row.number,
            detail=BLOCKERS.get(row.blocker, row.blocker),
        )


def find_without_address(look: Look) -> Iterable[Found]:
    """Billable work for a customer to whom no invoice can be written."""
    lacking = or_(
        Customer.organization_id.is_(None),
        Customer.city == "",
        Customer.country == "",
        Customer.seller_id.is_(None),
    )
    query = (
        select(
            WorkEntry.organization_id,
            WorkEntry.currency,
            func.min(WorkEntry.worked_on).label("first"),
            func.count().label("number"),
            func.sum(WorkEntry.amount).label("amount"),
            Customer.account_owner_id,
        )
        .outerjoin(Customer, Customer.organization_id == WorkEntry.organization_id)
        .where(
            not_invoiced(),
            WorkEntry.organization_id.is_not(None),
            WorkEntry.amount != 0,
            lacking,
        )
        .group_by(WorkEntry.organization_id, WorkEntry.currency, Customer.account_owner_id)
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=f"{row.organization_id}:{row.currency}",
            since=look.start_of(row.first),
            owner_id=row.account_owner_id,
            organization_id=row.organization_id,
            number=row.number,
            amount=int(row.amount),
            currency=row.currency,
        )


def find_not_invoiced(look: Look) -> Iterable[Found]:
    """Approved, and the month in which it was done is over: one row for each customer."""
    month = look.today.replace(day=1)
    query = (
        select(
            WorkEntry.organization_id,
            WorkEntry.currency,
            func.min(WorkEntry.worked_on).label("first"),
            func.max(WorkEntry.id).label("last"),
            func.count().label("number"),
            func.sum(WorkEntry.amount).label("amount"),
            Customer.account_owner_id,
        )
        .outerjoin(Customer, Customer.organization_id == WorkEntry.organization_id)
        .where(
            not_invoiced(), WorkEntry.state == "approved", WorkEntry.worked_on < month, WorkEntry.amount != 0
        )
        .group_by(WorkEntry.organization_id, WorkEntry.currency, Customer.account_owner_id)
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=f"{row.organization_id or 0}:{row.currency}:{row.first.isoformat()}:{row.last}",
            since=look.start_of(month),
            owner_id=row.account_owner_id,
            organization_id=row.organization_id,
            number=row.number,
            amount=int(row.amount),
            currency=row.currency,
        )


def find_moved(look: Look) -> Iterable[Found]:
    """Work whose ticket belongs to another customer now: does it go along?"""
    query = (
        select(
            WorkEntry.id,
            WorkEntry.updated,
            WorkEntry.worked_by_id,
            WorkEntry.ticket_id,
            WorkEntry.organization_id,
            Organization.name,
        )
        .join(Ticket, Ticket.id == WorkEntry.ticket_id)
        .outerjoin(Organization, Organization.id == Ticket.organization_id)
        .where(
            not_invoiced(),
            or_(
                WorkEntry.asked_organization_id.is_not(None),
                and_(
                    WorkEntry.state == "approved",
                    WorkEntry.organization_id.is_distinct_from(Ticket.organization_id),
                ),
            ),
        )
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=str(row.id),
            since=row.updated,
            owner_id=row.worked_by_id,
            ticket_id=row.ticket_id,
            organization_id=row.organization_id,
            thing_id=row.id,
            detail=f"the ticket is {row.name or 'nobody'}'s now"[:200],
        )


def find_expenses_without_receipt(look: Look) -> Iterable[Found]:
    """Money was spent, and nothing proves it."""
    query = select(
        Expense.id, Expense.created, Expense.user_id, Expense.ticket_id, Expense.organization_id, Expense.text
    ).where(Expense.kind == "expense", Expense.receipt_name == "", Expense.state != "invoiced")
    for row in look.work.db.execute(query):
        yield _of_expense(row)


def find_unbilled_parts(look: Look) -> Iterable[Found]:
    """A part was used up weeks ago, and no invoice has it."""
    query = select(
        Expense.id, Expense.created, Expense.user_id, Expense.ticket_id, Expense.organization_id, Expense.text
    ).where(
        Expense.kind == "part",
        Expense.charge_mode == "billable",
        Expense.state != "invoiced",
        Expense.spent_on < look.today - timedelta(days=look.limit("part_days")),
    )
    for row in look.work.db.execute(query):
        yield _of_expense(row)


def _of_expense(row: Any) -> Found:
    return Found(
        key=str(row.id),
        since=row.created,
        owner_id=row.user_id,
        ticket_id=row.ticket_id,
        organization_id=row.organization_id,
        thing_id=row.id,
        detail=row.text[:200],
    )


KINDS = (
    Kind(
        "blocked",
        End.BILL,
        "Work that cannot be billed",
        "A rate, a customer, consent or a decision is missing.",
        "Look at it",
        find_blocked,
    ),
    Kind(
        "no_address",
        End.BILL,
        "Customers to whom no invoice can be written",
        "There is work to charge, but no address, country or seller.",
        "Complete",
        find_without_address,
        is_money=True,
    ),
    Kind(
        "not_invoiced",
        End.BILL,
        "Approved and not invoiced",
        "The month is over: prepare the invoice.",
        "Prepare",
        find_not_invoiced,
        is_money=True,
    ),
    Kind(
        "moved",
        End.BILL,
        "Work whose ticket went to another customer",
        "Say whether the work goes along or stays.",
        "Decide",
        find_moved,
    ),
    Kind(
        "no_receipt",
        End.BILL,
        "Expenses without a receipt",
        "Add the receipt, or say why there is none.",
        "Add it",
        find_expenses_without_receipt,
    ),
    Kind(
        "part_unbilled",
        End.BILL,
        "Parts that no invoice has",
        "Approve it, so that the next invoice takes it.",
        "Look at it",
        find_unbilled_parts,
    ),
)
