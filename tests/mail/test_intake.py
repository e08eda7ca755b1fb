"""Mail in: from the bytes to a ticket, and the states on the way (rules I1 to I13)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.people import find_by_address
from rtpy.mail import intake, intake_admin
from rtpy.mail.intake import AnswerKind, take_in, work_off
from rtpy.models import IncomingMail, Ticket, Transaction, User, Watcher
from rtpy.rights.names import Right
from tests.mail.letters import letter


def tickets(db):
    return db.scalar(select(func.count()).select_from(Ticket))


def test_a_first_mail_makes_person_and_ticket(send, db):
    answer = send(letter())
    ticket = db.get(Ticket, answer.ticket_id)
    ann = find_by_address(db, "ann@client.example")
    requestors = db.scalars(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)).all()
    assert (answer.kind, ticket.subject, ticket.creator_id, requestors) == ("ok", "Printer", ann.id, [ann.id])
    assert ann.real_name == "Ann"


def test_a_first_mail_takes_a_fixed_number_of_statements(send, query_count):
    send(letter(sender="bob@client.example", message_id="<first@client.example>"))
    with query_count() as plain:
        send(letter())
    others = ", ".join(f"c{number}@other.example" for number in range(12))
    with query_count() as crowded:
        send(letter(sender="eve@client.example", message_id="<eve@client.example>", cc=others))
    assert crowded.total == plain.total <= 28


def test_I1_the_raw_mail_is_kept_as_it_came_and_marked_done(send, spooled):
    raw = letter().replace(b"\n", b"\r\n") + b"\x00\xff"
    row = spooled(answer := send(raw))
    assert (row.raw, row.state, row.ticket_id, row.attempts) == (raw, "done", answer.ticket_id, 1)


def test_I1_the_raw_mail_is_committed_before_anything_is_read(committed_app, monkeypatch):
    seen = []

    def read(raw, rtname):
        with committed_app.reading_sessions() as db:
            seen.extend(db.execute(select(IncomingMail.raw, IncomingMail.state, IncomingMail.attempts)).all())
        raise ValueError("boom")

    monkeypatch.setattr(intake, "_read_here", read)
    take_in(committed_app, letter("x"), queue="General")
    assert [(row.raw.endswith(b"x"), row.state, row.attempts) for row in seen] == [(True, "working", 1)]


def test_a_reply_by_the_requestor_joins_by_the_subject_tag(send, last_said):
    first = send(letter())
    again = send(letter("Still burning.\n", subject=f"Re: [rtpy #{first.ticket_id}] Printer"))
    said, _ = last_said(first.ticket_id)
    assert (again.ticket_id, said.type, said.face) == (first.ticket_id, "Correspond", "mail")


def test_the_tag_of_another_queue_counts_too(send, make, db):
    make.queue("Network").subject_tag = "net.example"
    db.commit()
    first = send(letter())
    assert send(letter(subject=f"[net.example #{first.ticket_id}]")).ticket_id == first.ticket_id


def test_mail_to_a_merged_number_lands_in_its_target(send, make, db, work):
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.merge import MergeInto

    old, new = make.ticket(), make.ticket()
    change_ticket(work, old, MergeInto(new))
    db.commit()
    assert send(letter(subject=f"[rtpy #{old.id}]")).ticket_id == new.id


def test_the_parameter_names_the_ticket(send):
    first = send(letter())
    assert send(letter("more", subject="anything"), ticket=str(first.ticket_id)).ticket_id == first.ticket_id


@pytest.mark.parametrize("subject", ["[rtpy #999999] lost", "[rtpy #999999999999999999999] lost"])
def test_a_tag_of_no_ticket_makes_a_new_one(send, subject):
    assert send(letter(subject=subject)).ticket_id


def test_staff_comment_by_the_comment_address(send, make, db, last_said):
    make.staff("jo")
    ticket = make.ticket()
    db.commit()
    send(letter("between us", sender="jo@staff.example", subject=f"[rtpy #{ticket.id}]"), action="comment")
    assert last_said(ticket.id)[0].type == "Comment"


def test_a_customer_may_not_comment(send, make, db, spooled):
    ticket = make.ticket()
    db.commit()
    answer = send(letter(subject=f"[rtpy #{ticket.id}]"), action="comment")
    row = spooled(answer)
    assert (answer.kind, row.state, "CommentOnTicket" in row.reason) == (AnswerKind.NOT_OK, "refused", True)


def test_what_a_technician_should_know_stands_on_the_first_part(send, last_said):
    answer = send(letter(date="yesterday noon"))
    assert "Date" in last_said(answer.ticket_id)[1][0].remark


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (b"Subject: who?\n\nhello", "Unknown sender"),
        (b"Return-Path: <ann@client.example>\nSubject: who?\n\nhello", "ann@client.example"),
        (b"From: root\nSubject: local\n\nhello", "Unknown sender"),
        (b"From: one@a.example\nFrom: two@a.example\n\nhello", "one@a.example"),
        (b"hello without any header", "Unknown sender"),
        ("From: \xe4\xf6\xfc@x.example\n\nhello".encode(), "\xe4\xf6\xfc@x.example"),
        (b"From: ann@client.example\n\n", "ann@client.example"),
        (b"\x00\xff\xfe\x00garbage", "Unknown sender"),
    ],
)
def test_I8_nothing_is_refused_for_its_form(send, db, raw, sender):
    answer = send(raw)
    creator = db.get(User, db.get(Ticket, answer.ticket_id).creator_id)
    assert (answer.kind, creator.name) == (AnswerKind.OK, sender)


def test_I8_a_reply_without_text_is_recorded(send, last_said):
    first = send(letter())
    send(letter("", subject=f"[rtpy #{first.ticket_id}]"))
    said, parts = last_said(first.ticket_id)
    assert (said.type, "no text" in parts[0].remark) == ("Correspond", True)


def test_the_envelope_names_a_sender_who_cannot_be_read(send, db):
    answer = send(b"Subject: x\n\nhello", transport={"envelope_sender": "env@client.example"})
    assert db.get(Ticket, answer.ticket_id).creator_id == find_by_address(db, "env@client.example").id


def test_a_disabled_person_is_refused_and_the_mail_kept(send, make, db, spooled):
    from rtpy.models import Principal

    db.get(Principal, make.customer("ann@client.example").id).disabled = True
    db.commit()
    raw = letter()
    row = spooled(answer := send(raw))
    assert (answer.kind, row.state, row.raw, "disabled" in row.reason) == (
        AnswerKind.NOT_OK,
        "refused",
        raw,
        True,
    )


def test_a_login_name_in_From_is_nobodys_proof(send, make, db):
    make.staff("ann@client.example")
    db.commit()
    answer = send(letter())
    assert db.get(Ticket, answer.ticket_id).creator_id == find_by_address(db, "ann@client.example").id


@pytest.mark.parametrize(("queue", "action"), [("Nowhere", "correspond"), ("General", "resolve")])
def test_an_unknown_queue_or_action_is_temporary_and_leaves_nothing(send, db, queue, action):
    answer = send(letter(), queue=queue, action=action)
    assert (answer.kind, db.scalar(select(func.count()).select_from(IncomingMail))) == (
        AnswerKind.TEMPORARY,
        0,
    )


def test_a_closed_queue_refuses_and_keeps(send, make, db, spooled):
    make.queue("Old").disabled = True
    db.commit()
    assert spooled(send(letter(), queue="Old")).state == "refused"


def test_a_queue_is_found_by_its_number(send, make, db):
    queue = make.queue("Network")
    db.commit()
    answer = send(letter(), queue=str(queue.id))
    assert db.get(Ticket, answer.ticket_id).queue_id == queue.id


# --- duplicates -------------------------------------------------------------------------------------------------


def test_I7_the_same_mail_twice_makes_nothing_more(send, db, spooled):
    raw = letter()
    first = send(raw)
    again = send(b"Received: from elsewhere\n" + raw.replace(b"\n", b"\r\n"))
    row = spooled(again)
    assert (again.kind, row.state, row.duplicate_of_id, tickets(db)) == ("ok", "duplicate", first.mail_id, 1)


def test_P8_the_same_mail_to_two_queues_makes_one_ticket_each(send, make, db):
    make.queue("Network")
    db.commit()
    raw = letter()
    assert send(raw).ticket_id != send(raw, queue="Network").ticket_id
    assert tickets(db) == 2


def test_I7_another_mail_under_the_same_id_is_new_and_marked(send, last_said):
    send(letter("one", message_id="<same@c>"))
    second = send(letter("two", message_id="<same@c>"))
    assert "same Message-ID" in last_said(second.ticket_id)[1][0].remark


def test_a_mail_to_two_queues_is_not_marked(send, make, db, last_said):
    make.queue("Network")
    db.commit()
    raw = letter()
    send(raw)
    assert last_said(send(raw, queue="Network").ticket_id)[1][0].remark == ""


@pytest.mark.parametrize(("days", "state"), [(6, "duplicate"), (8, "done")])
def test_I7_without_an_id_the_same_bytes_count_for_a_week(send, clock, spooled, days, state):
    raw = letter(message_id="")
    send(raw)
    clock.advance(timedelta(days=days))
    assert spooled(send(raw)).state == state


# --- failures ---------------------------------------------------------------------------------------------------


def break_filing(monkeypatch, times):
    """Filing fails so many times; returns the list of attempts."""
    real, attempts = intake.file_mail, []

    def file_mail(*arguments):
        attempts.append(1)
        if len(attempts) <= times:
            raise ZeroDivisionError("a bug")
        return real(*arguments)

    monkeypatch.setattr(intake, "file_mail", file_mail)
    return attempts


def test_I4_an_unexpected_failure_is_answered_ok_and_tried_again(app, send, spooled, clock, monkeypatch):
    break_filing(monkeypatch, 1)
    answer = send(letter())
    waiting = spooled(answer)
    assert (answer.kind, waiting.state, "ZeroDivisionError" in waiting.traceback) == ("ok", "received", True)
    clock.advance(timedelta(minutes=1))
    assert work_off(app) == 1
    assert spooled(answer).state == "done"


def test_I12_five_failures_with_growing_pauses_then_quarantine(app, send, spooled, clock, monkeypatch):
    attempts = break_filing(monkeypatch, 99)
    answer = send(letter())
    for minutes in (1, 5, 25, 120):
        clock.advance(timedelta(minutes=minutes, seconds=-1))
        assert work_off(app) == 0
        clock.advance(timedelta(seconds=1))
        assert work_off(app) == 1
    row = spooled(answer)
    assert (row.state, len(attempts), row.attempts, "a bug" in row.reason) == ("quarantined", 5, 5, True)
    clock.advance(timedelta(days=1))
    assert work_off(app) == 0


def test_P11_a_mail_in_quarantine_has_a_ticket_with_its_bytes(app, db, spooled, monkeypatch, last_said):
    def explode(raw, rtname):
        raise RecursionError("too deep")

    monkeypatch.setattr(intake, "_read_here", explode)
    raw = letter()
    answer = take_in(app, raw, queue="General")
    row = spooled(answer)
    parts = last_said(answer.ticket_id)[1]
    ticket = db.get(Ticket, answer.ticket_id)
    assert (answer.kind, row.state, row.ticket_id, ticket.subject) == (
        "ok",
        "quarantined",
        ticket.id,
        "Printer",
    )
    assert (parts[1].content_type, app.blobs.get(db, parts[1].blob_sha256)) == ("message/rfc822", raw)
    assert "too deep" in row.reason


def test_P11_a_poisoned_mail_does_not_hold_up_the_next(send, monkeypatch):
    real = intake._read_here
    monkeypatch.setattr(
        intake, "_read_here", lambda raw, rtname: 1 / 0 if b"poison" in raw else real(raw, rtname)
    )
    assert [send(letter(text)).kind for text in ("poison", "fine", "poison too", "fine too")] == ["ok"] * 4


def test_I12_a_lease_that_ran_out_is_taken_over_and_counts(app, db, send, spooled, clock, monkeypatch):
    monkeypatch.setattr(intake, "attempt", lambda *_, **__: None)
    monkeypatch.setattr(intake, "_within", lambda seconds, deed, later: later)
    answer = send(letter())
    monkeypatch.undo()
    assert (spooled(answer).state, work_off(app)) == ("working", 0)
    clock.advance(timedelta(seconds=61))
    assert work_off(app) == 1
    row = spooled(answer)
    assert (row.state, row.attempts) == ("done", 2)


def test_I12_processes_that_die_on_a_mail_end_in_quarantine(app, db, send, spooled, clock, monkeypatch):
    monkeypatch.setattr(intake, "_within", lambda seconds, deed, later: later)
    answer = send(letter())
    for _ in range(5):
        clock.advance(timedelta(seconds=61))
        work_off(app)
    row = spooled(answer)
    assert (row.state, row.attempts, bool(row.ticket_id)) == ("quarantined", 6, True)


def test_who_lost_the_lease_changes_nothing(app, db, send, spooled, clock, monkeypatch):
    held = []
    monkeypatch.setattr(intake, "_within", lambda seconds, deed, later: held.append(deed) or later)
    answer = send(letter())
    monkeypatch.undo()
    clock.advance(timedelta(seconds=61))
    work_off(app)
    late = held[0]()
    assert (late.kind, tickets(db), spooled(answer).state) == (AnswerKind.OK, 1, "done")


def test_what_takes_too_long_is_answered_ok_and_goes_on(committed_app, monkeypatch):
    import threading

    go_on = threading.Event()
    real = intake._read_here
    monkeypatch.setattr(intake, "PATIENCE", 0.05)
    monkeypatch.setattr(intake, "_read_here", lambda *given: go_on.wait(10) and real(*given))
    answer = take_in(committed_app, letter(), queue="General")
    assert (answer.kind, answer.ticket_id) == (AnswerKind.OK, None)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "intake":
            thread.join(10)
    with committed_app.reading_sessions() as db:
        assert db.scalar(select(IncomingMail.state)) == "done"


def test_the_database_away_is_a_temporary_failure(committed_app, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def away():
        raise OperationalError("BEGIN", {}, OSError("gone"))

    monkeypatch.setattr(committed_app, "sessions", away)
    assert take_in(committed_app, letter(), queue="General").kind is AnswerKind.TEMPORARY


def test_A60_a_mail_beyond_the_limit_is_refused_and_its_beginning_kept(app, spooled, monkeypatch):
    from dataclasses import replace

    app.config = replace(app.config, mail=replace(app.config.mail, max_size=10_000))
    raw = letter("x" * 20_000)
    row = spooled(answer := take_in(app, raw, queue="General"))
    assert (answer.kind, row.state, row.size) == (AnswerKind.NOT_OK, "refused", len(raw))
    assert "too large" in row.reason


# --- the administrator ------------------------------------------------------------------------------------------


def test_I13_a_refused_mail_can_be_tried_again(app, send, make, db, work, spooled):
    queue = make.queue("Old")
    queue.disabled = True
    db.commit()
    answer = send(letter(), queue="Old")
    queue.disabled = False
    intake_admin.retry(work, answer.mail_id)
    db.commit()
    work_off(app)
    assert spooled(answer).state == "done"


def test_I13_a_retry_goes_into_the_fallback_ticket(app, db, work, spooled, monkeypatch):
    monkeypatch.setattr(intake, "_read_here", lambda raw, rtname: 1 / 0)
    answer = take_in(app, letter(), queue="General")
    monkeypatch.undo()
    intake_admin.retry(work, answer.mail_id)
    db.commit()
    work_off(app)
    row = spooled(answer)
    assert (row.state, row.ticket_id, tickets(db)) == ("done", answer.ticket_id, 1)


def test_I13_a_stopped_mail_becomes_a_ticket_in_the_queue_named(app, send, make, db, work, spooled):
    answer = send(letter(x_rt_loop_prevention="rtpy", subject="[rtpy #1] loop"))
    network = make.queue("Network")
    intake_admin.make_ticket(work, answer.mail_id, network)
    db.commit()
    work_off(app)
    assert db.get(Ticket, spooled(answer).ticket_id).queue_id == network.id


def test_I13_junk_stays_readable(send, work, db, spooled):
    raw = letter(x_rt_loop_prevention="rtpy")
    answer = send(raw)
    intake_admin.mark_as_junk(work, answer.mail_id)
    db.commit()
    assert (spooled(answer).state, spooled(answer).raw) == ("junk", raw)
    assert intake_admin.count_by_state(db) == {"junk": 1}


def test_I13_a_mail_that_is_done_is_left_alone(send, work):
    from rtpy.errors import Refused

    answer = send(letter())
    with pytest.raises(Refused, match="is done"):
        intake_admin.retry(work, answer.mail_id)


def test_I13_is_for_administrators_only(send, make, work_of):
    from rtpy.errors import Refused

    answer = send(letter(x_rt_loop_prevention="rtpy"))
    make.staff("jo")
    with pytest.raises(Refused, match=Right.SUPER_USER):
        intake_admin.retry(work_of("jo"), answer.mail_id)


def test_the_number_of_statements_for_a_new_ticket_stays_small(send, query_count):
    send(letter())
    with query_count() as count:
        send(letter("again", subject="Router"))
    assert count.total <= 45, count.statements


def test_one_mail_is_one_entry_of_history(send, db):
    answer = send(letter())
    types = db.scalars(
        select(Transaction.type).where(
            Transaction.object_type == "ticket", Transaction.object_id == answer.ticket_id
        )
    ).all()
    assert types.count("Create") == 1
