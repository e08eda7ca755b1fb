"""New tickets, and who answers: real histories, changed through the pipeline."""

from dataclasses import replace

import pytest

from plugins.sla.tests.hard_cases.rows.conftest import HOUR, NINE, at, said, set_to
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.content.part import plain_message
from rtpy.work import Face
from rtpy_sla.following.standing import standing_of
from rtpy_sla.models import TicketSla


def test_a_new_ticket_gets_what_fits_from_its_creation(gold, make, db, clocks, work):
    ticket = make.ticket()
    row = db.get(TicketSla, ticket.id)
    assert (row.version_id, row.next_target, row.next_due) == (gold.id, "first_response", at(4))
    assert clocks(ticket)["resolution"].due == at(24)
    standing = standing_of(work, [ticket.id])[ticket.id]
    assert (standing.policy, standing.left, standing.is_missed) == ("Gold", 4 * HOUR, False)


def test_a_ticket_that_nothing_fits_has_no_rows(policy, make, db):
    policy("Elsewhere", {"queues": [10**6]})
    ticket = make.ticket()
    assert db.get(TicketSla, ticket.id) is None


AUTOMATIC = "From: jo@staff.example\nSubject: Away\nAuto-Submitted: auto-replied\n"


@pytest.mark.parametrize(
    ("case", "by", "message", "answers"),
    [
        ("staff", "jo", plain_message("I look."), True),
        ("a program that staff wrote, by REST", "jo", plain_message("I look."), True),
        ("nothing but booked time", "jo", plain_message(""), False),
        ("the requestor", "ann@client.example", plain_message("And?"), False),
        ("an outsider in Cc", "bob@other.example", plain_message("Same here."), False),
        ("staff who are requestors", "sue", plain_message("More of it."), False),
        ("an account that is a machine", "robot", plain_message("Received."), False),
        ("staff's note of absence by mail", "jo", replace(plain_message("Away."), headers=AUTOMATIC), False),
        ("the system", "RT_System", plain_message("Thanks, we look."), False),
    ],
)
@pytest.mark.databases("sqlite")  # one query of reading; the case below runs on both
def test_who_answers(case, by, message, answers, gold, make, does, clocks, db, work_of, app):
    for name in ("jo", "sue", "robot"):
        make.staff(name)
    ticket = make.ticket(cc=["bob@other.example"])
    db.add(set_to("machines", "robot"))
    sue = make.customer("sue@staff.example")
    does(ticket, 0, AddWatcher("Requestor", sue.id))
    face = Face.MAIL if message.headers else Face.REST2 if "REST" in case else Face.WEB
    empty = not message.parts[0].data
    does(ticket, 1, Correspond(message, may_be_empty=empty), by=by, face=face)
    first = clocks(ticket)["first_response"]
    assert (first.state == "ended") is answers
    assert (first.due, first.started) == (at(4), NINE)


def test_comments_answer_nobody_but_acknowledge(policy, clock, make, does, clocks):
    clock.set(NINE)
    policy("Quick", acknowledge=1, first_response=4)
    make.staff("jo")
    ticket = make.ticket()
    does(ticket, 0.5, Comment(plain_message("A fuse, I think.")), by="jo")
    found = clocks(ticket)
    assert (found["acknowledge"].state, found["first_response"].state) == ("ended", "running")
    does(ticket, 2, said(), by="jo")
    jo = clocks(ticket)["first_response"]
    assert (jo.ended, jo.used) == (at(2), 2 * HOUR)


def test_two_messages_of_the_customer_count_from_the_older_one(gold, make, does, clocks):
    make.staff("jo")
    ticket = make.ticket()
    does(ticket, 1, said(), by="jo")
    for hours in (2, 3):
        does(ticket, hours, said("Still broken."), by="ann@client.example")
    again = clocks(ticket)["next_response"]
    assert (again.started, again.due) == (at(2), at(4))
    does(ticket, 5, said(), by="jo")
    again = clocks(ticket)["next_response"]
    assert (again.state, again.missed, again.ended) == ("ended", at(4), at(5))


def test_who_was_a_requestor_when_they_wrote_counts_not_who_is_one_now(gold, make, does, clocks):
    sue = make.staff("sue")
    ticket = make.ticket()
    does(ticket, 0, AddWatcher("Requestor", sue.id))
    does(ticket, 1, said("More of it."), by="sue")
    does(ticket, 2, DeleteWatcher("Requestor", sue.id))
    assert clocks(ticket)["first_response"].state == "running"
    does(ticket, 3, said(), by="sue")
    assert clocks(ticket)["first_response"].ended == at(3)
