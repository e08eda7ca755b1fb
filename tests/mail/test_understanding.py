"""What a mail means: forwarded by staff, thanks for a closed ticket, and what is only kept."""

import re
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy.config.config import Config
from rtpy.history.reading import read_history
from rtpy.mail.calendar_parts import read_calendar
from rtpy.mail.forwarded import read_forwarded
from rtpy.mail.hints import open_hints, settle_hint
from rtpy.mail.message import read_mail
from rtpy.models import (
    Attachment,
    Blob,
    MailHint,
    OutgoingMail,
    OutgoingRecipient,
    Ticket,
    Transaction,
    User,
    Watcher,
)
from rtpy.web.calendars import show_calendars
from tests.mail.letters import letter

PURE = pytest.mark.databases("sqlite")  # reads a mail, asks no database

GMAIL = """Bitte anschauen, der ist schwierig.

---------- Forwarded message ---------
From: Jo Client <jo@client.example>
Date: Mon, 3 May 2027 at 10:00
Subject: Printer
To: <tech@staff.example>


It burns.

Jo
"""
OUTLOOK = """FYI

________________________________
From: Jo Client [mailto:jo@client.example]
Sent: Monday, May 3, 2027 10:00 AM
To: Tech
Subject: Printer

It burns.
"""
GERMAN = """
Von: Jo Client <jo@client.example>
Gesendet: Montag, 3. Mai 2027 10:00
An: Tech <tech@staff.example>
Betreff: Drucker

Er brennt.
"""
FRENCH = """Voir ci-dessous

De : Jo Client <jo@client.example>
Envoyé : lundi 3 mai 2027 10:00
À : Tech
Objet : Imprimante

Elle brûle.
"""
APPLE = """Please.

Begin forwarded message:

> From: Jo Client <jo@client.example>
> Subject: Printer
> Date: 3 May 2027 at 10:00:00 CEST
> To: tech@staff.example
>
> It burns.
> Really.
"""
BOLD = """*Von:* Jo Client <jo@client.example>
*Gesendet:* Montag, 3. Mai 2027 10:00
*An:* Tech
*Betreff:* Drucker

Er brennt.
"""
GMX = """Gesendet: Montag, 03. Mai 2027 um 10:00 Uhr
Von: "Jo Client" <jo@client.example>
An: tech@staff.example
Betreff: Drucker

Er brennt.
"""
OTHERS = {
    "spanish": "De: Jo Client <jo@client.example>\nEnviado el: lunes\nPara: Tech\nAsunto: Impresora\n\nArde.\n",
    "italian": "Da: Jo Client <jo@client.example>\nInviato: lunedì\nA: Tech\nOggetto: Stampante\n\nBrucia.\n",
    "dutch": "Van: Jo Client <jo@client.example>\nVerzonden: maandag\nAan: Tech\nOnderwerp: Printer\n\nBrandt.\n",
    "polish": "Od: Jo Client <jo@client.example>\nWysłano: poniedziałek\nDo: Tech\nTemat: Drukarka\n\nPali się.\n",
    "swedish": "Från: Jo Client <jo@client.example>\nSkickat: måndag\nTill: Tech\nÄmne: Skrivare\n\nDet brinner.\n",
    "russian": "От: Jo Client <jo@client.example>\nОтправлено: вчера\nКому: Tech\nТема: Принтер\n\nГорит.\n",
}


def forwarded(text, subject="Fwd: Printer"):
    return read_forwarded(read_mail(letter(text, subject=subject, content_type="text/plain; charset=utf-8")))


