"""Mails are fetched from a real server, each becomes one ticket, and is marked only after it is stored."""

import pytest
from sqlalchemy import func, select

from rtpy.jobs.certificates import keep_certificates
from rtpy.mail.intake import Answer, AnswerKind
from rtpy.mailboxes import imap
from rtpy.mailboxes.fetching import fetch_mailbox
from rtpy.models import IncomingMail, Mailbox, MailboxMessage, ServerCertificate, Ticket
from tests.mail.letters import letter

ONE = pytest.mark.databases("sqlite")  # what differs is on the server's side


def tickets(db):
    return db.scalar(select(func.count()).select_from(Ticket))


@pytest.mark.parametrize(
    ("typed", "left", "unseen", "moved"),
    [
        ({"after": "seen"}, 3, 0, None),
        pytest.param({"after": "delete"}, 0, 0, None, marks=ONE),
        pytest.param({"after": "move", "move_to": "Taken"}, 0, 0, 3, marks=ONE),
    ],
    ids=["seen", "delete", "move"],
)
def test_I6_each_mail_becomes_a_ticket_and_is_marked(
    app, db, server, somebody, mailbox, state, typed, left, unseen, moved
):
    made = mailbox(**typed)
    before = tickets(db)
    server.put(somebody, *(letter(subject=f"mail {number}") for number in range(3)))
    assert fetch_mailbox(app, made.id) == 3, state(made).problem
    assert tickets(db) == before + 3
    assert (server.count(somebody), server.unseen(somebody)) == (left, unseen)
    assert moved is None or server.count(somebody, "Taken") == moved
    assert fetch_mailbox(app, made.id) == 0
    keep_certificates(app)
    assert db.scalars(select(ServerCertificate.place)).one() == f"localhost:{server.tls_port}"
    now = state(made)
    assert (now.problem, now.taken, now.lease_owner, now.last_good) == ("", 3, "", app.clock.now())
    rows = db.execute(select(IncomingMail.queue, IncomingMail.state, IncomingMail.transport)).all()
    assert {(row.queue, row.state, row.transport["mailbox"]) for row in rows} == {
        ("General", "done", made.name)
    }


@ONE
def test_where_mails_are_only_marked_old_ones_stay_and_later_ones_come_even_when_read(
    app, db, server, somebody, mailbox
):
    server.put(somebody, letter(subject="long ago"), seen=True)
    server.put(somebody, letter(subject="new"))
    server.put(somebody, letter(subject="long ago too"), seen=True)
    made = mailbox()
    assert fetch_mailbox(app, made.id) == 1
    server.put(somebody, letter(subject="read by a person first"), seen=True)
    assert fetch_mailbox(app, made.id) == 1
    assert db.scalars(select(Ticket.subject).order_by(Ticket.id)).all() == ["new", "read by a person first"]


@ONE
def test_I6_a_mail_that_was_stored_but_not_marked_is_only_marked(app, db, server, somebody, mailbox):
    made = mailbox()
    server.put(somebody, letter())
    assert fetch_mailbox(app, made.id) == 1
    file = next((server.box(somebody) / "cur").iterdir())
    file.rename(file.with_name(file.name.replace(":2,S", ":2,")))  # as if the mark had been lost
    assert server.unseen(somebody) == 1
    assert fetch_mailbox(app, made.id) == 0
    assert (server.unseen(somebody), tickets(db)) == (0, 1)


@ONE
def test_another_folder_or_a_folder_made_anew_is_not_taken_for_the_old_one(
    app, db, server, somebody, mailbox
):
    made = mailbox(after="delete")
    server.put(somebody, letter())
    assert fetch_mailbox(app, made.id) == 1
    # Other bytes under a number that was taken: a server that counts anew under the same validity.
    row = db.scalars(select(MailboxMessage)).one()
    row.uid, row.size = row.uid + 1, row.size + 7
    db.flush()
    server.put(somebody, letter("Something else.\n"))
    assert fetch_mailbox(app, made.id) == 1
    db.get(Mailbox, made.id).folder = "Other"
    db.flush()
    server.put(somebody, letter("A third one.\n"), folder="Other")
    assert fetch_mailbox(app, made.id) == 1
    assert tickets(db) == 3


