"""Commands at the top of a mail: whose are obeyed, which lines are commands, all or none, and the answer."""

import pytest
from sqlalchemy import select

from rtpy.config.config import Config
from rtpy.mail.commands.lines import find_orders
from rtpy.mail.commands.reading import read_length
from rtpy.mail.message import read_mail
from rtpy.models import Attachment, OutgoingMail, OutgoingRecipient, Ticket, Transaction, Watcher
from tests.mail.letters import letter

PASSED = "mx.h; dmarc=pass header.from=staff.example"


@pytest.fixture
def options():
    return {"mail__commands": "proved", "mail__authserv_id": "mx.h"}


@pytest.fixture
def config(tmp_path, database_engine, options):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, **options)


@pytest.fixture
def jo(make, db):
    user = make.staff("jo")
    db.commit()
    return user


@pytest.fixture
def ticket(make, db):
    made = make.ticket()
    db.commit()
    return made


@pytest.fixture
def order(send, jo, ticket, db):
    """Jo answers the ticket with a text; returns what came of it."""

    def order(text, **more):
        fields = {
            "sender": "jo@staff.example",
            "subject": f"Re: [rtpy #{ticket.id}] Printer",
            "authentication_results": PASSED,
        }
        action = more.pop("action", "correspond")
        answer = send(letter(text, **(fields | more)), action=action)
        db.expire_all()
        return answer

    return order


def entries(db, ticket):
    query = select(Transaction.type).where(
        Transaction.object_type == "ticket",
        Transaction.object_id == ticket.id,
        Transaction.type.in_(("Correspond", "Comment")),
    )
    return list(db.scalars(query.order_by(Transaction.id)))


def mails_to(db, address):
    query = select(OutgoingMail).join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
    return db.scalars(query.where(OutgoingRecipient.address == address).order_by(OutgoingMail.id)).all()


def texts(app, db, ticket):
    """Everything readable that the ticket holds."""
    parts = db.scalars(
        select(Attachment)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Transaction.object_id == ticket.id, Transaction.object_type == "ticket")
    ).all()
    stored = app.blobs.get_many(db, [part.blob_sha256 for part in parts])
    return b"\n".join(stored.values()).decode()


# --- which lines are commands -----------------------------------------------------------------------------------


def found(text, **more):
    orders = find_orders(read_mail(letter(text, **more)).message)
    return (
        None
        if orders is None
        else [(each.verb.value, each.name, each.of, each.value) for each in orders.lines]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Status: resolved\n\nDone.", [("set", "status", "", "resolved")]),
        (
            "\n\nstatus : resolved\nOWNER: me\n",
            [("set", "status", "", "resolved"), ("set", "owner", "", "me")],
        ),
        ("AddCc: a@b.example, c\n\nx", [("add", "Cc", "", "a@b.example, c")]),
        ("Del Admin Cc: jo\n\nx", [("del", "AdminCc", "", "jo")]),
        ("CF.{Serial number}: 7\n\nx", [("set", "cf", "Serial number", "7")]),
        ("AddCustomField{Tag}: x\n\nx", [("add", "cf", "Tag", "x")]),
        ("CustomRole.{Engineer}: jo\n\nx", [("set", "role", "Engineer", "jo")]),
        ("Time: 25m remote\n\nx", [("set", "time", "", "25m remote")]),
        ("Status: open\nColour: red\n\nx", [("set", "status", "", "open"), ("set", "", "", "red")]),
        ("Status: open\nand then words\n", [("set", "status", "", "open")]),
        ("Owner:\n\nx", [("set", "owner", "", "")]),
    ],
)
def test_lines_that_are_commands(text, expected):
    assert found(text) == expected


NO_COMMANDS = {
    "words first": "Hello,\nStatus: resolved\n",
    "an unknown name first": "Note: see below\nStatus: resolved\n",
    "a blank line between": "Hello\n\nStatus: resolved\n",
    "quoted": "> Status: resolved\n> Owner: jo\n",
    "quoted, with a blank": " > Status: resolved\n",
    "below a quotation": "On Monday Jo wrote:\n> hi\n\nStatus: resolved\n",
    "forwarded": "---------- Forwarded message ---------\nFrom: a@b.example\nSubject: Status: resolved\n",
    "a header of Outlook": "From: a@b.example\nSent: Monday\nTo: jo\nSubject: Owner: me\n",
    "a header that begins with its subject": "Subject: open\nFrom: a@b.example\nTo: jo\n\nx",
    "a header in German": "Subject: open\nVon: a@b.example\nAn: jo\n\nx",
    "an address": "https://x.example/Status:resolved\n",
    "a signature": "-- \nStatus: resolved\n",
    "too many": "Status: open\n" * 60,
    "nothing": "",
    "hashes": "#status resolved\n",
}