@PURE
@pytest.mark.parametrize(
    ("text", "subject", "own", "said"),
    [
        (GMAIL, "Fwd: Printer", True, "It burns.\n\nJo\n"),
        (GMAIL, "Printer", True, "It burns.\n\nJo\n"),
        (OUTLOOK, "FW: Printer", True, "It burns.\n"),
        (GERMAN, "WG: Drucker", False, "Er brennt."),
        (FRENCH, "TR: Imprimante", True, "Elle brûle.\n"),
        (APPLE, "Fwd: Printer", True, "It burns.\nReally.\n"),
        (BOLD, "WG: Drucker", False, "Er brennt."),
        (GMX, "Fw: Drucker", False, "Er brennt."),
        *(("Siehe unten.\n\n" + text, "Fwd: x", True, text.split("\n\n")[1]) for text in OTHERS.values()),
    ],
)
def test_what_was_forwarded_is_found_and_set_apart(text, subject, own, said):
    found = forwarded(text, subject)
    assert (found.sender.address, found.sender.name, found.own is not None) == (
        "jo@client.example",
        "Jo Client",
        own,
    )
    written = found.message.parts[0].text()
    assert written == said if own else said in written
    if own:
        assert text.splitlines()[0] not in written


@PURE
@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (OUTLOOK, "Re: Printer"),
        (GERMAN, "AW: Drucker"),
        ("Look at this.\n", "Fwd: Printer"),
        ("From: Jo\nSent: today\nTo: Tech\nSubject: x\n\nNo address.\n", "FW: x"),
        ("From: no-reply@shop.example\nSent: today\nTo: Tech\nSubject: x\n\nBought.\n", "FW: x"),
        ("From: MAILER-DAEMON@x.example\nSent: today\nTo: Tech\nSubject: x\n\nLost.\n", "FW: x"),
        ("From: nothing\n" * 1_000, "FW: x"),
        ("---------- Forwarded message ---------\n", "Fwd: x"),
    ],
)
def test_what_is_not_sure_was_not_forwarded(text, subject):
    assert forwarded(text, subject) is None


def with_mail_inside(own="Please call her.", sender="Jo Client <jo@client.example>"):
    inner = letter("It burns.\n", sender=sender, subject="Printer").decode()
    text = (
        f"--b\nContent-Type: text/plain\n\n{own}\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b\n"
        'Content-Type: text/plain\nContent-Disposition: attachment; filename="notes.txt"\n\nnotes\n--b--\n'
    )
    return letter(
        text,
        sender="Tech <tech@staff.example>",
        subject="FW: Printer",
        mime_version="1.0",
        content_type='multipart/mixed; boundary="b"',
    )


@PURE
@pytest.mark.parametrize("own", ["Please call her.", ""])
def test_a_mail_forwarded_as_a_file_is_read(own):
    found = read_forwarded(read_mail(with_mail_inside(own)))
    assert found.sender.address == "jo@client.example"
    assert [part.text().strip() for part in found.message.parts] == ["It burns.", "notes"]
    assert (found.own is not None) == bool(own)


class Staff:
    """A member of staff forwards; addresses are believed."""

    options: ClassVar[dict[str, str]] = {}

    @pytest.fixture
    def config(self, tmp_path, database_engine):
        url = database_engine.url.render_as_string(hide_password=False)
        return Config.for_tests(tmp_path, database__url=url, **self.options)

    @pytest.fixture
    def tech(self, make, db):
        tech = make.staff("tech")
        make.grant(tech, "SuperUser")
        db.commit()
        return tech


def people(db, ticket_id):
    rows = select(User.name, Watcher.role).join(User, User.id == Watcher.principal_id)
    return sorted(map(tuple, db.execute(rows.where(Watcher.ticket_id == ticket_id))))


def texts(db, ticket_id):
    """What was said, by the type of the transaction."""
    rows = db.execute(
        select(Transaction.type, Blob.data)
        .join(Attachment, Attachment.transaction_id == Transaction.id)
        .join(Blob, Blob.sha256 == Attachment.blob_sha256)
        .where(Transaction.object_type == "ticket", Transaction.object_id == ticket_id)
        .where(Transaction.type.in_(("Create", "Correspond", "Comment")))
        .order_by(Attachment.id)
    )
    return [(kind, data.decode()) for kind, data in rows]


FROM_TECH = "Tech <tech@staff.example>"


