"""Addresses with a keyed hash after the plus: what leads into a ticket, and what a bounce came back from."""

import time

import pytest
from sqlalchemy import select

from rtpy.config.config import Config
from rtpy.mail.delivery import deliver_due
from rtpy.mail.message import read_mail
from rtpy.mail.plus_address import bounce_address, read_plus_addresses, ticket_address
from rtpy.models import OutgoingMail, OutgoingRecipient, Ticket, Watcher
from rtpy.ports import Delivery
from tests.mail.letters import letter

STRANGER = "Mallory <mallory@elsewhere.example>"


@pytest.fixture
def options():
    return {"mail__plus_addresses": True}


@pytest.fixture
def config(tmp_path, database_engine, options):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, **options)


@pytest.fixture
def ticket(make, db):
    made = make.ticket()
    db.commit()
    return made


@pytest.fixture
def sink():
    """A transport that remembers envelopes and bytes."""

    class Sink:
        def __init__(self):
            self.mails = []

        def deliver(self, sender, recipients, raw):
            self.mails.append((sender, tuple(recipients), raw))
            return tuple(Delivery(address, "sent", "250 ok") for address in recipients)

    return Sink()


def token(app, ticket):
    return ticket_address(app, "rt@localhost", ticket.id).partition("+")[2].partition("@")[0]


def answer_to(address, **more):
    fields = {"sender": STRANGER, "subject": "Re: Printer", "to": address}
    return letter("It is the fuse.", **(fields | more))


WAYS = {
    "To": lambda word: (answer_to(f"rt+{word}@localhost"), {}),
    "Cc": lambda word: (answer_to("x@y.example", cc=f"Desk <rt+{word}@localhost>"), {}),
    "in capitals": lambda word: (answer_to(f"RT+{word.upper()}@LOCALHOST"), {}),
    "Delivered-To": lambda word: (answer_to("list@y.example", delivered_to=f"rt+{word}@localhost"), {}),
    "extension": lambda word: (answer_to("list@y.example"), {"extension": word}),
    "recipient": lambda word: (answer_to("list@y.example"), {"recipient": f"rt+{word}@localhost"}),
}


@pytest.mark.databases("sqlite")  # nothing but the reading of the address differs
@pytest.mark.parametrize("way", WAYS)
def test_who_has_the_address_of_a_ticket_may_answer_there(app, send, db, ticket, last_said, way):
    raw, transport = WAYS[way](token(app, ticket))
    before = set(db.scalars(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)))
    answer = send(raw, transport=transport)
    said, parts = last_said(ticket.id)
    assert (answer.ticket_id, said.type, "no participant" in parts[0].remark) == (
        ticket.id,
        "Correspond",
        True,
    )
    assert before == set(db.scalars(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)))


FORGED = {
    "no hash": lambda word, other: word.partition(".")[0],
    "another ticket's hash": lambda word, other: f"{word.partition('.')[0]}.{other.partition('.')[2]}",
    "a bit of it": lambda word, other: word[:-1],
    "one letter changed": lambda word, other: word[:-1] + ("a" if word[-1] != "a" else "b"),
    "another kind": lambda word, other: "b" + word[1:],
    "a zero in front": lambda word, other: "t0" + word[1:],
    "words of command": lambda word, other: "close",
}


@pytest.mark.databases("sqlite")  # nothing but the reading of the address differs
@pytest.mark.parametrize("forgery", FORGED)
def test_A66_without_a_good_hash_the_plus_says_nothing(app, send, make, db, ticket, forgery):
    other = make.ticket()
    db.commit()
    word = FORGED[forgery](token(app, ticket), token(app, other))
    answer = send(answer_to(f"rt+{word}@localhost"))
    assert answer.ticket_id not in (ticket.id, other.id)
    assert db.get(Ticket, ticket.id).status == "new"


@pytest.mark.databases("sqlite")  # no statement at all
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("support@home.example", True),
        ("support+vpn@home.example", False),
        (f"{'s' * 60}@home.example", False),
        ("", False),
        ("nobody", False),
    ],
)
def test_an_address_is_extended_where_there_is_room(app, address, expected):
    made = ticket_address(app, address, 7)
    assert (made != address, made.endswith("@home.example")) == (expected, "@home" in address)
    assert len(made.partition("@")[0]) <= 64


