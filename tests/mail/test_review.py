"""Mails of strangers that wait for a person, and how much one sender may say in one ticket."""

import pytest
from sqlalchemy import func, select

from rtpy.config.config import Config
from rtpy.errors import NotFound, Refused
from rtpy.mail.intake import work_off
from rtpy.mail.review import add_to_ticket, all_waiting, make_own_ticket, throw_away, waiting_for
from rtpy.models import OutgoingMail, OutgoingRecipient, Ticket, Transaction
from tests.mail.letters import letter

STRANGER = "Mallory <mallory@evil.example>"


@pytest.fixture
def options():
    return {}


@pytest.fixture
def config(tmp_path, database_engine, options):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, **options)


@pytest.fixture
def ticket(make, db):
    made = make.ticket()
    make.queue("General").reply_policy = "review"
    db.commit()
    return made


@pytest.fixture
def staff(make, db, work_of):
    user = make.staff("jo")
    db.commit()
    return work_of(user.name)


def tagged(ticket, text="let me in", sender=STRANGER, **more):
    return letter(text, sender=sender, subject=f"[rtpy #{ticket.id}] Printer", **more)


def said(db, number):
    query = select(Transaction.type).where(
        Transaction.object_type == "ticket",
        Transaction.object_id == number,
        Transaction.type.in_(("Create", "Correspond", "Comment")),
    )
    return list(db.scalars(query.order_by(Transaction.id)))


def test_a_strangers_mail_waits_and_nothing_happens(send, spooled, db, ticket):
    before = db.scalar(select(func.count()).select_from(OutgoingMail))
    row = spooled(send(tagged(ticket)))
    assert (row.state, row.ticket_id, said(db, ticket.id)) == ("review", ticket.id, ["Create"])
    assert db.scalar(select(func.count()).select_from(OutgoingMail)) == before
    assert db.scalar(select(func.count()).select_from(Ticket)) == 1


def test_participants_and_mails_that_name_no_ticket_do_not_wait(send, spooled, ticket):
    states = [spooled(send(raw)).state for raw in (tagged(ticket, sender="ann@client.example"), letter())]
    assert states == ["done", "done"]


@pytest.mark.parametrize("options", [{"mail__reply_policy": "review"}])
def test_the_site_can_say_so_for_all_queues(send, spooled, make, db):
    made = make.ticket()
    db.commit()
    assert spooled(send(tagged(made))).state == "review"


@pytest.mark.parametrize(
    ("deed", "in_ticket", "tickets", "state"),
    [
        (add_to_ticket, ["Create", "Correspond"], 1, "done"),
        (make_own_ticket, ["Create"], 2, "done"),
        (throw_away, ["Create"], 1, "junk"),
    ],
)
def test_staff_say_what_becomes_of_it(app, send, spooled, db, ticket, staff, deed, in_ticket, tickets, state):
    mail_id = send(tagged(ticket)).mail_id
    deed(staff, db.get(Ticket, ticket.id), mail_id)
    db.commit()
    work_off(app)
    row = spooled(mail_id)
    assert (row.state, said(db, ticket.id)) == (state, in_ticket)
    assert db.scalar(select(func.count()).select_from(Ticket)) == tickets
    assert row.transport["released_by"] == "jo"
    assert waiting_for(db, ticket) == []


def test_only_who_may_modify_the_ticket_decides_and_only_about_its_mails(
    send, db, make, work_of, ticket, staff
):
    other = make.ticket()
    customer = work_of(make.customer("cy@client.example").name)
    db.commit()
    mail_id = send(tagged(ticket)).mail_id
    ticket, other = db.get(Ticket, ticket.id), db.get(Ticket, other.id)
    assert ([each.id for each in all_waiting(staff)], all_waiting(customer)) == ([mail_id], [])
    with pytest.raises(Refused):
        add_to_ticket(customer, ticket, mail_id)
    with pytest.raises(NotFound):
        add_to_ticket(staff, other, mail_id)
    throw_away(staff, ticket, mail_id)
    with pytest.raises(NotFound):
        add_to_ticket(staff, ticket, mail_id)


def test_the_same_mail_twice_waits_once(send, spooled, ticket):
    raw = tagged(ticket)
    assert [spooled(send(raw)).state for _ in range(2)] == ["review", "duplicate"]


@pytest.mark.parametrize("options", [{"mail__max_replies_per_hour": 2}])
def test_more_than_so_many_mails_of_one_sender_to_one_ticket_are_held(send, spooled, make, db):
    first, other = make.ticket(), make.ticket()
    db.commit()

    def state(ticket, sender="ann@client.example"):
        return spooled(send(tagged(ticket, sender=sender))).state

    assert [state(first) for _ in range(3)] == ["done", "done", "quarantined"]
    assert state(other) == "done"


@pytest.mark.parametrize(
    ("options", "results", "answers"),
    [
        ({"mail__autoreply_needs_proof": True, "mail__authserv_id": "mx.h"}, "", 0),
        ({"mail__autoreply_needs_proof": True, "mail__authserv_id": "mx.h"}, "mx.h; dmarc=fail", 0),
        (
            {"mail__autoreply_needs_proof": True, "mail__authserv_id": "mx.h"},
            "mx.h; dmarc=pass header.from=client.example",
            1,
        ),
        ({"mail__authserv_id": "mx.h"}, "", 1),
    ],
)
def test_A56_no_automatic_answer_without_a_proof_if_so_set(send, spooled, db, results, answers):
    row = spooled(send(letter(authentication_results=results)))
    mails = (
        select(func.count())
        .select_from(OutgoingMail)
        .join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
        .where(OutgoingMail.automatic, OutgoingRecipient.address == "ann@client.example")
    )
    assert (row.state, db.scalar(mails)) == ("done", answers)
