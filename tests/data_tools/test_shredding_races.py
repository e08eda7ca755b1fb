"""What is written to a ticket while it is shredded goes with it or comes elsewhere: nothing is left in halves."""

import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from rtpy.changes.change import Record
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.recording import record
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.owner import SetOwner
from rtpy.content.part import plain_message
from rtpy.errors import Conflict, Gone
from rtpy.mail.intake import take_in
from rtpy.models import Attachment, IncomingMail, Ticket, Transaction, User
from rtpy.shredding.shred import plan_tickets, plan_user, shred
from rtpy.testing.people import Factory
from rtpy.validating.running import check
from tests.nodes.cluster import eventually

# on SQLite one writes at a time, and who shreds is the one
pytestmark = pytest.mark.databases("postgresql")


@pytest.fixture
def victim(committed_app):
    with committed_app.work() as work:
        make = Factory(committed_app, work.db)
        number = make.ticket("Spam", requestor="ann@client.example", text="Hello").id
        make.ticket("Another")
    return number


@pytest.fixture
def threads():
    with ThreadPoolExecutor() as pool:
        yield pool


def reply(app, number, words, hold=None):
    """Staff answers; with `hold` the transaction stays open until it is set."""
    with app.work() as work:
        change_ticket(work, work.db.get_one(Ticket, number), Correspond(plain_message(words)))
        if hold is not None:
            hold[0].set()
            assert hold[1].wait(30)


def waiting(app):
    """How many wait for a lock just now."""
    with app.engine.connect() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return connection.scalar(text(query))


def left_of(app, number):
    """How many entries still speak of the ticket, which no foreign key refuses, and all that does not fit together."""
    with app.work(reading=True) as work:
        of_it = (Transaction.object_type == "ticket", Transaction.object_id == number)
        left = work.db.scalar(select(func.count()).where(*of_it))
    return left, [each.validation.name for each in check(app) if each.found.count or each.problem]


def test_what_comes_while_a_ticket_is_shredded_waits_and_a_mail_becomes_a_ticket_of_its_own(
    committed_app, victim, threads
):
    app = committed_app
    mail = (
        f"From: Ann <ann@client.example>\nTo: help@example.com\nMessage-ID: <late@client.example>\n"
        f"Subject: Re: [{app.config.rtname} #{victim}] Spam\n\nOne more word.\n"
    )
    with app.work() as work:
        plan = plan_tickets(work, [victim])
        said = threads.submit(reply, app, victim, "Too late")
        sent = threads.submit(take_in, app, mail.encode(), queue="General")
        assert eventually(lambda: waiting(app) >= 2, 30)
        shred(work, plan, "spam")
    with pytest.raises(Gone, match=f"Ticket #{victim} was deleted for good meanwhile"):
        said.result(30)
    answer = sent.result(30)
    assert answer.ticket_id not in (None, victim)
    with app.work(reading=True) as work:
        assert work.db.get_one(IncomingMail, answer.mail_id).state == "done"
        body = work.db.scalar(
            select(Attachment.blob_sha256)
            .join(Transaction, Transaction.id == Attachment.transaction_id)
            .where(Transaction.object_type == "ticket", Transaction.object_id == answer.ticket_id)
            .order_by(Attachment.id)
            .limit(1)
        )
        assert b"One more word." in app.blobs.get(work.db, body)
    assert left_of(app, victim) == (0, [])


def test_a_reply_that_is_being_written_goes_with_the_ticket_and_stands_in_the_dump(
    committed_app, victim, threads
):
    app, said, go = committed_app, threading.Event(), threading.Event()
    writing = threads.submit(reply, app, victim, "In the last moment", (said, go))
    assert said.wait(30)

    def shred_it():
        with app.work() as work:
            return shred(work, plan_tickets(work, [victim]), "spam")

    shredding = threads.submit(shred_it)
    try:
        assert eventually(lambda: waiting(app) >= 1, 30)
    finally:
        go.set()
    writing.result(30)
    assert b64encode(b"In the last moment") in shredding.result(30).read_bytes()
    assert left_of(app, victim) == (0, [])


def test_a_ticket_of_somebody_who_goes_can_be_given_away_meanwhile(committed_app, victim, threads):
    app = committed_app
    with app.work() as work:
        make = Factory(app, work.db)
        tom, eve, ida = (make.staff(name).id for name in ("tom", "eve", "ida"))
        change_ticket(work, work.db.get_one(Ticket, victim), SetOwner(work.db.get_one(User, tom)))

    def give_away():
        with app.work() as meanwhile:
            to = SetOwner(meanwhile.db.get_one(User, ida))
            change_ticket(meanwhile, meanwhile.db.get_one(Ticket, victim), to)

    with app.work() as work:
        plan = plan_user(work, work.db.get_one(User, tom), work.db.get_one(User, eve))
        giving = threads.submit(give_away)
        assert eventually(lambda: waiting(app) >= 1, 30)
        shred(work, plan, "user tom")
    giving.result(30)
    with app.work(reading=True) as work:
        assert work.db.get_one(Ticket, victim).owner_id == ida


def test_what_was_written_past_the_lock_stops_it(committed_app, victim):
    app = committed_app
    with app.work() as work:
        plan = plan_tickets(work, [victim])
        with app.work() as meanwhile:
            record(meanwhile, "ticket", victim, Record(Transaction(type="SystemError", field="Mail")))
        with pytest.raises(Conflict, match=f"written to ticket #{victim} just now. Nothing was changed"):
            shred(work, plan, "spam")
    assert left_of(app, victim)[0] > 1
    assert list((app.config.home / "shredded").iterdir()) == []
