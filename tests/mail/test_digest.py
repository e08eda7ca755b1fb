"""The daily digest: at the reader's hour, once, whole, and only what the reader may see then."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.notification_choices import choose_notifications
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import plain_message
from rtpy.mail import digest
from rtpy.mail.digest import digest_time, write_digests
from rtpy.models import DigestItem, OutgoingMail, OutgoingRecipient, Principal
from rtpy.rights.names import Right

EVERYTHING = ("own_messages", "own_changes", "watched_messages", "watched_changes", "queue_messages")


@pytest.fixture
def olga(make, work):
    """Staff, in Berlin, who wants everything in a digest at ten."""
    made = make.staff("olga", real_name="Olga")
    made.timezone = "Europe/Berlin"
    choose_notifications(work, made.id, events=dict.fromkeys(EVERYTHING, "digest"), hour=10, suspended=False)
    return made


@pytest.fixture
def ticket(make, olga):
    """Owned and watched by Olga."""
    made = make.ticket("Printer <b>jam</b>")
    change_ticket(make.system, made, SetOwner(olga), AddWatcher("AdminCc", olga.id))
    return made


def digests(db):
    rows = db.scalars(
        select(OutgoingMail).where(OutgoingMail.message_id.like("rt-digest-%")).order_by(OutgoingMail.id)
    )
    return list(rows)


def waiting(db):
    return len(db.scalars(select(DigestItem.mail_id)).all())


@pytest.mark.parametrize(
    ("hour", "zone", "after", "due"),
    [
        (8, "UTC", (1, 7, 0), (1, 8, 0)),
        (8, "UTC", (1, 8, 0), (2, 8, 0)),
        (8, "Europe/Berlin", (1, 7, 30), (2, 7, 0)),
        (0, "Asia/Kathmandu", (1, 12, 0), (1, 18, 15)),
        (8, "No/Where", (1, 7, 0), (1, 8, 0)),
        (8, "", (1, 7, 0), (1, 8, 0)),
    ],
)
def test_its_time_is_the_next_such_hour_of_the_zone(hour, zone, after, due):
    day, at, minute = after
    found = digest_time(hour, zone, datetime(2026, 1, day, at, minute, tzinfo=UTC))
    assert found == datetime(2026, 1, due[0], due[1], due[2], tzinfo=UTC)


def test_everything_that_waited_comes_once_at_the_hour(app, db, work, ticket, clock):
    change_ticket(
        work,
        ticket,
        Correspond(
            plain_message(
                "Bring paper.\n\nOn Mon, 2 Mar 2026 at 10:00, Ann <ann@client.example> wrote:\n\n> the old quotation"
            )
        ),
    )
    change_ticket(work, ticket, Comment(plain_message("between <us>")))
    assert waiting(db) >= 2
    assert (write_digests(app), digests(db)) == (0, [])
    clock.advance(timedelta(days=1))
    assert write_digests(app) == 1
    assert write_digests(app) == 0
    (mail,) = digests(db)
    assert (mail.subject, mail.internal) == ("[rtpy] Your digest: 1 ticket", True)
    for text in ("Bring paper.", "between <us>", f"#{ticket.id} Printer <b>jam</b>", "CET"):
        assert text in mail.body
    assert "old quotation" not in mail.body
    assert "between &lt;us&gt;" in mail.html_body
    assert "<b>jam" not in mail.html_body
    assert waiting(db) == 0
    states = db.scalars(
        select(OutgoingRecipient.state).where(OutgoingRecipient.address == "olga@staff.example")
    )
    assert set(states) <= {"digested", "queued"}
    to = db.scalar(select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == mail.id))
    assert to == "olga@staff.example"


@pytest.mark.parametrize(
    ("lost", "seen", "unseen"),
    [
        (Right.SHOW_TICKET_COMMENTS, "public words", "internal words"),
        (Right.SHOW_TICKET, None, "public words"),
    ],
)
def test_a28_only_what_may_still_be_seen(app, db, work, make, ticket, clock, lost, seen, unseen):
    change_ticket(work, ticket, Correspond(plain_message("public words")))
    change_ticket(work, ticket, Comment(plain_message("internal words")))
    make.revoke(lost, make.queue())
    clock.advance(timedelta(days=1))
    assert write_digests(app) == 1
    text = "".join(mail.body for mail in digests(db))
    assert unseen not in text
    assert (seen in text) if seen else not digests(db)
    assert waiting(db) == 0


def test_who_is_disabled_gets_none(app, db, work, ticket, olga, clock):
    change_ticket(work, ticket, Correspond(plain_message("x")))
    db.get_one(Principal, olga.id).disabled = True
    db.flush()
    clock.advance(timedelta(days=1))
    assert write_digests(app) == 1
    assert (digests(db), waiting(db)) == ([], 0)


def test_while_mail_is_suspended_nothing_is_lost(app, db, work, ticket, olga, clock):
    change_ticket(work, ticket, Correspond(plain_message("x")))
    count = waiting(db)
    choose_notifications(work, olga.id, events={}, hour=10, suspended=True)
    clock.advance(timedelta(days=1))
    assert write_digests(app) == 0
    assert waiting(db) == count
    choose_notifications(work, olga.id, events={}, hour=10, suspended=False)
    assert write_digests(app) == 1
    assert len(digests(db)) == 1


def test_p8_what_breaks_half_way_is_whole_the_next_time(app, db, work, ticket, clock, monkeypatch):
    change_ticket(work, ticket, Correspond(plain_message("x")))
    count = waiting(db)
    clock.advance(timedelta(days=1))
    with monkeypatch.context() as broken:
        broken.setattr(digest, "digest_text", lambda *_: 1 / 0)
        assert write_digests(app) == 0
    assert (waiting(db), digests(db)) == (count, [])
    assert write_digests(app) == 1
    assert (waiting(db), len(digests(db))) == (0, 1)