@pytest.mark.parametrize("case", NO_COMMANDS)
def test_A66_what_is_no_command(case):
    assert found(NO_COMMANDS[case]) is None


def test_A66_html_alone_gives_no_orders():
    assert found("<p>Status: resolved</p>", content_type="text/html") is None


def test_A66_a_file_gives_no_orders():
    both = (
        "--x\nContent-Type: text/html\n\n<p>Hi</p>\n--x\nContent-Type: text/plain\n"
        "Content-Disposition: attachment; filename=a.txt\n\nStatus: resolved\n--x--\n"
    )
    assert found(both, content_type='multipart/mixed; boundary="x"') is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25", (25, "")),
        ("25m remote", (25, "remote")),
        ("1h 30m", (90, "")),
        ("1h30m on site", (90, "on site")),
        ("1.5 hours", (90, "")),
        ("1,5h, by phone", (90, "by phone")),
        ("2 h", (120, "")),
        ("15 minutes", (15, "")),
    ],
)
def test_times_as_people_write_them(text, expected):
    assert read_length(text) == expected


# --- what they do -----------------------------------------------------------------------------------------------


def test_all_of_them_are_done_with_the_reply_and_the_status_last(order, app, db, jo, make, ticket):
    network = make.queue("Network").id
    db.commit()
    order(
        "Status: resolved\nOwner: me\nPriority: 80\nSubject: Printer replaced\nQueue: network\n"
        "Time: 25m remote\nDue: 2031-03-31 17:00\nAddCc: Bob <bob@client.example>\nTimeLeft: 1h\n\nIt works again.\n"
    )
    row = db.get(Ticket, ticket.id)
    assert (row.status, row.owner_id, row.priority, row.subject) == (
        "resolved",
        jo.id,
        80,
        "Printer replaced",
    )
    assert (row.queue_id, row.time_worked, row.time_left, row.due.year) == (network, 25, 60, 2031)
    ccs = select(Watcher).where(Watcher.ticket_id == row.id, Watcher.role == "Cc")
    assert (entries(db, ticket), len(db.scalars(ccs).all())) == (["Correspond"], 1)
    assert mails_to(db, "jo@staff.example") == []


def test_customers_do_not_see_the_commands_and_staff_are_told_of_them(order, app, db, ticket, last_said):
    html = (
        "--x\nContent-Type: text/plain\n\nOwner: me\n\nIt works again.\n--x\nContent-Type: text/html\n\n"
        "<p>Owner: me</p><p>It works again.</p>\n--x--\n"
    )
    order(html, content_type='multipart/alternative; boundary="x"')
    _, parts = last_said(ticket.id)
    assert ("It works again." in texts(app, db, ticket), "Owner: me" in texts(app, db, ticket)) == (
        True,
        False,
    )
    assert "Commands at its top: Owner: me" in parts[0].remark
    sent = [mail.body + mail.html_body for mail in mails_to(db, "ann@client.example")]
    assert [("It works again." in text, "Owner: me" in text) for text in sent[-1:]] == [(True, False)]


def test_commands_alone_say_nothing_to_anybody(order, db, ticket):
    before = len(mails_to(db, "ann@client.example"))
    order("Priority: 9\nTime: 5\n\n-- \nJo\n\nOn Monday Ann wrote:\n> It burns.\n")
    row = db.get(Ticket, ticket.id)
    assert (row.priority, row.time_worked, entries(db, ticket)) == (9, 5, [])
    assert len(mails_to(db, "ann@client.example")) == before


def test_words_behind_a_time_are_kept_as_a_comment(order, app, db, ticket):
    order("Time: 25m remote\n")
    assert (entries(db, ticket), "Time: 25m remote" in texts(app, db, ticket)) == (["Comment"], True)
    assert db.get(Ticket, ticket.id).time_worked == 25


WRONG = {
    "a status that is not there": ("Status: resolvd", "resolvd"),
    "an unknown name": ("Status: open\nColour: red", "no command of that name"),
    "an unknown person": ("Owner: nosuchone", "nobody named"),
    "an unknown queue": ("Queue: nowhere", "no queue"),
    "a priority": ("FinalPriority: very", "no priority"),
    "a date": ("Due: soonish", "no time"),
    "a time": ("Time: a while", "no time"),
    "our own address": ("AddCc: rt@localhost", "our own address"),
    "an unknown field": ("CF.{Nothing}: 1", "no field"),
    "an unknown role": ("CustomRole.{Nobody}: jo", "no role"),
    "a link": ("RefersTo: 99999", "99999"),
    "twice the same": ("Status: open\nStatus: resolved", "twice"),
    "adding to one value": ("AddOwner: me", "one value"),
    "somebody who is not there": ("DelCc: jo", "has not got that role"),
}


