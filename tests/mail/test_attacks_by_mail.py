"""Attacks by mail: what strangers, forgers and machines try, by the numbers of the attack cases."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.people import find_by_address
from rtpy.config.config import Config
from rtpy.mail.intake import AnswerKind
from rtpy.mail.message_ids import own_message_id
from rtpy.models import (
    IncomingMail,
    Link,
    OutgoingMail,
    OutgoingRecipient,
    Ticket,
    Transaction,
    User,
    Watcher,
)
from tests.mail.letters import letter

STRANGER = "Mallory <mallory@evil.example>"


@pytest.fixture
def options():
    """Further options of the site; override by parametrizing `options`."""
    return {}


@pytest.fixture
def config(tmp_path, database_engine, options):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, **options)


@pytest.fixture
def ticket(make, db):
    """Ann's ticket, with Bob as Cc."""
    made = make.ticket(cc=["bob@client.example"])
    db.commit()
    return made


def with_options(**options):
    return pytest.mark.parametrize("options", [options])


def tagged(ticket, text="let me in", **more):
    return letter(text, subject=f"Re: [rtpy #{ticket.id}] Printer on fire", **more)


def watchers(db, ticket):
    return set(db.scalars(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)))


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


# --- A52: the subject tag of a stranger -------------------------------------------------------------------------


def test_A52_a_strangers_tag_opens_a_ticket_of_its_own_that_refers_to_the_other(send, db, ticket, last_said):
    answer = send(tagged(ticket, sender=STRANGER))
    link = db.scalars(select(Link)).one()
    new = db.get(Ticket, answer.ticket_id)
    assert (link.local_base_id, link.local_target_id) == (new.id, ticket.id)
    assert f"#{ticket.id}" in last_said(new.id)[1][0].remark
    assert f"#{ticket.id}" not in new.subject


def test_A52_the_stranger_neither_changes_nor_joins_the_ticket(send, db, ticket, last_said):
    before = watchers(db, ticket)
    send(tagged(ticket, sender=STRANGER))
    assert (last_said(ticket.id)[0].type, watchers(db, ticket)) == ("Create", before)


@with_options(mail__reply_policy="anyone")
def test_A52_where_anyone_may_add_a_stranger_adds_a_marked_note_for_staff(send, db, ticket, last_said):
    before = watchers(db, ticket)
    answer = send(tagged(ticket, sender=STRANGER))
    said, parts = last_said(ticket.id)
    assert (answer.ticket_id, said.type, watchers(db, ticket)) == (ticket.id, "Comment", before)
    assert "no participant" in parts[0].remark


def test_A52_a_queue_may_be_more_open_than_the_site(send, make, db, ticket, last_said):
    make.queue("General").reply_policy = "anyone"
    db.commit()
    assert send(tagged(ticket, sender=STRANGER)).ticket_id == ticket.id


@pytest.mark.parametrize("address", ["ann@client.example", "bob@client.example", "ANN@Client.Example"])
def test_A52_participants_join(send, ticket, last_said, address):
    assert send(tagged(ticket, sender=address)).ticket_id == ticket.id
    assert last_said(ticket.id)[0].type == "Correspond"


def test_A52_staff_join(send, make, db, ticket):
    make.staff("jo")
    db.commit()
    assert send(tagged(ticket, sender="jo@staff.example")).ticket_id == ticket.id


@pytest.mark.parametrize(
    ("options", "joins"),
    [({"mail__reply_policy": "organization"}, True), ({"mail__reply_policy": "participants"}, False)],
)
def test_A52_a_colleague_joins_where_organizations_may(send, make, db, joins):
    make.organization("Client", "client.example")
    ticket = make.ticket()
    db.commit()
    assert (send(tagged(ticket, sender="carl@client.example")).ticket_id == ticket.id) is joins


def test_A52_the_ticket_parameter_gives_a_stranger_no_more_than_a_tag(send, ticket):
    assert send(letter(sender=STRANGER), ticket=str(ticket.id)).ticket_id != ticket.id


