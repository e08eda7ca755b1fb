"""O13 and O14: a restored database starts held; what mail servers answer is counted."""

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from rtpy.mail import outbox
from rtpy.mail.answers import answers_by_class
from rtpy.mail.delivery import deliver_due
from rtpy.models import Configuration, OutgoingMail
from rtpy.ports import Delivery
from rtpy.web.metrics import count
from rtpy.wellbeing.looking import bad
from rtpy.wellbeing.mails import mail_signs


class Answering:
    """A transport that answers everybody the same."""

    def __init__(self):
        self.answer, self.outcome, self.sent = "250 ok", "sent", 0

    def deliver(self, envelope_sender, recipients, raw):
        if self.outcome == "unreached":
            raise OSError("nobody there")
        self.sent += 1
        return tuple(Delivery(address, self.outcome, self.answer) for address in recipients)


@pytest.fixture
def server():
    return Answering()


@pytest.fixture
def send(app, db, make, server):
    """One new ticket, whose mails are sent; says how many were tried."""

    def send():
        make.ticket()
        db.commit()
        return deliver_due(app, transport=server)

    return send


def troubles(app, db):
    return [sign.sentence for sign in bad(list(mail_signs(app.work_in(db))))]


def rounds(db):
    db.expire_all()
    return db.scalars(select(Configuration).where(Configuration.name.startswith("outbox_round:"))).one()


def test_o13_an_older_database_starts_held_until_somebody_says_so(app, db, send, server, clock):
    assert send() > 0
    backup = rounds(db).value
    send()
    rounds(db).value = backup  # what a restore does to the row
    db.commit()
    sent = server.sent
    assert (send(), server.sent) == (0, sent)
    assert outbox.is_held_as_restored(db)
    assert "restored from a backup" in " ".join(troubles(app, db))
    outbox.hold_all(db, held=False, now=clock.now())
    db.commit()
    assert deliver_due(app, transport=server) > 0
    assert send() > 0
    assert troubles(app, db) == []


def test_o13_a_database_that_was_brought_to_a_new_home_starts_held(app, db, send, server, clock):
    send()
    (app.config.home / "outbox_round").unlink()
    clock.advance(timedelta(days=7))
    sent = server.sent
    assert (send(), server.sent) == (0, sent)
    outbox.hold_all(db, held=False, now=clock.now())
    db.commit()
    assert deliver_due(app, transport=server) > 0


def test_o13_a_fresh_copy_that_lies_elsewhere_starts_held_once(app, db, send, server, clock):
    send()
    place = db.scalars(select(Configuration).where(Configuration.name == "outbox_place")).one()
    assert place.value.split()[0] in ("file", "server")
    place.value = "server 1 2"  # what a copy brings along, be it a minute old
    (app.config.home / "outbox_round").unlink()
    db.commit()
    sent = server.sent
    assert (send(), server.sent) == (0, sent)
    assert outbox.is_held_as_restored(db)
    outbox.hold_all(db, held=False, now=clock.now())
    db.commit()
    assert deliver_due(app, transport=server) > 0
    assert send() > 0


def test_a_further_node_and_a_home_that_is_behind_go_on(app, db, send):
    send()
    file = app.config.home / "outbox_round"
    before = file.read_text()
    file.unlink()
    assert send() > 0  # the first one is alive
    file.write_text(before)
    assert send() > 0
    file.write_text("broken")
    assert send() > 0


def test_a_server_that_was_off_for_long_goes_on(app, db, send, clock):
    send()
    clock.advance(timedelta(days=30))
    assert send() > 0


@pytest.mark.parametrize(
    ("outcome", "answer", "counted"),
    [
        ("sent", "250 2.0.0 queued", "2xx"),
        ("later", "451 try later", "4xx"),
        ("failed", "550 no such user", "5xx"),
        ("sent", "kept in new/1", "other"),
        ("unreached", "", "unreached"),
    ],
)
def test_o14_answers_are_counted_by_class(app, db, send, server, clock, outcome, answer, counted):
    server.outcome, server.answer = outcome, answer
    send()
    clock.advance(timedelta(minutes=1))
    mails = len(db.scalars(select(OutgoingMail.id)).all())
    found = answers_by_class(db.connection(), clock.now())
    assert {name: number for name, number in found.items() if number} == {
        counted: 1 if outcome == "unreached" else mails
    }
    registry = CollectorRegistry()
    count(registry, db.connection(), clock.now())
    assert registry.get_sample_value("rtpy_mail_tries_per_minute", {"answer": counted}) == found[counted]
    clock.advance(timedelta(minutes=2))
    assert set(answers_by_class(db.connection(), clock.now()).values()) == {0}


def test_o14_ready_says_that_nobody_answers_at_the_mail_server(app, db, send, server, clock):
    server.outcome = "unreached"
    send()
    assert troubles(app, db) == []
    clock.advance(timedelta(minutes=16))
    (trouble,) = troubles(app, db)
    assert trouble == "Outgoing mail has waited for 16 minutes: the mail server cannot be reached."