class TestForwarding(Staff):
    def test_the_customer_is_the_requestor_and_the_words_above_stay_inside(self, tech, send, db, last_said):
        answer = send(letter(GMAIL, sender=FROM_TECH, subject="Fwd: Printer"))
        assert people(db, answer.ticket_id) == [("jo@client.example", "Requestor"), ("tech", "Cc")]
        (first, public), (second, inside) = texts(db, answer.ticket_id)
        assert (first, public, second) == ("Create", "It burns.\n\nJo\n", "Comment")
        assert "der ist schwierig" in inside
        ticket = db.get(Ticket, answer.ticket_id)
        assert ticket.creator_id == tech.id
        remark = db.scalar(select(Attachment.remark).order_by(Attachment.id).limit(1))
        assert "Forwarded by tech: jo@client.example is taken as requestor" in remark

    def test_no_word_of_the_staff_goes_out_to_the_customer(self, tech, send, db):
        send(letter(GMAIL, sender=FROM_TECH, subject="Fwd: Printer"))
        mails = db.execute(
            select(OutgoingRecipient.address, OutgoingMail).join(
                OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id
            )
        ).all()
        assert "jo@client.example" in {address for address, _ in mails}
        said = db.scalars(select(Blob.data)).all()
        assert any(b"schwierig" in data for data in said)
        for address, mail in mails:
            if address == "jo@client.example":
                assert "schwierig" not in str(vars(mail))

    def test_one_click_makes_the_sender_the_requestor_again(self, tech, send, db, work):
        answer = send(letter(GMAIL, sender=FROM_TECH, subject="Fwd: Printer"))
        ticket = db.get(Ticket, answer.ticket_id)
        ((hint, original, sender),) = open_hints(work, [ticket.id])
        assert (hint.kind, original, sender) == ("forwarded", "Jo Client", "tech")
        settle_hint(work, ticket, [ticket.id], hint.id, right=False)
        assert people(db, ticket.id) == [("tech", "Requestor")]
        assert open_hints(work, [ticket.id]) == []

    @pytest.mark.parametrize(
        "raw",
        [
            letter(GMAIL, sender="Ann <ann@client.example>", subject="Fwd: Printer"),
            letter(GMAIL, sender=FROM_TECH, subject="Fwd: Printer", auto_submitted="auto-generated"),
            letter(
                GMAIL.replace("jo@client.example", "tech@staff.example"), sender=FROM_TECH, subject="Fwd: x"
            ),
            letter(GMAIL.replace("jo@client.example", "rt@localhost"), sender=FROM_TECH, subject="Fwd: x"),
        ],
        ids=["a customer", "a machine", "one's own mail", "our own address"],
    )
    def test_it_is_nobody_elses_mail_then(self, tech, send, db, raw, make):
        make.queue("General").correspond_address = "rt@localhost"
        db.commit()
        answer = send(raw)
        assert [role for _, role in people(db, answer.ticket_id)] == ["Requestor"]
        assert "jo@client.example" not in dict(people(db, answer.ticket_id))
        assert db.scalar(select(func.count(MailHint.id))) == 0


class TestForwardingByUnprovedStaff(Staff):
    options: ClassVar = {"mail__trust_staff": "proved"}

    def test_nobody_speaks_for_a_customer_by_a_forged_mail(self, tech, send, db):
        answer = send(letter(GMAIL, sender=FROM_TECH, subject="Fwd: Printer"))
        assert people(db, answer.ticket_id) == [("tech", "Requestor")]


class TestForwardingWithoutCc(Staff):
    options: ClassVar = {"mail__forwarded": "nobody"}

    def test_who_forwarded_it_is_left_out(self, tech, send, db):
        answer = send(with_mail_inside())
        assert people(db, answer.ticket_id) == [("jo@client.example", "Requestor")]


@pytest.fixture
def closed(send, db, work):
    """A resolved ticket of Ann's: its number."""
    number = send(letter()).ticket_id
    change_ticket(work, db.get(Ticket, number), SetStatus("resolved"))
    db.commit()
    return number


