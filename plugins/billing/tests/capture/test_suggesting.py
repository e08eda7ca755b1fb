"""Long messages without time are proposed to their writer, logged by one key or dismissed, never by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import plain_message
from rtpy.errors import NotFound
from rtpy_billing.capture.suggesting import accept_suggestion, dismiss_suggestion, open_suggestions
from rtpy_billing.models import WorkEntry

LONG = plain_message("word " * 300)


def test_a_long_message_without_time_is_proposed_until_it_is_answered(db, work, make):
    ticket, other, third = (make.ticket() for _ in range(3))
    change_ticket(work, ticket, Correspond(LONG))
    change_ticket(work, other, Comment(LONG))
    change_ticket(work, third, Comment(LONG, 5))
    change_ticket(work, third, Comment(plain_message("Short.")))
    first, second = open_suggestions(work)
    assert [(each.ticket_id, each.minutes, each.words) for each in (first, second)] == [
        (ticket.id, 15, 300),
        (other.id, 15, 300),
    ]
    entry = accept_suggestion(work, first.id, 20)
    assert (entry.ticket_id, entry.worked_seconds, entry.source) == (ticket.id, 1200, "suggestion")
    dismiss_suggestion(work, second.id)
    assert open_suggestions(work) == []
    with pytest.raises(NotFound):
        accept_suggestion(work, first.id)


def test_time_logged_since_answers_a_suggestion_and_old_ones_are_forgotten(work, make):
    ticket, other = make.ticket(), make.ticket()
    change_ticket(work, ticket, Comment(LONG))
    change_ticket(work, other, Comment(LONG))
    change_ticket(work, ticket, AddTime(5))
    assert [each.ticket_id for each in open_suggestions(work)] == [other.id]
    work.now += timedelta(days=15)
    assert open_suggestions(work) == []


@pytest.mark.databases("sqlite")  # asks the rights only
def test_nothing_is_proposed_to_who_logs_no_time(work_of, make, db, nobody_logs):
    ann = make.staff("annette")
    make.grant(ann, "ShowTicket", "CommentOnTicket")
    change_ticket(work_of("annette"), make.ticket(), Comment(LONG))
    assert open_suggestions(work_of("annette")) == []


@pytest.mark.databases("sqlite")  # pages
def test_suggestions_are_answered_on_their_page(root, db, work, make):
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(LONG))
    assert "1 message of yours came without time" in root.get("/")
    page = root.get("/billing/suggestions")
    form = next(each for each in page.forms.values() if "/billing/suggestions/" in each.action)
    assert form["minutes"].value == "15m"
    form["minutes"] = "soon"
    form.submit("deed", value="accept", status=400)
    form["minutes"] = "0:10"
    assert "Nothing was forgotten" in form.submit("deed", value="accept").follow()
    assert db.scalars(select(WorkEntry.worked_seconds)).one() == 600
