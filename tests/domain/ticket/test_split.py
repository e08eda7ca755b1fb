"""Splitting a message off: what the new ticket holds, who hears of it, and that comments stay among the staff."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.split import read_parts, requestors_for, split_message
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.errors import Invalid, Refused
from rtpy.fields.contents import read_values
from rtpy.models import Attachment, Blob, Link, OutgoingMail, OutgoingRecipient, Transaction, User, Watcher
from tests.domain.customfields.conftest import field

__all__ = ["field"]

CANARY = "canary-4711"
FILE = Part("application/pdf", b"%PDF-1.4 \x00\xff", PartRole.FILE, filename="offer.pdf")


@pytest.fixture
def jo_work(make, work_of):
    make.staff("jo")
    return work_of("jo")


def latest(db, ticket, kind):
    return db.scalar(
        select(Transaction)
        .options(joinedload(Transaction.creator))
        .where(
            Transaction.object_type == "ticket", Transaction.object_id == ticket.id, Transaction.type == kind
        )
        .order_by(Transaction.id.desc())
        .limit(1)
    )


def said_on(db, ticket):
    return [
        (row.type, row.filename or "", row.blob_sha256)
        for row in db.execute(
            select(Transaction.type, Attachment.filename, Attachment.blob_sha256)
            .join(Attachment, Attachment.transaction_id == Transaction.id)
            .where(Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
            .order_by(Attachment.id)
        )
    ]


def told(db, ticket):
    return set(
        db.scalars(
            select(OutgoingRecipient.address)
            .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
            .where(OutgoingMail.ticket_id == ticket.id)
        )
    )


def reply(make, work_of, ticket):
    ann = work_of("ann@client.example")
    change_ticket(ann, ticket, Correspond(plain_message("Also the scanner.", files=(FILE,))))


def test_a_reply_becomes_a_ticket_of_who_wrote_it(make, work_of, jo_work, db):
    ticket = make.ticket()
    reply(make, work_of, ticket)
    said = latest(db, ticket, "Correspond")
    blobs = db.scalar(select(func.count()).select_from(Blob))
    people = requestors_for(jo_work, ticket, said)
    made = split_message(
        jo_work, ticket, said, queue=make.queue("Network"), subject="Scanner", requestors=people
    )
    assert [user.email_address for user in people] == ["ann@client.example"]
    assert (made.subject, made.queue.name) == ("Scanner", "Network")
    assert [part.data for part in read_parts(jo_work, latest(db, made, "Create").id)] == [
        b"Also the scanner.",
        FILE.data,
    ]
    assert db.scalar(select(func.count()).select_from(Blob)) == blobs  # the bytes are stored once


def test_both_tickets_know_of_each_other(make, jo_work, db):
    ticket = make.ticket()
    made = split_message(
        jo_work, ticket, latest(db, ticket, "Create"), queue=ticket.queue, subject="Half", requestors=()
    )
    link = db.scalar(select(Link).where(Link.local_base_id == made.id))
    assert (link.type, link.local_target_id) == ("RefersTo", ticket.id)
    assert latest(db, ticket, "AddLink").field == "ReferredToBy"
    assert latest(db, made, "AddLink").field == "RefersTo"
    assert latest(db, made, "AddLink").creator.name == "jo"


@pytest.mark.parametrize("tell", [False, True])
def test_the_customer_is_told_only_when_asked_for(make, work_of, jo_work, db, tell):
    ticket = make.ticket()
    reply(make, work_of, ticket)
    said = latest(db, ticket, "Correspond")
    people = requestors_for(jo_work, ticket, said)
    made = split_message(
        jo_work, ticket, said, queue=ticket.queue, subject="Scanner", requestors=people, tell=tell
    )
    assert ("ann@client.example" in told(db, made)) == tell


@pytest.mark.parametrize("tell", [False, True])
def test_a21_a_comment_stays_a_comment(make, jo_work, db, tell):
    ticket = make.ticket()
    change_ticket(jo_work, ticket, Comment(plain_message(CANARY, files=(FILE,))))
    said = latest(db, ticket, "Comment")
    people = requestors_for(jo_work, ticket, said)
    made = split_message(
        jo_work, ticket, said, queue=ticket.queue, subject="Later", requestors=people, tell=tell
    )
    assert {kind for kind, _, _ in said_on(db, made)} == {"Comment"}
    assert [user.email_address for user in people] == ["ann@client.example"]
    for mail in db.scalars(select(OutgoingMail).where(OutgoingMail.ticket_id == made.id)):
        addresses = set(
            db.scalars(select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == mail.id))
        )
        if "ann@client.example" in addresses:
            assert tell
            assert CANARY not in mail.body + mail.html_body + mail.subject
            assert mail.attachments == []


def test_a_comment_needs_the_right_to_read_comments(make, jo_work, work_of, db):
    ticket = make.ticket()
    change_ticket(jo_work, ticket, Comment(plain_message(CANARY)))
    make.revoke("ShowTicketComments", ticket.queue)
    with pytest.raises(Refused, match="ShowTicketComments"):
        split_message(
            work_of("jo"),
            ticket,
            latest(db, ticket, "Comment"),
            queue=ticket.queue,
            subject="x",
            requestors=(),
        )


def test_the_right_to_create_in_the_queue_is_needed(make, jo_work, db):
    ticket = make.ticket()
    closed = make.queue("Closed", granted=False)
    with pytest.raises(Refused, match="CreateTicket"):
        split_message(jo_work, ticket, latest(db, ticket, "Create"), queue=closed, subject="x", requestors=())


def test_what_is_no_message_of_the_ticket_is_refused(make, jo_work, db):
    ticket, other = make.ticket(), make.ticket("Other")
    with pytest.raises(Refused, match="Only a message of this ticket"):
        split_message(
            jo_work, ticket, latest(db, other, "Create"), queue=ticket.queue, subject="x", requestors=()
        )


def test_without_a_subject_nothing_is_made(make, jo_work, db):
    ticket = make.ticket()
    with pytest.raises(Invalid):
        split_message(
            jo_work, ticket, latest(db, ticket, "Create"), queue=ticket.queue, subject=" ", requestors=()
        )


def test_staff_words_go_to_the_tickets_own_requestors(make, jo_work, db):
    ticket = make.ticket()
    change_ticket(jo_work, ticket, Correspond(Message(parts=plain_message("We look.").parts)))
    people = requestors_for(jo_work, ticket, latest(db, ticket, "Correspond"))
    mine = set(db.scalars(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)))
    assert {user.id for user in people} == mine


def test_a_comment_takes_the_fields_of_messages_along(make, work, jo_work, db, field):
    place = field("Where", lookup="transaction", pattern="(?#Mandatory).")
    ticket = make.ticket()
    make.grant(db.scalar(select(User).where(User.name == "jo")), "ModifyCustomField")
    change_ticket(jo_work, ticket, Comment(plain_message("x"), fields=GivenFields({place: ("cellar",)})))
    said = latest(db, ticket, "Comment")

    def split(**fields):
        return split_message(
            jo_work, ticket, said, queue=ticket.queue, subject="Later", requestors=(), **fields
        )

    with pytest.raises(Invalid, match="Where"):
        split()
    made = split(said_fields=GivenFields({place: ("attic",)}))
    comment = latest(db, made, "Comment")
    assert read_values(work, "transaction", comment.id) == {"Where": ("attic",)}