def answer_to(number, text, **more):
    return letter(text, subject=f"Re: [rtpy #{number}] Printer", **more)


def status(db, number):
    db.expire_all()
    return db.scalar(select(Ticket.status).where(Ticket.id == number))


def test_thanks_open_nothing_and_ask_instead(closed, send, db, work, last_said):
    send(
        answer_to(
            closed, "Thanks a lot!\n\nBest regards\nAnn\n\nOn Mon, 3 May 2027, Tech wrote:\n> It works.\n"
        )
    )
    said, parts = last_said(closed)
    assert (status(db, closed), said.type) == ("resolved", "Correspond")
    assert "Says thanks only" in parts[0].remark
    ((hint, _, sender),) = open_hints(work, [closed])
    assert (hint.kind, sender) == ("thanks", "Ann")
    settle_hint(work, db.get(Ticket, closed), [closed], hint.id, right=False)
    assert (status(db, closed), open_hints(work, [closed])) == ("open", [])


def test_more_than_thanks_opens_it(closed, send, db, work):
    send(answer_to(closed, "Thanks, but it still fails.\n"))
    assert (status(db, closed), open_hints(work, [closed])) == ("open", [])


def test_a_queue_may_let_thanks_open_it(closed, send, db, make):
    make.queue("General").thanks_reopen = True
    db.commit()
    send(answer_to(closed, "Thanks!\n"))
    assert status(db, closed) == "open"


def test_thanks_for_an_open_ticket_are_a_reply_like_others(send, db, work):
    number = send(letter()).ticket_id
    send(answer_to(number, "Thanks!\n"))
    assert db.scalar(select(func.count(MailHint.id))) == 0


def test_A68_parts_that_point_elsewhere_are_kept_and_never_followed(send, db):
    parts = {
        "text/calendar; method=REQUEST": "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n",
        "text/vcard": "BEGIN:VCARD\nFN:Eve\nEMAIL:eve@evil.example\nEND:VCARD\n",
        'message/external-body; access-type=URL; URL="http://evil.example/x"': "Content-Type: text/plain\n\n",
        'message/partial; id="x"; number=1; total=2': "Subject: half\n\nhalf of it\n",
    }
    body = "".join(f"--b\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts.items())
    answer = send(
        letter(
            f"--b\nContent-Type: text/plain\n\nSee these.\n{body}--b--\n",
            mime_version="1.0",
            content_type='multipart/mixed; boundary="b"',
        )
    )
    kept = db.execute(select(Attachment.content_type, Attachment.role)).all()
    assert {kind.split(";")[0] for kind in parts} <= {row.content_type for row in kept}
    assert {row.role for row in kept if row.content_type != "text/plain"} == {"file"}
    assert people(db, answer.ticket_id) == [("ann@client.example", "Requestor")]
    assert db.scalar(select(func.count(Ticket.id))) == 1


def calendar(*lines, method="REQUEST"):
    head = ("BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT")
    return "\r\n".join((*head, *lines, "END:VEVENT", "END:VCALENDAR", "")).encode()


VIENNA = ZoneInfo("Europe/Vienna")


@PURE
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("DTSTART:20270503T080000Z", "DTEND:20270503T090000Z"),
            "Mon 3 May 2027, 10:00 CEST to Mon 3 May 2027, 11:00 CEST",
        ),
        (("DTSTART;TZID=America/New_York:20270503T040000",), "Mon 3 May 2027, 10:00 CEST"),
        (('DTSTART;TZID="W. Europe Standard Time":20270503T100000',), "Mon 3 May 2027, 10:00 CEST"),
        (("DTSTART;TZID=Customized Time Zone:20270503T100000",), "2027-05-03 10:00 (Customized Time Zone)"),
        (("DTSTART:20270503T100000",), "2027-05-03 10:00"),
        (("DTSTART;VALUE=DATE:20270503", "DTEND;VALUE=DATE:20270504"), "3 May 2027"),
        (("DTSTART:20270503T080000Z", "DURATION:PT30M"), "10:00 CEST to Mon 3 May 2027, 10:30 CEST"),
        (("DTSTART:20270503T080000Z", "RRULE:FREQ=WEEKLY"), "10:00 CEST, and again"),
        (("SUMMARY:Patch <b>day</b>\\, part 2\\n!",), "Invitation: Patch &lt;b&gt;day&lt;/b&gt;, part 2 !"),
        (("LOCATION:Room\r\n  1",), "Room 1"),
        (("ORGANIZER;CN=Jo Client:mailto:jo@client.example",), "Jo Client &lt;jo@client.example&gt;"),
        (("SUMMARY:Real", "BEGIN:VALARM", "SUMMARY:Alarm", "END:VALARM"), "Invitation: Real"),
        (("STATUS:CANCELLED", "SUMMARY:Off"), "Cancelled meeting: Off"),
        (("DTSTART:99999999T999999Z", "SUMMARY:Odd"), "Invitation: Odd"),
        (("DTSTART;TZID=../../etc/passwd:20270503T100000",), "2027-05-03 10:00 (../../etc/passwd)"),
        (("DTSTART:00010101T000000Z", "DURATION:P99999D", "SUMMARY:Old"), "Invitation: Old"),
        (("DTSTART:99991231T235959Z", "DURATION:P1D"), "9999-12-31 23:59"),
    ],
)
def test_a_calendar_part_is_told_by_the_readers_clock(lines, expected):
    (shown,) = show_calendars([calendar(*lines)], VIENNA)
    assert expected in re.sub(r"</?time[^>]*>", "", str(shown))


