"""The sample consultancy's part of billing, loaded into a small one and taken away again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.db.base import Base
from rtpy.demo.made import Made
from rtpy_billing.demo.load import load_demo
from rtpy_billing.demo.removing import remove
from rtpy_billing.demo.shop import CUSTOMERS, WORKERS
from rtpy_billing.models import (
    Agreement,
    Customer,
    EntryShare,
    Invoice,
    Seller,
    StatementLink,
    StatementQuestion,
    WorkEntry,
)
from rtpy_billing.periods.period import Period
from rtpy_billing.statements.links import make_link

KEPT = {
    "billing_loose_end_counts",
    "billing_sent_reports",
    "billing_dismissals",
    "billing_runs",
    "billing_exports",
}


@pytest.fixture
def made(make, work_of, clock):
    """Three months of a consultancy with two customers and two techs: a reply with minutes every ninth day."""
    users = [make.staff(login) for login in list(WORKERS)[:2]]
    clients = [make.organization(each.organization, f"{at}.example") for at, each in enumerate(CUSTOMERS[:2])]
    tickets = []
    for day in range(0, 90, 9):
        clock.set(datetime(2025, 12, 1, 9, tzinfo=UTC) + timedelta(days=day))
        ticket = make.ticket(f"Request of day {day}")
        change_ticket(work_of(), ticket, SetOrganization(clients[day % 2]))
        name = users[day // 9 % 2].name
        change_ticket(work_of(name), ticket, Correspond(plain_message("Done."), minutes=35))
        tickets.append(ticket.id)
    clock.set(datetime(2026, 3, 2, 9, tzinfo=UTC))
    return Made(
        seed=1,
        is_complete=True,
        organizations=[each.id for each in clients],
        users=[each.id for each in users],
        tickets=tickets,
    )


def rows(db):
    """How many rows there are in each table of billing that has any."""
    tables = [table for name, table in Base.metadata.tables.items() if name.startswith("billing_")]
    counted = {table.name: db.scalar(select(func.count()).select_from(table)) for table in tables}
    return {name: number for name, number in counted.items() if number and name not in KEPT}


def test_the_sample_has_invoiced_months_and_an_open_one_and_goes_without_a_trace(made, work_of, db):
    load_demo(work_of(), made)
    documents = db.execute(select(Invoice.kind, Invoice.state, Invoice.number).order_by(Invoice.id)).all()
    assert [row.kind for row in documents].count("credit_note") == 1
    assert all(row.number for row in documents)
    assert db.scalar(select(func.count()).where(Agreement.state == "active")) == 2
    states = set(db.scalars(select(WorkEntry.state).distinct()))
    assert "invoiced" in states
    load_demo(work_of(), made)  # a second time does nothing
    assert db.scalar(select(func.count(Seller.id))) == 1
    _use(work_of(), made)
    remove(work_of(), made)
    db.expire_all()
    assert rows(db) == {}


def _use(work, made):
    """What people make of the sample: credit for an entry is shared, a statement is mailed and asked about."""
    entry = work.db.scalars(select(WorkEntry).order_by(WorkEntry.id)).first()
    work.db.add_all(EntryShare(entry_id=entry.id, user_id=user_id, share=5000) for user_id in made.users)
    customer = work.db.get(Customer, made.organizations[0])
    make_link(work, customer, Period(date(2026, 1, 1), date(2026, 2, 1)))
    work.db.flush()
    link = work.db.scalars(select(StatementLink)).one()
    work.db.add(
        StatementQuestion(link_id=link.id, entry_id=entry.id, ticket_id=made.tickets[0], asked=work.now)
    )
    work.db.flush()


@pytest.mark.databases("sqlite")  # a question about rows, the same on both
def test_where_a_firm_is_set_up_already_nothing_is_loaded(made, work_of, db):
    db.add(Seller(name="A real one", currency="EUR"))
    db.flush()
    load_demo(work_of(), made)
    assert db.scalar(select(func.count(Invoice.id))) == 0
