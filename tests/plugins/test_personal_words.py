"""What a mail says to one recipient alone: a copy of their own, sealed until then, and gone when somebody quotes it."""

import email
import email.policy
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.link_keys import link_key, without_keys
from rtpy.content.part import plain_message
from rtpy.mail import outbox
from rtpy.mail.delivery import deliver_due
from rtpy.mail.intake import take_in
from rtpy.mail.personal import HIDDEN
from rtpy.mail.together import newest_mail, put_together
from rtpy.mail.transport import SENT
from rtpy.models import Attachment, Blob, OutgoingMail, OutgoingRecipient
from rtpy.ports import Delivery
from tests.mail.letters import letter

ANN, CARL = "ann@client.example", "carl@client.example"


class Post:
    """A mail server that keeps what it gets; `gone_after` so many letters it answers nobody."""

    def __init__(self):
        self.letters, self.gone_after = [], 99

    def deliver(self, sender, recipients, raw):
        if len(self.letters) >= self.gone_after:
            raise ConnectionRefusedError("nobody there")
        self.letters.append((tuple(recipients), email.message_from_bytes(raw, policy=email.policy.default)))
        return tuple(Delivery(address, SENT, "250 ok") for address in recipients)

    def text_to(self, address):
        return next(
            mail.get_body(("plain",)).get_content() for to, mail in reversed(self.letters) if address in to
        )


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def ticket(make, db):
    """Ann's, with Carl as Cc and a boss who is staff."""
    made = make.ticket(cc=(CARL,))
    for mail in db.scalars(select(OutgoingMail)):
        mail.state = "canceled"
    db.commit()
    return made


@pytest.fixture
def reply(work, ticket):
    def reply(text="We are on it."):
        change_ticket(work, ticket, Correspond(plain_message(text)))
        work.db.commit()

    return reply


def key_in(text):
    return re.search(r"/budget/key/(rtkey-\S+)", text)[1]


def test_rtpy_personal_words_give_each_customer_a_copy_of_their_own(app, reply, post, make):
    make.customer(CARL).lang = "de"
    reply()
    deliver_due(app, transport=post)
    assert sorted(to for to, _ in post.letters) == [(ANN,), (CARL,)]
    first, second = (mail for _, mail in post.letters)
    assert [*map(str, first.items())] == [*map(str, second.items())]
    assert "To: ann@client.example" in first.as_string()
    assert key_in(post.text_to(ANN)) != key_in(post.text_to(CARL))
    assert "de: only you read this." in post.text_to(CARL)
    html = post.letters[0][1].get_body(("html",)).get_content()
    assert f'/budget/key/{key_in(post.text_to(post.letters[0][0][0]))}"' in html


def test_rtpy_personal_words_are_asked_for_neither_staff_nor_comments(work, ticket, make, db):
    boss = make.staff("boss")
    make.grant(boss, "ShowTicket", "ShowTicketComments")
    db.flush()
    change_ticket(work, ticket, Correspond(plain_message("Hi.")), Comment(plain_message("Between us.")))
    told = db.execute(
        select(OutgoingMail.internal, OutgoingRecipient.address, OutgoingRecipient.own_words)
        .join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
        .where(OutgoingMail.state == "queued")
    ).all()
    assert {row.address for row in told if row.own_words} == {ANN, CARL}


def test_rtpy_personal_words_lie_sealed_and_nobody_else_reads_them(app, reply, db, browser, login, ticket):
    reply()
    mail = db.scalars(select(OutgoingMail).where(OutgoingMail.state == "queued")).one()
    rows = db.scalars(select(OutgoingRecipient.own_words).where(OutgoingRecipient.mail_id == mail.id)).all()
    assert all(rows)
    assert "rtkey" not in " ".join(rows) + mail.body + mail.html_body
    assert HIDDEN.encode() in outbox.raw_mail(app, db, mail.id)
    page = login().get(f"/ticket/{ticket.id}/mail/{mail.id}").text
    assert HIDDEN in page
    assert "rtkey" not in page


def test_rtpy_personal_words_that_fail_keep_no_mail_back(reply, monkeypatch, db):
    monkeypatch.setattr("rtpy_budget.extending.key_url", lambda *_: 1 / 0)
    reply()
    assert "We are on it." in db.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()


def test_rtpy_personal_words_a_server_that_goes_away_sends_nobody_a_second_copy(app, reply, post, clock):
    reply()
    post.gone_after = 1
    deliver_due(app, transport=post)
    assert len(post.letters) == 1
    post.gone_after = 99
    clock.advance(timedelta(minutes=30))
    deliver_due(app, transport=post)
    assert sorted(to for to, _ in post.letters) == [(ANN,), (CARL,)]


def test_rtpy_personal_words_of_several_tickets_stand_in_the_one_mail_about_them(work, make, post, app, db):
    tickets = [make.ticket(subject) for subject in ("Printer", "Scanner")]
    db.commit()
    after = newest_mail(work)
    for each in tickets:
        change_ticket(work, each, Correspond(plain_message("Done.")))
    put_together(work, [each.id for each in tickets], after)
    db.commit()
    deliver_due(app, transport=post)
    text = post.text_to(ANN)
    assert text.count("/budget/key/rtkey-") == 2
    assert "Printer: Your budget: http" in text


def _quoted_printable(url):
    head = "Subject: your mail\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable"
    return f"{head}\n\n{url[:-10]}=\n{url[-10:]}\n"


@pytest.mark.parametrize("form", ["plain", "html", "a mail as a file", "wrapped"])
def test_keys_that_an_answer_quotes_are_removed_before_anybody_reads_it(app, reply, ticket, db, post, form):
    reply()
    deliver_due(app, transport=post)
    url = re.search(r"http\S+rtkey-\S+", post.text_to(ANN))[0]
    key = key_in(url)
    wrapped = f"{url[:-20]}\n> {url[-20:]}"
    said = {
        "plain": {"text": f"Thanks!\n\n> Your budget: {url}\n> more"},
        "wrapped": {"text": f"Thanks!\n\n> Your budget: {wrapped}\n> more"},
        "html": {
            "text": f'<p>Thanks!</p><blockquote><a href="https://safe.example/?u={url.replace(":", "%3A")}">b</a>'
            "</blockquote>",
            "content_type": "text/html",
        },
        "a mail as a file": {
            "text": f"--x\n\nSee below.\n--x\nContent-Type: message/rfc822\n\n{_quoted_printable(url)}\n--x--\n",
            "content_type": "multipart/mixed; boundary=x",
            "mime_version": "1.0",
        },
    }[form]
    raw = letter(sender=ANN, subject=f"Re: [rtpy #{ticket.id}] x", **said)
    answer = take_in(app, raw, queue="General")
    assert answer.ticket_id == ticket.id
    stored = b" ".join(
        db.scalars(
            select(Blob.data).join(Attachment, Attachment.blob_sha256 == Blob.sha256).order_by(Attachment.id)
        )
    ).decode()
    assert "removed" in stored
    assert key[-9:] not in stored
    assert key[6:20] not in stored
    assert key not in " ".join(db.scalars(select(OutgoingMail.body)))


@pytest.mark.databases("sqlite")  # no database is asked
@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_keys_are_found_in_every_width_and_nothing_else_is_touched(coding):
    text = f"see https://x.example/portal/key/{link_key(bytes(range(32)))}?to=rate and rtkey- and rtkeys"
    assert without_keys(text.encode(coding)).decode(coding) == (
        "see https://x.example/portal/key/removed?to=rate and rtkey- and rtkeys"
    )