def test_A30_mail_of_a_stranger_to_a_merged_number_does_not_reach_the_target(send, make, db, ticket, work):
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.merge import MergeInto

    old = make.ticket(requestor="old@client.example")
    change_ticket(work, old, MergeInto(ticket))
    db.commit()
    assert send(tagged(old, sender=STRANGER)).ticket_id not in (old.id, ticket.id)
    assert send(tagged(old, sender="old@client.example")).ticket_id == ticket.id


# --- A53: references --------------------------------------------------------------------------------------------


def test_A53_an_answer_to_our_signed_mail_joins_and_is_marked(send, app, db, ticket, last_said):
    before = watchers(db, ticket)
    ours = own_message_id(app, ticket.id, 5, 1)
    answer = send(letter(sender=STRANGER, in_reply_to=f"<{ours}>"))
    said, parts = last_said(ticket.id)
    assert (answer.ticket_id, said.type, "no participant" in parts[0].remark) == (
        ticket.id,
        "Correspond",
        True,
    )
    assert watchers(db, ticket) == before


@pytest.mark.parametrize("field", ["in_reply_to", "references"])
def test_A53_a_reference_without_our_signature_gives_a_stranger_nothing(send, app, ticket, field):
    ours = own_message_id(app, ticket.id, 5, 1)
    forged = ours.replace(ours.split("@")[0].split("-")[-1], "0" * 20)
    for reference in (forged, f"RT-Ticket-{ticket.id}@{app.config.organization}"):
        answer = send(letter(sender=STRANGER, **{field: f"<{reference}>"}))
        assert answer.ticket_id != ticket.id


def test_A53_a_participants_plain_reference_joins(send, app, ticket):
    reference = f"<x@y> <RT-Ticket-{ticket.id}@{app.config.organization}>"
    assert send(letter(references=reference)).ticket_id == ticket.id


def test_A53_a_signature_for_one_ticket_does_not_open_another(send, app, make, db, ticket):
    other = make.ticket(requestor="other@client.example")
    db.commit()
    answer = send(tagged(other, sender=STRANGER, in_reply_to=f"<{own_message_id(app, ticket.id, 5, 1)}>"))
    assert answer.ticket_id == ticket.id


# --- A54: forged staff ------------------------------------------------------------------------------------------

PASSED = "mx.home.example; dmarc=pass header.from=staff.example"
FAILED = "mx.home.example; spf=pass; dmarc=fail (p=none) header.from=staff.example"
FOREIGN = "mx.evil.example; dmarc=pass header.from=staff.example"


@pytest.fixture
def jo(make, db):
    user = make.staff("jo")
    db.commit()
    return user


def from_jo(ticket, results="", **more):
    return tagged(ticket, sender="jo@staff.example", authentication_results=results, **more)


def test_A54_without_a_checking_server_staff_reply_and_are_marked(send, jo, ticket, last_said):
    send(from_jo(ticket))
    said, parts = last_said(ticket.id)
    assert (said.type, said.creator_id, "not proved" in parts[0].remark) == ("Correspond", jo.id, True)


@with_options(mail__authserv_id="mx.home.example")
def test_A54_proved_staff_are_not_marked(send, jo, ticket, last_said):
    send(from_jo(ticket, PASSED))
    assert (last_said(ticket.id)[0].type, last_said(ticket.id)[1][0].remark) == ("Correspond", "")