@pytest.mark.databases("sqlite")  # no statement at all
@pytest.mark.parametrize("options", [{}])
def test_switched_off_nothing_is_extended_but_old_addresses_still_lead_home(app):
    assert (ticket_address(app, "rt@localhost", 7), bounce_address(app, "rt@localhost", 9)) == (
        "rt@localhost",
    ) * 2


def test_what_we_send_carries_the_addresses(app, send, db, sink):
    answer = send(letter())
    deliver_due(app, transport=sink)
    _, _, raw = next(mail for mail in sink.mails if mail[1] == ("ann@client.example",))
    address = ticket_address(app, "rt@localhost", answer.ticket_id)
    assert f"Reply-To: {address}\r\n".encode() in raw
    assert b"From: " in raw
    assert address.encode() not in raw.split(b"From: ")[1].split(b"\r\n")[0]


def a_reply_that_went_out(app, make, db, work, sink):
    """A reply of staff that was sent to Ann; the mail's row and its envelope sender."""
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.content import Correspond
    from rtpy.content.part import plain_message

    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("Done.")))
    db.commit()
    deliver_due(app, transport=sink)
    query = select(OutgoingMail).join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
    row = db.scalars(
        query.where(OutgoingRecipient.address == "ann@client.example", ~OutgoingMail.automatic)
    ).one()
    return (
        ticket,
        row,
        next(sender for sender, to, _ in sink.mails if sender and to == ("ann@client.example",)),
    )


def test_O9_a_bounce_that_says_nothing_of_ours_finds_mail_and_recipient(app, send, make, db, work, sink):
    ticket, row, sender = a_reply_that_went_out(app, make, db, work, sink)
    assert sender == bounce_address(app, "rt@localhost", row.id) != "rt@localhost"
    bounce = letter(
        "The user ann@client.example does not exist. 550 5.1.1 unknown user",
        sender="MAILER-DAEMON@mx.client.example",
        subject="Undelivered mail",
        to=sender,
        return_path="<>",
    )
    answer = send(bounce)
    db.expire_all()
    failed = db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == row.id)).one()
    assert (answer.ticket_id, failed.state) == (ticket.id, "failed")


def test_a_forged_bounce_marks_nobody(app, send, make, db, work, sink):
    ticket, row, sender = a_reply_that_went_out(app, make, db, work, sink)
    forged = sender.replace(f"+b{row.id}.", f"+b{row.id + 1}.")
    answer = send(
        letter("550 unknown user ann@client.example", sender="MAILER-DAEMON@evil.example", to=forged)
    )
    db.expire_all()
    failed = db.scalars(select(OutgoingRecipient).where(OutgoingRecipient.mail_id == row.id)).one()
    assert (answer.ticket_id == ticket.id, failed.state) == (False, "sent")


def test_a_vacation_note_to_the_envelope_sender_goes_to_the_ticket(app, send, make, db, work, sink):
    ticket, _, sender = a_reply_that_went_out(app, make, db, work, sink)
    note = letter(
        "I am away.", sender="ann@client.example", to=sender, subject="Away", auto_submitted="auto-replied"
    )
    assert send(note).ticket_id == ticket.id


def test_our_own_plus_addresses_are_ours(app, send, make, db, ticket, spooled):
    make.queue("General").cc_policy = "all"
    db.commit()
    looped = spooled(send(letter(sender=ticket_address(app, "rt@localhost", ticket.id))))
    row = spooled(send(letter(cc=f"rt+vpn@localhost, rt+t1.{'a' * 16}@localhost, friend@client.example")))
    ccs = db.scalars(select(Watcher).where(Watcher.ticket_id == row.ticket_id, Watcher.role == "Cc")).all()
    assert (looped.state, len(ccs)) == ("refused", 1)


@pytest.mark.databases("sqlite")  # no statement at all
def test_A63_thousands_of_addresses_take_no_time(app):
    mail = read_mail(letter(to=", ".join(f"rt+t{n}.{'a' * 16}@localhost" for n in range(5_000))))
    began = time.monotonic()
    assert read_plus_addresses(app, mail, {}).tickets == ()
    assert time.monotonic() - began < 0.2
