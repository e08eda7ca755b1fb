"""Delivery by the worker: retries, refusals, order, holds, crashes; against a real SMTP server that misbehaves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from rtpy.app import App
from rtpy.changes.addresses import set_addresses
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.config.config import Config
from rtpy.content.part import plain_message
from rtpy.mail import outbox
from rtpy.mail.delivery import GIVE_UP, LEASE, deliver_due, pause_after
from rtpy.mail.lease import is_dead, lease_owner
from rtpy.mail.transport import SendmailTransport, SmtpTransport
from rtpy.models import OutgoingMail, OutgoingRecipient, Queue, Transaction, User
from rtpy.ports import Delivery
from tests.mail.scripted_smtp import Script, scripted_smtp


@pytest.fixture
def smtp() -> Iterator[Script]:
    with scripted_smtp() as (script, port):
        script.port = port  # type: ignore[attr-defined]
        yield script


@pytest.fixture
def config(tmp_path: Path, database_engine: Engine, smtp: Script) -> Config:
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(
        tmp_path,
        database__url=url,
        mail__transport="smtp",
        mail__smtp_host="127.0.0.1",
        mail__smtp_port=smtp.port,
    )


@pytest.fixture
def transport(config: Config) -> Iterator[SmtpTransport]:
    transport = SmtpTransport(config.mail, "rtpy.example")
    yield transport
    transport.close()


@pytest.fixture
def deliver(app, transport):
    def deliver(limit: int = 50) -> int:
        return deliver_due(app, transport=transport, limit=limit)

    return deliver


@pytest.fixture
def states(db):
    """State and attempts of each mail, in order."""

    def states() -> list[tuple[str, int]]:
        db.expire_all()
        return [
            (mail.state, mail.attempts) for mail in db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
        ]

    return states


def reply(work, ticket, text: str = "We are on it.") -> None:
    change_ticket(work, ticket, Correspond(plain_message(text)))
    work.db.commit()


def test_a_mail_is_sent_once_and_marked(make, db, deliver, states, smtp):
    make.ticket()
    db.commit()
    assert deliver() == 1
    assert deliver() == 0
    assert states() == [("sent", 1)]
    sender, recipients, mail = smtp.mails[0]
    assert (sender, recipients) == ("<>", ["ann@client.example"])
    assert mail["To"] == "ann@client.example"
    assert "Printer on fire" in mail["Subject"]
    assert db.scalars(select(OutgoingRecipient)).one().last_answer.startswith("250")


def test_several_mails_go_through_one_connection(make, db, deliver, smtp):
    for number in range(4):
        make.ticket(requestor=f"c{number}@client.example")
    db.commit()
    assert deliver() == 4
    assert smtp.connections == 1


def test_a_4xx_is_tried_again_later_with_the_same_message(make, db, deliver, states, smtp, clock):
    make.ticket()
    db.commit()
    smtp.answers["ann@client.example"] = "450 greylisted, come again"
    assert deliver() == 1
    assert states() == [("queued", 1)]
    assert deliver() == 0
    del smtp.answers["ann@client.example"]
    clock.advance(timedelta(seconds=80))
    assert deliver() == 1
    assert states() == [("sent", 2)]


def test_a_4xx_to_data_leaves_the_mail_for_later(make, db, deliver, states, smtp):
    make.ticket()
    db.commit()
    smtp.data_answer = "452 disk full"
    deliver()
    assert states() == [("queued", 1)]


def test_a_5xx_fails_that_recipient_at_once_and_the_others_go_on(make, db, deliver, states, smtp, work):
    ticket = make.ticket(cc=["bob@client.example"])
    db.commit()
    deliver()
    smtp.mails.clear()
    smtp.answers["ann@client.example"] = "550 no such user"
    reply(work, ticket)
    deliver()
    assert states()[-1] == ("failed", 1)
    assert [recipients for _, recipients, _ in smtp.mails] == [["bob@client.example"]]
    outcomes = {
        row.address: row.state
        for row in db.scalars(
            select(OutgoingRecipient).where(
                OutgoingRecipient.mail_id
                == db.scalar(select(OutgoingMail.id).order_by(OutgoingMail.id.desc()))
            )
        )
    }
    assert outcomes == {"ann@client.example": "failed", "bob@client.example": "sent"}
    shown = db.scalars(select(Transaction).where(Transaction.type == "SystemError")).one()
    assert shown.object_id == ticket.id
    assert "ann@client.example" in shown.data
    assert "550 no such user" in shown.data


def test_failures_in_a_row_mark_the_address_and_a_success_forgives(make, db, deliver, smtp, work, clock):
    ticket = make.ticket()
    ann = db.scalars(select(User).where(User.email_address == "ann@client.example")).one()
    smtp.answers["ann@client.example"] = "550 no such user"
    reply(work, ticket)
    deliver()
    db.refresh(ann)
    assert ann.undeliverable == 2
    del smtp.answers["ann@client.example"]
    reply(work, ticket)
    deliver()
    db.refresh(ann)
    assert ann.undeliverable == 0


def test_a_failure_of_a_further_address_marks_nobody(make, db, deliver, smtp, work):
    """The mark says that the address we write to is dead; that of an old one which was merged away is no news."""
    ticket = make.ticket()
    ann = db.scalars(select(User).where(User.email_address == "ann@client.example")).one()
    set_addresses(work, ann, ["ann@old.example"])
    smtp.answers["ann@old.example"] = "550 no such user"
    change_ticket(work, ticket, Correspond(replace(plain_message("Hi"), one_time_cc=("ann@old.example",))))
    deliver()
    db.refresh(ann)
    assert ann.undeliverable == 0
    assert (
        "ann@old.example"
        in db.scalars(select(Transaction.data).where(Transaction.type == "SystemError")).one()
    )


def test_a_connection_dropped_before_the_mail_was_read_means_later(make, db, deliver, states, smtp, clock):
    make.ticket()
    db.commit()
    smtp.drop_at = "data"
    deliver()
    assert states() == [("queued", 1)]
    smtp.drop_at = ""
    clock.advance(timedelta(minutes=2))
    deliver()
    assert states() == [("sent", 2)]
    assert len(smtp.mails) == 1


def test_a_connection_dropped_before_the_answer_gives_one_duplicate_with_the_same_id(
    make, db, deliver, states, smtp, clock
):
    make.ticket()
    db.commit()
    smtp.drop_at = "answer"
    deliver()
    smtp.drop_at = ""
    clock.advance(timedelta(minutes=2))
    deliver()
    assert states() == [("sent", 2)]
    assert smtp.raws[0] == smtp.raws[1]


def test_an_unreachable_server_stops_all_tries_until_the_breaker_closes(make, app, db, states, clock, config):
    for number in range(5):
        make.ticket(requestor=f"c{number}@client.example")
    db.commit()
    closed = Config.for_tests(
        config.home, mail__transport="smtp", mail__smtp_host="127.0.0.1", mail__smtp_port=1
    )
    nobody = SmtpTransport(closed.mail, "rtpy.example")
    assert deliver_due(app, transport=nobody) == 1
    assert deliver_due(app, transport=nobody) == 0
    assert states() == [("queued", 0)] * 5
    clock.advance(timedelta(seconds=16))
    assert deliver_due(app, transport=nobody) == 1
    clock.advance(timedelta(seconds=16))
    assert deliver_due(app, transport=nobody) == 0


def test_after_an_outage_everything_goes_out_in_order(
    make, app, db, deliver, states, clock, config, smtp, work
):
    ticket = make.ticket()
    for number in range(3):
        reply(work, ticket, f"answer {number}")
    closed = Config.for_tests(
        config.home, mail__transport="smtp", mail__smtp_host="127.0.0.1", mail__smtp_port=1
    )
    deliver_due(app, transport=SmtpTransport(closed.mail, "rtpy.example"))
    clock.advance(timedelta(minutes=1))
    assert deliver() == 4
    said = [mail.get_body(("plain",)).get_content().split("\n")[0].strip() for _, _, mail in smtp.mails]
    assert said == ["Hello,", "answer 0", "answer 1", "answer 2"]


def test_tls_that_is_asked_for_and_refused_fails_no_mail(make, app, db, states, config, smtp):
    make.ticket()
    db.commit()
    wanting = Config.for_tests(
        config.home,
        mail__transport="smtp",
        mail__smtp_host="127.0.0.1",
        mail__smtp_port=smtp.port,
        mail__smtp_tls="starttls",
    )
    deliver_due(app, transport=SmtpTransport(wanting.mail, "rtpy.example"))
    assert states() == [("queued", 0)]
    assert smtp.mails == []


def test_a_login_that_is_refused_fails_no_mail(make, app, db, states, config, smtp):
    make.ticket()
    db.commit()
    wanting = Config.for_tests(
        config.home,
        mail__transport="smtp",
        mail__smtp_host="127.0.0.1",
        mail__smtp_port=smtp.port,
        mail__smtp_user="us",
        mail__smtp_password="wrong",
    )
    deliver_due(app, transport=SmtpTransport(wanting.mail, "rtpy.example"))
    assert states() == [("queued", 0)]
    assert "does not let us in" in db.scalars(select(OutgoingMail.last_answer)).one()


@pytest.mark.parametrize(("answer", "state"), [("421 too busy", "queued"), ("554 no", "failed")])
def test_a_refusal_of_all_recipients_is_kept_for_each(make, db, deliver, states, smtp, work, answer, state):
    ticket = make.ticket(cc=["bob@client.example"])
    db.commit()
    deliver()
    smtp.answers = dict.fromkeys(["ann@client.example", "bob@client.example"], answer)
    reply(work, ticket)
    deliver()
    assert states()[-1] == (state, 1)
    smtp.answers = {}
    reply(work, make.ticket(requestor="new@client.example"))
    assert deliver() == 2, "the connection is usable or a new one is made"


def test_a_round_ends_soon_so_that_a_worker_can_stop(make, app, db, deliver, monkeypatch):
    for number in range(3):
        make.ticket(requestor=f"c{number}@client.example")
    db.commit()
    monkeypatch.setattr("rtpy.mail.delivery.ROUND", 0.0)
    assert deliver() == 0
    monkeypatch.setattr("rtpy.mail.delivery.ROUND", 3.0)
    assert deliver() == 3


def test_a_mail_that_failed_twice_gives_way_to_later_ones(make, db, deliver, states, smtp, work, clock):
    ticket = make.ticket()
    db.commit()
    smtp.data_answer = "451 not this one"
    deliver()
    reply(work, ticket)
    assert deliver() == 0, "the second waits for the first"
    clock.advance(timedelta(seconds=80))
    assert deliver() == 2, "after the second attempt the reply goes as well"
    smtp.data_answer = "250 ok"
    clock.advance(timedelta(seconds=80))
    deliver()
    assert states() == [("queued", 2), ("sent", 2)]


def test_another_recipient_of_the_ticket_does_not_wait(make, db, deliver, states, smtp, work):
    make.ticket()
    make.ticket(requestor="bob@client.example")
    db.commit()
    smtp.answers["ann@client.example"] = "450 later"
    deliver()
    assert states() == [("queued", 1), ("sent", 1)]


def test_after_five_days_it_is_given_up_and_said_on_the_ticket(make, db, deliver, states, smtp, clock):
    make.ticket()
    db.commit()
    smtp.answers["ann@client.example"] = "450 full"
    clock.advance(GIVE_UP)
    deliver()
    assert states() == [("failed", 1)]
    assert "450 full" in db.scalars(select(Transaction.data).where(Transaction.type == "SystemError")).one()


@pytest.mark.parametrize(
    ("attempts", "least", "most"),
    [(1, 48, 72), (2, 96, 144), (3, 192, 288), (9, 11520, 17280), (60, 11520, 17280)],
)
def test_pauses_double_up_to_four_hours_with_jitter(attempts, least, most):
    assert pause_after(attempts, 0.0) == timedelta(seconds=least)
    assert pause_after(attempts, 1.0).total_seconds() == pytest.approx(most)


class Dying:
    """A transport in which the worker dies: after the server has the mail or before."""

    def deliver(self, envelope_sender, recipients, raw):
        raise KeyboardInterrupt


def test_p2_what_a_dead_worker_held_goes_again_when_its_lease_runs_out(
    make, app, db, deliver, states, clock, smtp
):
    make.ticket()
    db.commit()
    with pytest.raises(KeyboardInterrupt):
        deliver_due(app, transport=Dying())
    assert states() == [("sending", 1)]
    db.scalars(select(OutgoingMail)).one().lease_owner = "another machine|7|token|1"
    db.commit()
    assert deliver() == 0, "the lease still holds"
    clock.advance(LEASE)
    assert deliver() == 1
    assert states() == [("sent", 2)]


def test_p3_what_this_worker_could_not_note_goes_again_with_its_next_round(make, app, db, deliver, states):
    """The database went away while the mail was handed over."""
    make.ticket()
    db.commit()
    with pytest.raises(KeyboardInterrupt):
        deliver_due(app, transport=Dying())
    assert deliver() == 1
    assert states() == [("sent", 2)]


def test_a_dead_worker_of_this_machine_is_noticed_at_once(make, app, db, deliver, states):
    make.ticket()
    db.commit()
    with pytest.raises(KeyboardInterrupt):
        deliver_due(app, transport=Dying())
    mail = db.scalars(select(OutgoingMail)).one()
    machine, _, token, thread = lease_owner().split("|")
    mail.lease_owner = f"{machine}|{2**22 + 7}|{token}|{thread}"
    db.commit()
    assert deliver() == 1
    assert states() == [("sent", 2)]


@pytest.mark.parametrize(
    ("change", "dead"),
    [
        (lambda machine, process, token: f"{machine}|{process}|{token}|1", False),
        (lambda machine, process, token: f"{machine}|{process}|other|1", True),
        (lambda machine, process, token: f"{machine}|{2**22 + 7}|{token}|1", True),
        (lambda machine, process, token: f"elsewhere|{2**22 + 7}|{token}|1", False),
        (lambda machine, process, token: "", False),
    ],
)
def test_only_what_surely_died_counts_as_dead(change, dead):
    machine, process, token, _ = lease_owner().split("|")
    assert is_dead(change(machine, process, token)) is dead


def test_a_worker_that_lost_its_lease_does_not_overwrite_the_other(
    make, app, db, states, clock, transport, smtp
):
    make.ticket()
    db.commit()

    class Slow:
        def deliver(self, envelope_sender, recipients, raw):
            clock.advance(LEASE)
            mail = db.scalars(select(OutgoingMail)).one()
            mail.lease_owner = "somebody else"
            db.commit()
            return tuple(Delivery(address, "failed", "550 too late") for address in recipients)

    deliver_due(app, transport=Slow(), limit=1)
    assert states()[0][0] == "sending"
    assert db.scalars(select(OutgoingRecipient)).one().state == "queued"


def test_a_held_queue_waits_for_its_release(make, db, deliver, states):
    make.ticket()
    queue = db.scalars(select(Queue).where(Queue.name == "General")).one()
    queue.held = True
    db.commit()
    assert deliver() == 0
    queue.held = False
    db.commit()
    assert deliver() == 1


def test_everything_can_be_held(make, db, deliver, clock):
    make.ticket()
    outbox.hold_all(db, held=True, now=clock.now())
    db.commit()
    assert deliver() == 0
    outbox.hold_all(db, held=False, now=clock.now())
    db.commit()
    assert deliver() == 1


def test_the_configuration_can_hold_everything(make, app, db, transport):
    make.ticket()
    db.commit()
    app.config = Config.for_tests(app.config.home, mail__hold=True)
    assert deliver_due(app, transport=transport) == 0


def test_single_mails_can_be_held_released_cancelled_and_tried_again(make, db, deliver, states, clock, smtp):
    make.ticket()
    db.commit()
    number = db.scalar(select(OutgoingMail.id))
    assert outbox.hold(db, [number]) == 1
    db.commit()
    assert deliver() == 0
    assert outbox.release(db, [number], clock.now()) == 1
    assert outbox.cancel(db, [number]) == 1
    db.commit()
    assert deliver() == 0
    assert outbox.retry(db, [number], clock.now()) == 1
    db.commit()
    assert deliver() == 1
    assert outbox.retry(db, [number], clock.now()) == 0, "what was sent stays sent"
    assert outbox.count_states(db)["sent"] == 1


def test_trying_again_goes_only_to_those_who_did_not_get_it(make, db, deliver, smtp, work, clock):
    ticket = make.ticket(cc=["bob@client.example"])
    db.commit()
    deliver()
    smtp.answers["ann@client.example"] = "550 no"
    reply(work, ticket)
    deliver()
    smtp.answers.clear()
    smtp.mails.clear()
    number = db.scalar(select(OutgoingMail.id).order_by(OutgoingMail.id.desc()))
    outbox.retry(db, [number], clock.now())
    db.commit()
    deliver()
    assert [recipients for _, recipients, _ in smtp.mails] == [["ann@client.example"]]


def test_a_mail_that_cannot_be_built_fails_and_the_next_goes_on(make, app, db, deliver, states):
    make.ticket()
    make.ticket(requestor="bob@client.example")
    db.commit()
    broken = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).first()
    broken.headers = [["From"]]
    db.commit()
    assert deliver() == 1
    assert [state for state, _ in states()] == ["failed", "sent"]


def test_the_maildir_gets_whole_files_that_mail_programs_read(make, app, db, tmp_path):
    import mailbox

    make.ticket()
    db.commit()
    app.config = Config.for_tests(tmp_path / "home")
    assert deliver_due(app) == 1
    box = mailbox.Maildir(app.config.mail_directory)
    (mail,) = list(box)
    assert mail["X-Envelope-To"] == "ann@client.example"
    assert mail["Message-ID"].startswith("<rt-1-")
    assert list((app.config.mail_directory / "tmp").iterdir()) == []


@pytest.mark.parametrize(("code", "outcome"), [(0, "sent"), (67, "failed"), (75, "later")])
def test_sendmail_is_run_without_a_shell(tmp_path, code, outcome):
    program = tmp_path / "sendmail"
    program.write_text(
        f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/arguments\ncat > {tmp_path}/mail\nexit {code}\n'
    )
    program.chmod(0o755)
    told = SendmailTransport(str(program)).deliver(
        "", ["a@b.example", "-oQ/tmp@b.example", "$(id)@b.example"], b"x\r\n"
    )
    assert {one.address: one.outcome for one in told} == {
        "-oQ/tmp@b.example": "failed",
        "a@b.example": outcome,
        "$(id)@b.example": "failed",
    }
    assert (tmp_path / "arguments").read_text() == "-oi|-f|<>|--|a@b.example|"


def test_a_missing_sendmail_is_a_transport_that_cannot_be_reached(tmp_path):
    with pytest.raises(OSError, match="sendmail"):
        SendmailTransport(str(tmp_path / "sendmail")).deliver("", ["a@b.example"], b"")


def test_the_worker_has_the_outbox_among_its_chores(app: App):
    from rtpy.jobs.worker import chores_of

    assert "outbox" in [chore.name for chore in chores_of(app)]