@pytest.mark.parametrize("action", ["correspond", "comment"])
@pytest.mark.parametrize(
    ("options", "results"),
    [
        ({"mail__authserv_id": "mx.home.example"}, FAILED),
        ({"mail__authserv_id": "mx.home.example", "mail__trust_staff": "proved"}, ""),
        ({"mail__authserv_id": "mx.home.example", "mail__trust_staff": "proved"}, FOREIGN),
        ({"mail__trust_staff": "proved"}, PASSED),
    ],
)
def test_A54_unproved_staff_neither_reply_nor_comment_in_a_ticket(
    send, jo, ticket, last_said, results, action
):
    answer = send(from_jo(ticket, results), action=action)
    assert (answer.ticket_id != ticket.id, last_said(ticket.id)[0].type) == (True, "Create")
    assert "not proved" in last_said(answer.ticket_id)[1][0].remark


@with_options(mail__authserv_id="mx.home.example")
def test_A54_what_the_checking_server_wrote_first_counts(send, jo, ticket):
    raw = f"Authentication-Results: {FAILED}\nAuthentication-Results: {PASSED}\n".encode() + from_jo(ticket)
    assert send(raw).ticket_id != ticket.id


@with_options(mail__authserv_id="mx.home.example")
def test_A54_a_proof_of_From_does_not_prove_Reply_To(send, jo, ticket):
    raw = tagged(ticket, sender=STRANGER, reply_to="jo@staff.example", authentication_results=PASSED)
    assert send(raw).ticket_id != ticket.id


# --- A55: Ccs ---------------------------------------------------------------------------------------------------


def ccs(db, answer):
    query = select(User.email_address).join(Watcher, Watcher.principal_id == User.id)
    return set(db.scalars(query.where(Watcher.ticket_id == answer.ticket_id, Watcher.role == "Cc")))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("none", set()),
        ("known", {"bob@client.example"}),
        ("all", {"bob@client.example", "new@client.example"}),
    ],
)
def test_A55_other_addresses_become_ccs_by_the_queues_policy_only(send, make, db, policy, expected):
    queue = make.queue("General")
    queue.cc_policy, queue.correspond_address = policy, "help@home.example"
    make.customer("bob@client.example")
    db.commit()
    others = (
        "bob@client.example, New <new@client.example>, help+x@home.example, rt@localhost, ann@client.example"
    )
    assert ccs(db, send(letter(cc=others))) == expected


def test_A55_never_more_than_twenty(send, make, db):
    make.queue("General").cc_policy = "all"
    db.commit()
    others = ", ".join(f"p{number}@client.example" for number in range(100))
    assert len(ccs(db, send(letter(cc=others)))) == 20


def test_A55_a_reply_adds_nobody(send, make, db, ticket):
    make.queue("General").cc_policy = "all"
    db.commit()
    before = watchers(db, ticket)
    send(tagged(ticket, cc="friend@client.example"))
    assert watchers(db, ticket) == before


# --- A57: floods ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "senders"),
    [
        ({"mail__max_new_tickets_per_hour": 3}, ["m@evil.example"] * 5),
        (
            {"mail__max_new_tickets_per_domain_per_hour": 3},
            [f"m{number}@evil.example" for number in range(5)],
        ),
        ({"mail__max_new_tickets_per_queue_per_hour": 3}, [f"m@evil{number}.example" for number in range(5)]),
    ],
)
def test_A57_beyond_the_cap_mails_are_held_and_nothing_is_sent(send, db, spooled, senders):
    answers = [
        send(letter(f"{number}", sender=sender, subject=f"{number}?"))
        for number, sender in enumerate(senders)
    ]
    sent = count(db, OutgoingMail)
    rows = [spooled(answer) for answer in answers]
    assert [row.state for row in rows] == ["done"] * 3 + ["quarantined"] * 2
    assert [answer.kind for answer in answers] == ["ok"] * 5
    assert (count(db, Ticket), rows[-1].reason.startswith("A flood")) == (3, True)
    assert sent <= 3


@with_options(mail__max_new_tickets_per_hour=1)
def test_A57_a_held_mail_can_be_released_and_comes_once(app, send, db, work, spooled):
    from rtpy.mail.intake import work_off
    from rtpy.mail.intake_admin import retry

    send(letter("one"))
    raw = letter("two")
    held = send(raw)
    assert spooled(send(raw)).state == "duplicate"
    retry(work, held.mail_id)
    db.commit()
    work_off(app)
    assert (spooled(held).state, count(db, Ticket)) == ("done", 2)


