"""Processes that die in the middle of a fetch, and workers that fetch at once: nothing lost, nothing twice (I6, P2)."""

import signal
import socket
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.mail.intake import work_off
from rtpy.mailboxes import due
from rtpy.mailboxes.fetching import fetch_mailbox
from rtpy.mailboxes.saving import save_mailbox
from rtpy.models import IncomingMail, Mailbox, MailboxState, Ticket
from tests.mail.letters import letter
from tests.mailboxes.dying import fetch_apart

MAILS = 6


@pytest.fixture
def mailbox(committed_app, given):
    """Makes a mailbox whose settings are committed; its number."""

    def mailbox(**more):
        with committed_app.work() as work:
            root = committed_app.work_in(work.db)
            row = save_mailbox(root, None, given(**more))
            return row.id

    return mailbox


@pytest.mark.parametrize(
    ("point", "passage", "after"),
    [
        ("spooled", 3, "delete"),
        ("before-commit", 3, "move"),
        ("before-answer", 3, "seen"),
        ("mailbox-before-marks", 1, "delete"),
        ("mailbox-after-marks", 1, "move"),
    ],
)
@pytest.mark.databases("sqlite")  # the commits behind it are killed on both in tests/mail
def test_P2_a_fetch_that_is_killed_loses_nothing_and_doubles_nothing(
    committed_app, server, somebody, mailbox, point, passage, after
):
    app = committed_app
    number = mailbox(after=after, move_to="Taken")
    subjects = {f"mail {each}" for each in range(MAILS)}
    server.put(somebody, *(letter(subject=subject) for subject in sorted(subjects)))
    assert fetch_apart(app, number, point, passage) == -signal.SIGKILL
    fetch_mailbox(app, number)  # the dead process held the lease: that is seen at once
    app.clock.advance(timedelta(seconds=61))
    work_off(app)
    with app.work(reading=True) as work:
        assert sorted(work.db.scalars(select(Ticket.subject))) == sorted(subjects)
        assert set(work.db.scalars(select(IncomingMail.state))) == {"done"}
        assert work.db.get_one(MailboxState, number).problem == ""
    left = {"delete": 0, "move": 0, "seen": MAILS}[after]
    assert (server.count(somebody), server.unseen(somebody)) == (left, 0)


def test_two_workers_at_once_make_each_mail_one_ticket(committed_app, server, somebody, mailbox):
    number = mailbox(after="delete")
    server.put(somebody, *(letter(subject=f"mail {each}") for each in range(MAILS)))
    threads = [threading.Thread(target=fetch_mailbox, args=(committed_app, number)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with committed_app.work(reading=True) as work:
        assert len(work.db.scalars(select(Ticket.id)).all()) == MAILS
        assert work.db.scalars(select(IncomingMail.state)).all() == ["done"] * MAILS
    assert server.count(somebody) == 0


@pytest.mark.databases("sqlite")  # about threads
def test_a_server_that_hangs_holds_up_no_other_mailbox(committed_app, server, somebody, mailbox):
    app = committed_app
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = mailbox(name="Slow", login="slow", tls="none", port=str(silent.getsockname()[1]))
        mailbox(name="Quick")
        server.put(somebody, letter())
        began = time.monotonic()
        due.fetch_due(app)
        assert time.monotonic() - began < 5
        deadline = time.monotonic() + 20
        while server.unseen(somebody) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert server.unseen(somebody) == 0
        with app.work(reading=True) as work:
            state = work.db.get_one(MailboxState, slow)
            assert state.lease_owner
        assert due.state.due_mailboxes(app) == []
    for thread in app.caches["mailboxes.running"].values():
        thread.join(20)


@pytest.mark.databases("sqlite")
def test_a_mailbox_that_is_switched_off_is_left_alone(committed_app, mailbox):
    number = mailbox(disabled="1")
    assert due.state.due_mailboxes(committed_app) == []
    with committed_app.work() as work:
        work.db.get_one(Mailbox, number).disabled = False
    assert due.state.due_mailboxes(committed_app) == [number]
