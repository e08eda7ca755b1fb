"""Mail in: from the bytes to a ticket."""

import pytest
from sqlalchemy import func, select

from rtpy.mail.intake import AnswerKind, take_in
from rtpy.models import Attachment, IncomingMail, Ticket, Transaction, User, Watcher


def letter(text="It burns.\n", *, sender="Ann <ann@client.example>", subject="Printer", **more):
    """A small mail; `in_reply_to=…` becomes In-Reply-To."""
    fields = {"From": sender, "To": "rt@localhost", "Subject": subject, "Message-ID": f"<{abs(hash((text, subject)))}@c>"}
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value).encode() + b"\n" + text.encode()


@pytest.fixture
def send(app):
    """Hands in a mail."""

    def send(raw, queue="General", action="correspond", **more):
        return take_in(app, raw, queue=queue, action=action, **more)

    return send


def spooled(db, mail_id):
    db.expire_all()
    return db.get(IncomingMail, mail_id)


def last_said(db, ticket_id):
    return db.scalars(
        select(Transaction)
        .where(Transaction.object_id == ticket_id, Transaction.type.in_(("Create", "Correspond", "Comment")))
        .order_by(Transaction.id.desc())
    ).first()


def bodies(db, transaction):
    return db.scalars(
        select(Attachment).where(Attachment.transaction_id == transaction.id).order_by(Attachment.position)
    ).all()


def test_a_first_mail_makes_person_and_ticket(send, db):
    answer = send(letter())
    ticket = db.get(Ticket, answer.ticket_id)
    ann = db.scalars(select(User).where(User.email_address == "ann@client.example")).one()
    requestors = db.scalars(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)).all()
    assert (answer.kind, ticket.subject, ticket.creator_id, requestors) == (AnswerKind.OK, "Printer", ann.id, [ann.id])
    assert ann.real_name == "Ann"


def test_the_raw_mail_is_kept_as_it_came_and_marked_done(send, db):
    raw = letter().replace(b"\n", b"\r\n") + b"\x00\xff"
    answer = send(raw)
    row = spooled(db, answer.mail_id)
    assert (row.raw, row.state, row.ticket_id, row.attempts) == (raw, "done", answer.ticket_id, 1)


def test_a_reply_by_the_requestor_joins_by_the_subject_tag(send, db):
    first = send(letter())
    again = send(letter("Still burning.\n", subject=f"Re: [rtpy #{first.ticket_id}] Printer"))
    said = last_said(db, first.ticket_id)
    assert (again.ticket_id, said.type, said.face) == (first.ticket_id, "Correspond", "mail")


def test_one_mail_leaves_one_ticket(send, db):
    send(letter())
    assert db.scalar(select(func.count()).select_from(Ticket)) == 1
