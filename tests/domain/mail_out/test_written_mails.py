"""What the mails look like: headers, threads, texts, files; and how often there are automatic ones."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.mail.message_ids import own_message_id, ticket_of_message_id
from rtpy.mail.outbox import raw_mail
from rtpy.models import OutgoingMail, Queue, Template, Transaction, User
from rtpy.work import Face

REPLY = plain_message("We are on it.\nSee https://help.example/x?a=1&b=2 <now>.")


@pytest.fixture
def mails(app, db):
    """All mails so far, as a mail program reads them."""

    def mails() -> list[EmailMessage]:
        numbers = db.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id)).all()
        read = [message_from_bytes(raw_mail(app, db, number), policy=policy.SMTP) for number in numbers]
        assert not any(part.defects for mail in read for part in mail.walk())
        return read  # type: ignore[return-value]

    return mails


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def last_row(db) -> OutgoingMail:
    return db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()


def test_the_autoreply_says_what_happens_next(db, make, mails):
    tag = f"[rtpy #{make.ticket('Printer on fire').id}]"
    (mail,) = mails()
    assert mail["Subject"] == f"{tag} We have your request: Printer on fire"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Precedence"] == "bulk"
    assert mail["From"] == "General via rtpy <rt@localhost>"
    assert tag in text_of(mail)
    assert "ticket" not in (text_of(mail) + text_of(mail, "html") + mail["Subject"]).lower()
    assert last_row(db).envelope_sender == ""
    assert last_row(db).automatic


def test_a_reply_looks_as_if_the_person_had_written_it(db, work, make, mails):
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(REPLY))
    mail = mails()[-1]
    assert mail["From"] == "Root via rtpy <rt@localhost>"
    assert mail["Reply-To"] == "rt@localhost"
    assert mail["Subject"] == f"[rtpy #{ticket.id}] Printer on fire"
    assert mail["Auto-Submitted"] is None
    assert mail["Precedence"] is None
    assert mail["X-RT-Originator"] is None
    assert mail["X-RT-Loop-Prevention"] == "rtpy"
    assert mail["RT-Ticket"] == mail["X-RT-Ticket"] == f"rtpy #{ticket.id}"
    assert text_of(mail) == "We are on it.\nSee https://help.example/x?a=1&b=2 <now>.\n"
    assert 'href="https://help.example/x?a=1&amp;b=2"' in text_of(mail, "html")
    assert "&lt;now&gt;" in text_of(mail, "html")
    assert last_row(db).envelope_sender == "rt@localhost"


def test_staff_see_who_wrote(work_of, make, mails, db, work):
    ticket = make.ticket()
    make.staff("joe")
    from rtpy.changes.ticket.owner import SetOwner

    change_ticket(work, ticket, SetOwner(db.scalars(select(User).where(User.name == "joe")).one()))
    change_ticket(work_of("ann@client.example"), ticket, Correspond(REPLY))
    assert mails()[-1]["X-RT-Originator"] == "ann@client.example"


def test_the_queue_brings_its_addresses_and_its_tag(db, work, make, mails):
    ticket = make.ticket()
    db.execute(
        update(Queue).values(
            correspond_address="help@us.example",
            comment_address="intern@us.example",
            subject_tag="us.example",
        )
    )
    db.expire_all()
    joe = make.staff("joe")
    from rtpy.changes.ticket.people import AddWatcher

    change_ticket(work, ticket, AddWatcher("AdminCc", joe.id), Correspond(REPLY), Comment(REPLY))
    public, internal = mails()[-2:]
    assert public["From"] == "Root via rtpy <help@us.example>"
    assert internal["Reply-To"] == "intern@us.example"
    assert internal["To"] == "intern@us.example"
    assert public["Subject"].startswith(f"[us.example #{ticket.id}] ")


def test_each_mail_is_recorded_in_the_history_without_being_an_update(db, work, make, clock):
    ticket = make.ticket()
    updated = ticket.last_updated
    change_ticket(work, ticket, Correspond(REPLY))
    mail = last_row(db)
    record = db.scalars(select(Transaction).order_by(Transaction.id.desc())).first()
    assert (record.type, record.data, record.object_id) == ("EmailRecord", mail.message_id, ticket.id)
    assert ticket.last_updated == updated


def test_a53_message_ids_are_signed(app):
    known = own_message_id(app, 12, 34, 5)
    assert ticket_of_message_id(app, known) == 12
    assert ticket_of_message_id(app, f"<{known}>") == 12
    for forged in (
        known.replace("-12-", "-13-"),
        known.replace("rtpy.example", "other.example"),
        known[:-20] + known,
        "RT-Ticket-12@rtpy.example",
        "rt-1-12-34-5-" + "0" * 20 + "@rtpy.example",
        "",
        "<" * 100_000,
    ):
        assert ticket_of_message_id(app, forged) is None


def test_mails_of_a_ticket_are_one_thread(work_of, make, mails):
    ticket = make.ticket()
    message = replace(
        REPLY,
        message_id="third@client.example",
        in_reply_to=("second@client.example",),
        references=("first@client.example", "second@client.example"),
    )
    make.staff("joe")
    change_ticket(work_of("root"), ticket, Correspond(message))
    mail = mails()[-1]
    assert mail["In-Reply-To"] == "<third@client.example>"
    assert mail["References"].split() == [
        f"<RT-Ticket-{ticket.id}@rtpy.example>",
        "<first@client.example>",
        "<second@client.example>",
        "<third@client.example>",
    ]


def test_a_long_chain_keeps_its_first_four_and_last_six(work, make, mails):
    ticket = make.ticket()
    chain = tuple(f"{number}@client.example" for number in range(30))
    change_ticket(work, ticket, Correspond(replace(REPLY, references=chain)))
    kept = mails()[-1]["References"].split()
    assert len(kept) == 10
    assert kept[0] == f"<RT-Ticket-{ticket.id}@rtpy.example>"
    assert kept[3:5] == ["<2@client.example>", "<24@client.example>"]


def test_a_subject_that_bears_the_tag_gets_no_second_one(work, make, mails):
    ticket = make.ticket()
    subject = f"Re: [rtpy #{ticket.id}] Printer on fire"
    change_ticket(work, ticket, Correspond(replace(REPLY, subject=subject)))
    assert mails()[-1]["Subject"] == subject


def test_a_subject_with_the_tag_of_what_was_merged_away_bears_one_tag_alone(work, make, mails):
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(replace(REPLY, subject="Re: [rtpy #4711] Printer on fire")))
    assert mails()[-1]["Subject"] == f"[rtpy #{ticket.id}] Re: Printer on fire"


@pytest.mark.parametrize(
    "evil",
    [
        "x\r\nBcc: eve@x.example",
        "x\nBcc: eve@x.example",
        "x\u2028Bcc: eve@x.example",
        "x\x85Bcc: e@x",
        '"<e@x>',
    ],
)
def test_a10_nothing_breaks_out_of_a_header(db, work, make, mails, evil):
    ticket = make.ticket()
    root = db.scalars(select(User).where(User.name == "root")).one()
    root.real_name = evil
    db.execute(update(Queue).values(subject_tag=root.real_name))
    db.expire_all()
    change_ticket(
        work, ticket, Correspond(replace(REPLY, subject=root.real_name, message_id=evil, references=(evil,)))
    )
    for mail in mails():
        assert mail["Bcc"] is None
        assert "eve@x.example" not in [address.addr_spec for address in mail["To"].addresses]
        assert len(mail["From"].addresses) == 1
        assert mail["From"].addresses[0].addr_spec == "rt@localhost"


def test_other_scripts_arrive_as_written(db, work, make, mails):
    name, subject = "Zoë „Łukasz“ Иванов", "Übergrößenträger 日本語 " * 8
    ticket = make.ticket(subject)
    root = db.scalars(select(User).where(User.name == "root")).one()
    root.real_name = name
    db.flush()
    change_ticket(work, ticket, Correspond(plain_message("Grüße 日本語\n" * 50)))
    mail = mails()[-1]
    assert mail["From"].addresses[0].display_name == f"{name} via rtpy"
    assert mail["Subject"] == f"[rtpy #{ticket.id}] {subject.strip()}"
    assert text_of(mail) == "Grüße 日本語\n" * 50


def test_files_go_along_byte_for_byte(work, make, mails):
    ticket = make.ticket()
    files = (
        Part("application/pdf", bytes(range(256)) * 40, PartRole.FILE, filename="Überblick “1”.pdf"),
        Part("text/x-evil\r\nBcc: e@x", b"a\nb\r\nc", PartRole.FILE, filename='a"b\r\nBcc: e@x.txt'),
        Part("message/rfc822", b"Subject: x\n\ny", PartRole.FILE, filename="mail.eml"),
    )
    change_ticket(work, ticket, Correspond(plain_message("See the files.", files=files)))
    mail = mails()[-1]
    got = [(part.get_filename(), part.get_payload(decode=True)) for part in mail.iter_attachments()]
    assert got == [
        ("Überblick “1”.pdf", files[0].data),
        ('a"b Bcc: e@x.txt', files[1].data),
        ("mail.eml", files[2].data),
    ]
    assert text_of(mail) == "See the files.\n"


def test_a_file_too_large_for_a_mail_is_named(db, work, make, mails, monkeypatch):
    monkeypatch.setattr("rtpy.mail.carried.FILES_LIMIT", 1000)
    ticket = make.ticket()
    files = (
        Part("text/plain", b"x" * 2000, PartRole.FILE, filename="big.log"),
        Part("text/plain", b"y" * 900, PartRole.FILE, filename="small.log"),
    )
    change_ticket(work, ticket, Correspond(plain_message("Logs.", files=files)))
    mail = mails()[-1]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["small.log"]
    assert "big.log" in text_of(mail)


def test_the_same_row_gives_the_same_bytes(app, db, work, make):
    ticket = make.ticket()
    files = (Part("image/png", b"\x89PNG", PartRole.FILE, filename="a.png"),)
    change_ticket(work, ticket, Correspond(plain_message("x", files=files)))
    number = last_row(db).id
    first = raw_mail(app, db, number)
    db.commit()
    db.expire_all()
    assert raw_mail(app, db, number) == first
    assert first.count(b"\n") == first.count(b"\r\n")
    assert max(map(len, first.split(b"\r\n"))) < 998


@pytest.mark.parametrize(
    "said",
    [
        "{{ ticket.id }} {% assign x = 1 %}",
        "{$TicketSubject}",
        "${structure: x}",
        "<?python 1/0 ?>",
        "{% raw %}",
    ],
)
def test_a49_what_looks_like_a_template_is_only_text(work, make, mails, said):
    ticket = make.ticket(subject=said)
    change_ticket(work, ticket, Correspond(plain_message(said)))
    assert text_of(mails()[-1]).strip() == said
    assert mails()[-1]["Subject"] == f"[rtpy #{ticket.id}] {said}"


def test_rts_simple_variables_are_filled_in(db, work, make, mails):
    content = (
        "Subject: {$TicketQueueName}/{$TicketId}\n\n{$TicketSubject} {$TicketOwnerName} {$TicketRequestorAddresses} "
        "{$TransactionType} {$TransactionContent} {$Unknown} { $rtname }"
    )
    db.execute(update(Template).where(Template.name == "Correspondence in HTML").values(content=content))
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("Hi {$TicketId}")))
    mail = mails()[-1]
    assert mail["Subject"] == f"[rtpy #{ticket.id}] General/{ticket.id}"
    assert text_of(mail).strip() == (
        "Printer on fire Nobody ann@client.example Correspond Hi {$TicketId} {$Unknown} rtpy"
    )


def test_an_html_template_escapes_what_people_write(db, work, make, mails):
    content = "Content-Type: text/html\n\n<p>{{ message.text }}</p>"
    db.execute(update(Template).where(Template.name == "Correspondence in HTML").values(content=content))
    change_ticket(work, make.ticket(), Correspond(plain_message("<script>alert(1)</script>")))
    mail = mails()[-1]
    assert "<script>" not in text_of(mail, "html")
    assert text_of(mail).strip() == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "content", ["", "   \n", "X-RT-Squelch: 1\n\nHello", "Subject: x\n\n{% if 0 == 1 %}x{% endif %}"]
)
def test_an_empty_or_squelched_template_sends_nothing(db, work, make, mails, content):
    ticket = make.ticket()
    db.execute(update(Template).where(Template.name == "Correspondence in HTML").values(content=content))
    before = len(mails())
    change_ticket(work, ticket, Correspond(REPLY))
    assert len(mails()) == before


def test_a_queues_own_template_goes_before_the_global_one(db, work, make, mails):
    ticket = make.ticket()
    db.add(
        Template(queue_id=ticket.queue_id, name="Correspondence in HTML", content="Ours: {{ message.text }}")
    )
    db.flush()
    change_ticket(work, ticket, Correspond(plain_message("x")))
    assert text_of(mails()[-1]).strip() == "Ours: x"


def test_the_resolved_notice_repeats_the_last_reply_and_no_comment(work, make, mails, app, clock):
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("We changed the fuser.")))
    change_ticket(work, ticket, Comment(plain_message("They never clean it.")))
    clock.advance(timedelta(hours=1))
    later = replace_now(work, clock)
    change_ticket(later, ticket, SetStatus("resolved"))
    text = text_of(mails()[-1])
    assert "We changed the fuser." in text
    assert "never clean" not in text
    assert "ticket" not in text.lower()


def replace_now(work, clock):
    return work.app.work_in(work.db, work.actor)


def test_a_very_long_text_is_cut_in_the_mail(work, make, mails):
    change_ticket(work, make.ticket(), Correspond(plain_message("word " * 60_000)))
    assert "too long for a mail" in text_of(mails()[-1])


def by_mail(app, db, make, address: str, subject: str = "Help") -> None:
    person = make.customer(address)
    work = app.work_in(db, app.actor_named(db, person.name, Face.MAIL))
    create_ticket(work, CreateTicket(make.queue(), subject, REPLY, requestors=(person,)))


def test_a56_a_new_address_gets_one_automatic_answer_an_hour(app, db, make, mails, clock):
    for _ in range(5):
        by_mail(app, db, make, "victim@client.example")
    assert len(mails()) == 1
    by_mail(app, db, make, "other@client.example")
    assert len(mails()) == 2
    clock.advance(timedelta(minutes=61))
    by_mail(app, db, make, "victim@client.example")
    assert len(mails()) == 3


def test_a56_an_address_gets_no_more_than_the_cap_in_an_hour_and_in_a_day(app, db, make, mails, clock):
    cap = app.config.mail.autoreply_per_hour
    make.customer("victim@client.example")
    clock.advance(timedelta(hours=2))
    for _ in range(cap + 3):
        by_mail(app, db, make, "victim@client.example")
    assert len(mails()) == cap
    for _ in range(6):
        clock.advance(timedelta(hours=2))
        for _ in range(cap):
            by_mail(app, db, make, "victim@client.example")
    assert len(mails()) == cap * 3


def test_a56_what_a_stranger_wrote_into_the_subject_is_defanged(app, db, make, mails):
    evil = "Win 1000000 at https://evil.example/x?y www.evil.example or evil.example now " + "very " * 40
    by_mail(app, db, make, "victim@client.example", evil)
    subject = mails()[-1]["Subject"]
    assert "evil" not in subject
    assert len(subject) < 90
    assert subject.startswith("[rtpy #")
