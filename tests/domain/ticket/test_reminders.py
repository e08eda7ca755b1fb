"""Reminders: who may, what is recorded where, and how they follow their ticket."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.reminders import (
    AddReminder,
    OpenReminder,
    ResolveReminder,
    parent_id_of,
    reminder_of,
)
from rtpy.errors import Invalid, Refused
from rtpy.models import OutgoingMail, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.search.lists import TicketFilter, list_tickets


@pytest.fixture
def jo_work(make, work_of):
    make.staff("jo")
    return work_of("jo")


@pytest.fixture
def reminder(make, jo_work, db):
    ticket = make.ticket()
    outcome = change_ticket(jo_work, ticket, AddReminder("Call Ann"))
    return db.get(Ticket, int(outcome.transactions[0].new_value)), ticket


def types(db, ticket):
    return list(
        db.scalars(
            select(Transaction.type)
            .where(Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
            .where(Transaction.type.not_like("%EmailRecord"))
            .order_by(Transaction.id)
        )
    )


def test_a_reminder_is_a_ticket_beside_its_ticket(reminder, jo_work, db):
    row, ticket = reminder
    assert (row.type, row.queue_id, row.owner_id, row.status) == (
        "reminder",
        ticket.queue_id,
        jo_work.actor.user_id,
        "open",
    )
    assert parent_id_of(db, row.id) == ticket.id
    assert types(db, ticket) == ["Create", "AddReminder"]
    assert types(db, row) == ["Create"]


def test_nobody_gets_mail_about_a_reminder_and_no_list_shows_it(make, jo_work, db):
    ticket = make.ticket()
    before = db.scalar(select(func.count(OutgoingMail.id)))
    change_ticket(jo_work, ticket, AddReminder("Call Ann"))
    page = list_tickets(db, jo_work.rights.of(Right.SHOW_TICKET), TicketFilter())
    assert db.scalar(select(func.count(OutgoingMail.id))) == before
    assert [found.subject for found in page.rows] == [ticket.subject]


def test_done_and_opened_again(reminder, jo_work, db):
    row, ticket = reminder
    change_ticket(jo_work, ticket, ResolveReminder(row))
    assert (row.status, row.resolved) == ("resolved", jo_work.now)
    change_ticket(jo_work, ticket, OpenReminder(row))
    assert (row.status, row.resolved) == ("open", None)
    assert types(db, ticket) == ["Create", "AddReminder", "ResolveReminder", "OpenReminder"]


def test_what_is_done_already_is_recorded_once(reminder, jo_work, db):
    row, ticket = reminder
    change_ticket(jo_work, ticket, ResolveReminder(row), ResolveReminder(row))
    assert types(db, ticket).count("ResolveReminder") == 1


def test_a_reminder_of_another_ticket_is_refused(reminder, make, jo_work):
    row, _ = reminder
    other = make.ticket("Another")
    with pytest.raises(Refused, match="no reminder of ticket"):
        change_ticket(jo_work, other, ResolveReminder(row))


def test_a_customer_may_not_add_one(make, work_of):
    ticket = make.ticket()
    with pytest.raises(Refused, match="ModifyTicket"):
        change_ticket(work_of("ann@client.example"), ticket, AddReminder("Peek"))


def test_who_is_reminded_may_say_that_it_is_done_without_further_rights(make, work, work_of, db):
    ticket, kim = make.ticket(), make.staff("kim")
    outcome = change_ticket(work, ticket, AddReminder("Look at it", kim))
    make.revoke("ModifyTicket", ticket.queue)
    row = db.get(Ticket, int(outcome.transactions[0].new_value))
    change_ticket(work_of("kim"), ticket, ResolveReminder(row))
    assert row.status == "resolved"


@pytest.mark.parametrize(
    ("subject", "who", "field"), [("  ", None, "reminder_subject"), ("x", "ann", "reminder_owner")]
)
def test_what_is_wrong_is_said_beside_its_field(make, work, subject, who, field):
    ticket = make.ticket()
    owner = make.customer("ann@client.example") if who else None
    with pytest.raises(Invalid) as refused:
        change_ticket(work, ticket, AddReminder(subject, owner))
    assert refused.value.problems[0].field == field


def test_it_moves_silently_with_its_ticket(reminder, make, work, db):
    row, ticket = reminder
    before = types(db, row)
    change_ticket(work, ticket, SetQueue(make.queue("Network")))
    db.flush()
    assert (row.queue_id, row.status) == (ticket.queue_id, "open")
    assert types(db, row) == before


def test_it_follows_a_merge(reminder, make, work, db):
    row, ticket = reminder
    target = make.ticket("The same again")
    change_ticket(work, ticket, MergeInto(target))
    db.flush()
    assert parent_id_of(db, row.id) == target.id
    found = reminder_of(db, target, row.id)
    assert found is not None
    change_ticket(work, target, ResolveReminder(found))
    assert row.status == "resolved"