@ONE
def test_the_same_mail_twice_is_one_ticket(app, db, server, somebody, mailbox):
    raw = letter()
    server.put(somebody, raw, raw)
    fetch_mailbox(app, mailbox().id)
    assert tickets(db) == 1
    assert sorted(db.scalars(select(IncomingMail.state))) == ["done", "duplicate"]


@ONE
def test_a_mail_beyond_the_limit_is_refused_with_its_head_kept(app, db, server, somebody, mailbox, state):
    limit = app.config.mail.max_size
    made = mailbox(after="move", move_to="Taken")
    server.put(somebody, letter("x" * 70 * 1024), letter("y" * (limit + 10)), letter("small"))
    assert fetch_mailbox(app, made.id) == 2
    assert (server.count(somebody), server.count(somebody, "Taken"), state(made).refused) == (0, 3, 1)
    refused = db.scalars(select(IncomingMail).where(IncomingMail.state == "refused")).one()
    assert refused.size > limit
    assert refused.raw.startswith(b"From: Ann")
    assert "too large" in refused.reason


@ONE
@pytest.mark.parametrize("raw", [b"", b"\r\n", b"no head at all", b"Subject: \xff\xfe\r\n\r\n\x00\x01"])
def test_whatever_lies_there_is_taken(app, db, server, somebody, mailbox, raw):
    server.put(somebody, raw)
    assert fetch_mailbox(app, mailbox().id) == 1


@ONE
def test_when_nothing_can_be_stored_the_mails_stay(app, db, server, somebody, mailbox, state, monkeypatch):
    made = mailbox(after="delete")
    server.put(somebody, letter(), letter())
    with monkeypatch.context() as patch:
        away = Answer(AnswerKind.TEMPORARY, "the database cannot be reached")
        patch.setattr("rtpy.mailboxes.fetching.take_in", lambda *args, **more: away)
        assert fetch_mailbox(app, made.id) == 0
    assert server.count(somebody) == 2
    assert "database cannot be reached" in state(made).problem
    assert fetch_mailbox(app, made.id) == 2
    assert (server.count(somebody), state(made).problem) == (0, "")


@ONE
def test_letters_of_any_language_in_login_and_folders(app, db, server, mailbox, state):
    made = mailbox(login="süpport", folder="Anfragen & Größe", after="move", move_to="Übernommen")
    server.put("süpport", letter(), folder="Anfragen &- Gr&APYA3w-e")
    assert fetch_mailbox(app, made.id) == 1, state(made).problem
    assert server.count("süpport", "&ANw-bernommen") == 1


@ONE
def test_a_very_large_folder_is_searched_in_pieces(app, db, server, somebody, mailbox, monkeypatch):
    monkeypatch.setattr(imap, "TOGETHER", 2)
    server.put(somebody, *(letter() for _ in range(5)))
    assert fetch_mailbox(app, mailbox().id) == 5
    assert fetch_mailbox(app, db.scalars(select(Mailbox.id)).one()) == 0


@ONE
def test_a_connection_that_breaks_before_the_mark_brings_nothing_twice(
    app, db, server, somebody, mailbox, state, monkeypatch
):
    made = mailbox(after="delete")
    server.put(somebody, letter(), letter())

    def broken(folder, uids):
        raise ConnectionResetError("Connection reset by peer")

    with monkeypatch.context() as patch:
        patch.setattr(imap.Folder, "finish", broken)
        assert fetch_mailbox(app, made.id) == 0
    assert "Connection reset" in state(made).problem
    assert server.count(somebody) == 2
    assert fetch_mailbox(app, made.id) == 0
    assert (server.count(somebody), tickets(db), state(made).problem) == (0, 2, "")