@pytest.mark.databases("sqlite")  # what is tried out is the reading; the next test undoes on both databases
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_line_is_told_and_nothing_is_done(order, db, ticket, case):
    line, said = WRONG[case]
    order(f"Priority: 9\n{line}\n\nHello.\n")
    row = db.get(Ticket, ticket.id)
    answer = mails_to(db, "jo@staff.example")[-1]
    assert (row.priority, entries(db, ticket)) == (0, ["Correspond"])
    assert (said in answer.body, "Priority: 9" in answer.body, "because of the others" in answer.body) == (
        True,
        True,
        True,
    )


def test_what_only_fails_when_done_undoes_all_and_names_the_line(order, db, ticket, make, jo, work_of):
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.links import AddLink

    other = make.ticket()
    change_ticket(work_of("root"), db.get(Ticket, ticket.id), AddLink("DependsOn", str(other.id)))
    db.commit()
    order("Priority: 9\nAddCc: new@client.example\nStatus: resolved\n\nHello.\n")
    row, answer = db.get(Ticket, ticket.id), mails_to(db, "jo@staff.example")[-1]
    ccs = select(Watcher).where(Watcher.ticket_id == row.id, Watcher.role == "Cc")
    assert (row.priority, row.status != "resolved", db.scalars(ccs).all()) == (0, True, [])
    lines = [line.strip() for line in answer.body.splitlines()]
    assert lines[lines.index("Priority: 9") + 1].startswith("Right")
    assert not lines[lines.index("Status: resolved") + 1].startswith("Right")
    assert (answer.internal, ("Auto-Submitted", "auto-replied") in map(tuple, answer.headers)) == (True, True)


def test_wrong_commands_alone_are_kept_from_customers(order, app, db, ticket):
    before = len(mails_to(db, "ann@client.example"))
    order("Status: resolvd\n")
    assert (entries(db, ticket), "resolvd" in texts(app, db, ticket)) == (["Comment"], True)
    assert len(mails_to(db, "ann@client.example")) == before


def test_a_new_ticket_obeys_too(send, db, jo, app):
    answer = send(
        letter(
            "Owner: me\nPriority: 7\n\nNew disk.", sender="jo@staff.example", authentication_results=PASSED
        )
    )
    row = db.get(Ticket, answer.ticket_id)
    assert (row.owner_id, row.priority, "Owner: me" in texts(app, db, row)) == (jo.id, 7, False)


@pytest.mark.databases("sqlite")  # the counter has tests of its own on both
def test_a_sender_is_told_at_most_twenty_times_an_hour(order, db, monkeypatch):
    monkeypatch.setattr("rtpy.mail.commands.answering.PER_HOUR", 2)
    for number in range(4):
        order(f"Status: resolvd\n\nHello {number}.")
    answers = [mail for mail in mails_to(db, "jo@staff.example") if "Not carried out" in mail.subject]
    assert len(answers) == 2


# --- whose are obeyed -------------------------------------------------------------------------------------------


@pytest.mark.databases("sqlite")  # what is tried out is the policy, which asks no database
@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"mail__authserv_id": "mx.h"}, {}),
        ({"mail__commands": "proved"}, {}),
        ({"mail__commands": "proved", "mail__authserv_id": "mx.h"}, {"authentication_results": ""}),
        (
            {"mail__commands": "proved", "mail__authserv_id": "mx.h"},
            {"authentication_results": "mx.h; dmarc=fail header.from=staff.example"},
        ),
        (
            {"mail__commands": "proved", "mail__authserv_id": "mx.h"},
            {"sender": "ann@client.example", "authentication_results": "mx.h; dmarc=pass"},
        ),
        ({"mail__commands": "proved", "mail__authserv_id": "mx.h"}, {"auto_submitted": "auto-generated"}),
    ],
)
def test_A66_nobody_else_commands(order, db, app, ticket, options, fields):
    order("Priority: 9\nStatus: resolved\n\nHello.\n", **fields)
    row = db.get(Ticket, ticket.id)
    assert (row.priority, row.status != "resolved") == (0, True)
    assert not any("Not carried out" in mail.subject for mail in mails_to(db, "jo@staff.example"))


def test_rights_are_those_of_the_sender(order, db, ticket, make, monkeypatch):
    from rtpy.models import Ace

    for grant in db.scalars(select(Ace).where(Ace.right_name.in_(("ModifyTicket", "SuperUser")))):
        db.delete(grant)
    db.commit()
    order("Priority: 9\n\nHello.\n")
    assert db.get(Ticket, ticket.id).priority == 0
    assert "ModifyTicket" in mails_to(db, "jo@staff.example")[-1].body