@with_options(mail__max_new_tickets_per_hour=1)
def test_A57_replies_are_not_capped(send):
    first = send(letter("one"))
    answers = [send(letter(f"more {n}", subject=f"[rtpy #{first.ticket_id}]")) for n in range(3)]
    assert {answer.ticket_id for answer in answers} == {first.ticket_id}


@with_options(mail__max_new_tickets_per_hour=1)
def test_A57_the_cap_is_over_after_the_hour(send, spooled, clock):
    send(letter("one"))
    clock.advance(timedelta(hours=1))
    assert spooled(send(letter("two"))).state == "done"


# --- A58: loops -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"x_rt_loop_prevention": "rtpy"},
        {"sender": "rt@localhost"},
        {"sender": "Help <HELP+abc@home.example>"},
    ],
)
def test_A58_our_own_mail_is_stopped_and_kept(send, make, db, spooled, fields):
    make.queue("General").correspond_address = "help@home.example"
    db.commit()
    raw = letter(**fields)
    row = spooled(answer := send(raw))
    assert (answer.kind, row.state, row.raw, "loop" in row.reason) == (
        AnswerKind.NOT_OK,
        "refused",
        raw,
        True,
    )
    assert count(db, Ticket) == 0


def test_A58_our_own_mail_is_known_by_its_Message_ID_even_without_its_headers(send, app, ticket, spooled):
    ours = own_message_id(app, ticket.id, 5, 1)
    row = spooled(send(letter(sender="list@lists.example", message_id=f"<{ours}>")))
    assert (row.state, "loop" in row.reason) == ("refused", True)


def test_A58_our_address_in_Reply_To_only_makes_nobody_of_us(send, db):
    answer = send(letter(sender=STRANGER, reply_to="rt@localhost"))
    assert db.get(Ticket, answer.ticket_id).creator_id == find_by_address(db, "mallory@evil.example").id


def autoreplies(db, address):
    query = select(func.count()).select_from(OutgoingRecipient).where(OutgoingRecipient.address == address)
    return db.scalar(query)


def test_A58_a_helpdesk_that_opens_tickets_in_answer_gets_at_most_three_answers(send, make, db, clock):
    make.customer("desk@other.example")
    db.commit()
    clock.advance(timedelta(hours=2))
    for number in range(8):
        send(
            letter(
                f"Your request {number}", sender="desk@other.example", subject=f"[Case {number}] We got it"
            )
        )
    assert 1 <= autoreplies(db, "desk@other.example") <= 3


@pytest.mark.parametrize(
    "fields",
    [
        {"auto_submitted": "auto-replied"},
        {"precedence": "bulk"},
        {"subject": "Out of office"},
        {"list_id": "x"},
    ],
)
def test_A58_machine_mail_makes_a_ticket_and_gets_no_answer(send, db, fields):
    answer = send(letter(**fields))
    assert (bool(answer.ticket_id), autoreplies(db, "ann@client.example")) == (True, 0)


def test_A58_a_vacation_note_is_recorded_and_does_not_reopen(send, db, ticket, work, last_said):
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.status import SetStatus

    change_ticket(work, ticket, SetStatus("resolved"))
    db.commit()
    send(tagged(ticket, "I am away", auto_submitted="auto-replied"))
    db.expire_all()
    assert (last_said(ticket.id)[0].type, db.get(Ticket, ticket.id).status) == ("Correspond", "resolved")


# --- A59: bounces -----------------------------------------------------------------------------------------------