@PURE
def test_an_answer_says_who_comes():
    lines = ("SUMMARY:Patch day", "ATTENDEE;CN=Ann;PARTSTAT=DECLINED:mailto:ann@client.example")
    (shown,) = show_calendars([calendar(*lines, method="REPLY")], VIENNA)
    assert "Answer to an invitation: Patch day" in shown
    assert "<dt>Ann &lt;ann@client.example&gt;</dt><dd>does not come</dd>" in shown


@PURE
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 1_000,
        b"BEGIN:VEVENT\n" * 50_000,
        b"DTSTART;" * 50_000,
        b'A;B="' * 50_000,
        b"\n " * 90_000,
    ],
)
def test_a_broken_calendar_part_is_a_file_and_nothing_else(data):
    assert show_calendars([data], VIENNA) == []


def test_the_history_reads_calendars_in_its_one_query(send, db, query_count):
    part = calendar("SUMMARY:Patch day", "DTSTART:20270503T080000Z").decode()
    body = f"--b\nContent-Type: text/plain\n\nHi.\n--b\nContent-Type: text/calendar; method=REQUEST\n\n{part}\n--b--\n"
    raw = letter(body, mime_version="1.0", content_type='multipart/mixed; boundary="b"')
    number = send(raw).ticket_id
    with query_count() as queries:
        entries = read_history(db, [number], comments=True, outgoing=False)
    assert queries.total == 1
    (entry,) = [each for each in entries if each.calendars]
    assert read_calendar(entry.calendars[0])[0].what == "Patch day"
    assert [each.content_type for each in entry.parts] == ["text/plain"]
    assert [each.content_type for each in entry.files] == ["text/calendar"]


def test_a_mail_that_is_a_calendar_entry_alone_reads_as_its_title(send, db):
    part = calendar("SUMMARY:Patch day", "DTSTART:20270503T080000Z").decode()
    raw = letter(part, mime_version="1.0", content_type="text/calendar; method=REQUEST; charset=utf-8")
    (entry,) = [
        each for each in read_history(db, [send(raw).ticket_id], comments=True, outgoing=False) if each.parts
    ]
    assert [(each.content_type, each.text()) for each in entry.parts] == [("text/plain", "Patch day")]
    assert [each.filename for each in entry.files] == ["invite.ics"]
    assert read_calendar(entry.calendars[0])[0].what == "Patch day"
