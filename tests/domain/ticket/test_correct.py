"""Correcting what we said."""

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.correct import CorrectReply
from rtpy.content.part import plain_message
from rtpy.content.plain import message_text
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.history.corrections import apart
from rtpy.history.reading import read_history, read_public
from rtpy.models import OutgoingMail


@pytest.fixture
def jo(make):
    """Staff that may answer and comment."""
    jo = make.staff("jo")
    make.grant(jo, "ShowTicket", "ShowTicketComments", "ReplyToTicket", "CommentOnTicket")
    return jo


def said(work, ticket, kind, words):
    return change_ticket(work, ticket, kind(plain_message(words))).transactions[0].id


def correct(work, ticket, number, words):
    change_ticket(work, ticket, CorrectReply(number, plain_message(words)))


def test_both_versions_of_a_reply_are_public_and_nobody_gets_mail(work_of, make, db, jo):
    ticket, work = make.ticket(requestor="ann@client.example"), work_of("jo")
    number = said(work, ticket, Correspond, "Call 555-1234.")
    mails = db.query(OutgoingMail).count()
    correct(work, ticket, number, "Call 555-4321.")
    correct(work, ticket, number, "Call 555-4322.")
    messages, corrections = apart(read_public(db, [ticket.id], newest=50))
    assert "Call 555-1234." in [message_text(each.parts) for each in messages]
    assert [message_text(each.parts) for each in corrections[number]] == ["Call 555-4321.", "Call 555-4322."]
    assert db.query(OutgoingMail).count() == mails


@pytest.mark.parametrize(
    ("who", "kind", "words", "error"),
    [
        ("jo", Correspond, "Better words", None),
        ("jo", Correspond, " \n", Invalid),
        ("jo", Comment, "Better words", NotFound),
        ("kim", Correspond, "Better words", Refused),
        ("root", Correspond, "Better words", None),
    ],
)
def test_who_may_correct_what(work_of, make, db, jo, who, kind, words, error):
    make.queue("Small", granted=False)
    make.grant(make.staff("kim"), "ShowTicket", "ReplyToTicket")
    ticket = make.ticket(queue="Small")
    number = said(work_of("jo"), ticket, kind, "First words")
    if error is None:
        correct(work_of(who), ticket, number, words)
    else:
        with pytest.raises(error):
            correct(work_of(who), ticket, number, words)
    found = [
        each for each in read_history(db, [ticket.id], comments=True, outgoing=True) if each.type == "Correct"
    ]
    assert len(found) == (error is None)


def test_what_customers_wrote_and_what_stands_on_other_tickets_stays(work_of, make, db, jo):
    ticket, other = make.ticket(requestor="ann@client.example"), make.ticket()
    theirs = read_history(db, [ticket.id], comments=False, outgoing=False)[0].id
    with pytest.raises(Refused):
        correct(work_of(), ticket, theirs, "I am happy")
    elsewhere = said(work_of("jo"), other, Correspond, "Hello")
    with pytest.raises(NotFound):
        correct(work_of("jo"), ticket, elsewhere, "Hello again")