def bounce(message_id, *, address="ann@client.example", action="failed", status="5.1.1", number=1):
    return f"""From: MAILER-DAEMON@mx.client.example
To: rt@localhost
Return-Path: <>
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce{number}@mx.client.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your mail.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} unknown user

--b
Content-Type: text/rfc822-headers

From: rt@localhost
To: {address}
Message-ID: <{message_id}>
Subject: [rtpy #1] Printer on fire

--b--
""".encode()


@pytest.fixture
def sent(app, db, ticket):
    """A mail that we sent to Ann and Bob about the ticket."""
    mail = OutgoingMail(
        created=app.clock.now(),
        ticket_id=ticket.id,
        message_id=own_message_id(app, ticket.id, 1, 77),
        headers=[],
        not_before=app.clock.now(),
        state="sent",
    )
    db.add(mail)
    db.flush()
    for address in ("ann@client.example", "bob@client.example"):
        db.add(OutgoingRecipient(mail_id=mail.id, kind="to", address=address, state="sent"))
    db.commit()
    return mail


def undeliverable(db, address):
    db.expire_all()
    return find_by_address(db, address).undeliverable


def test_A59_a_bounce_is_filed_for_staff_with_the_ticket_that_caused_it(send, ticket, sent, last_said):
    answer = send(bounce(sent.message_id))
    assert (answer.ticket_id, last_said(ticket.id)[0].type) == (ticket.id, "Comment")


def test_A59_the_recipient_that_failed_is_marked_and_no_other(send, db, sent):
    send(bounce(sent.message_id))
    query = select(OutgoingRecipient.address, OutgoingRecipient.state)
    rows = db.execute(query.where(OutgoingRecipient.mail_id == sent.id))
    assert {row.address: row.state for row in rows} == {
        "ann@client.example": "failed",
        "bob@client.example": "sent",
    }
    assert (undeliverable(db, "ann@client.example"), undeliverable(db, "bob@client.example")) == (1, 0)


@pytest.mark.parametrize(
    "more", [{"action": "delayed", "status": "4.4.1"}, {"address": "someone@else.example"}]
)
def test_A59_a_delay_or_an_address_that_was_not_written_to_marks_nobody(send, db, sent, more):
    send(bounce(sent.message_id, **more))
    assert undeliverable(db, "ann@client.example") == 0


def test_A59_a_forged_report_marks_nobody_and_reaches_no_ticket(send, db, ticket, sent, last_said):
    forged = sent.message_id.replace(sent.message_id.split("@")[0].split("-")[-1], "0" * 20)
    answer = send(bounce(forged))
    assert (answer.ticket_id != ticket.id, undeliverable(db, "ann@client.example")) == (True, 0)


def test_A59_a_storm_is_answered_by_nothing_and_tells_the_agents_at_most_three_times(
    send, db, make, ticket, sent, work
):
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.people import AddWatcher

    jo = make.staff("jo")
    change_ticket(work, ticket, AddWatcher("AdminCc", jo.id))
    db.commit()
    before = count(db, OutgoingMail)
    for number in range(30):
        send(bounce(sent.message_id, number=number))
    told = count(db, OutgoingMail) - before
    comments = db.scalar(select(func.count()).select_from(Transaction).where(Transaction.type == "Comment"))
    assert (comments, 1 <= told <= 3, autoreplies(db, "MAILER-DAEMON@mx.client.example")) == (30, True, 0)


def test_A59_failures_that_belong_nowhere_share_one_ticket_until_it_is_resolved(send, db, work, spooled):
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.status import SetStatus

    answers = [send(bounce("spam@evil.example", number=number)) for number in range(5)]
    assert (len({answer.ticket_id for answer in answers}), count(db, Ticket)) == (1, 1)
    assert spooled(answers[0]).state == "done"
    change_ticket(work, db.get(Ticket, answers[0].ticket_id), SetStatus("resolved"))
    db.commit()
    assert send(bounce("spam@evil.example", number=9)).ticket_id != answers[0].ticket_id


def test_A59_what_a_postmaster_writes_is_a_mail_like_others(send, db):
    answer = send(letter("Please whitelist us.", sender="postmaster@client.example", subject="Your server"))
    assert db.get(Ticket, answer.ticket_id).subject == "Your server"


# --- A60, A61: size and depth -----------------------------------------------------------------------------------


def nested(depth):
    opened = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n' for level in range(depth)
    )
    return ("From: ann@client.example\nSubject: deep\nMIME-Version: 1.0\n" + opened + "\ntext\n").encode()


def forwarded(depth):
    return (
        b"From: ann@client.example\nSubject: deep\n"
        + b"Content-Type: message/rfc822\n\n" * depth
        + b"\ntext\n"
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(letter("x" * 3_000_000), id="A60-3-MB-in-one-line"),
        pytest.param(letter(subject="s" * 1_000_000), id="A60-subject"),
        pytest.param(letter(x_long="h" * 1_000_000), id="A60-header-line"),
        pytest.param(letter(**{f"x_{n}": "v" for n in range(10_000)}), id="A60-header-fields"),
        pytest.param(letter(to=", ".join(f"p{n}@x.example" for n in range(100_000))), id="A60-recipients"),
        pytest.param(letter(references=" ".join(f"<{n}@x>" for n in range(100_000))), id="A60-references"),
        pytest.param(b"Return-Path: <" + b"a@" * 200_000 + b" x\n\ntext", id="A63-return-path"),
        pytest.param(
            letter(sender="", authentication_results="mx; " + "dmarc=" * 50_000 + "x" * 100_000),
            id="A63-results",
        ),
        pytest.param(nested(1_000), id="A61-multipart"),
        pytest.param(forwarded(500), id="A61-rfc822"),
        pytest.param(
            b'From: ann@client.example\nContent-Type: multipart/mixed; boundary="b"\n\n'
            + b"--b\nContent-Type: text/plain\n\nx\n" * 25_000,
            id="A60-parts",
        ),
    ],
)
@with_options(mail__authserv_id="mx")
def test_large_and_deep_mails_go_in_within_ten_seconds(send, spooled, raw):
    began = time.process_time()
    answer = send(raw)
    assert time.process_time() - began < 10
    assert (spooled(answer).state, spooled(answer).raw == raw) == ("done", True)


# --- A65, A66: control by mail ----------------------------------------------------------------------------------


def test_A65_headers_that_only_we_may_set_are_ignored_and_told(send, db, last_said):
    answer = send(
        letter(x_rt_ticket="rtpy #1", rt_send_cc="x@evil.example", rt_squelch_replies_to="a@b.example")
    )
    part = last_said(answer.ticket_id)[1][0]
    assert "rt-send-cc" in part.remark
    assert "RT-Send-Cc" not in part.headers.title().replace("Rt", "RT")
    assert autoreplies(db, "x@evil.example") == 0


def test_A65_of_two_From_lines_the_first_is_the_sender_and_it_is_told(send, db, last_said):
    raw = b"From: one@client.example\nFrom: jo@staff.example\nSubject: two\n\nhi"
    answer = send(raw)
    assert db.get(Ticket, answer.ticket_id).creator_id == find_by_address(db, "one@client.example").id
    assert "2 From lines" in last_said(answer.ticket_id)[1][0].remark


@pytest.mark.parametrize("text", ["Status: resolved\nOwner: root\n\nthanks", "#status resolved\n"])
def test_A66_commands_in_a_mail_are_text(send, db, jo, ticket, text):
    send(tagged(ticket, text, sender="jo@staff.example"))
    db.expire_all()
    same = db.get(Ticket, ticket.id)
    assert (same.status in ("new", "open"), same.owner_id) == (True, ticket.owner_id)


def test_every_stopped_mail_says_why(send, db):
    send(letter(x_rt_loop_prevention="rtpy"))
    stopped = select(IncomingMail.reason).where(IncomingMail.state.in_(("refused", "quarantined")))
    assert all(db.scalars(stopped))
