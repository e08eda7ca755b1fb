"""Passing statuses and comments to children and parents, without going in circles."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid
from rtpy.models import Scrip, ScripAction, ScripCondition, ScripQueue, Transaction
from rtpy.scrips.family import check_what


@pytest.fixture
def scrip(db):
    def add(kind, argument):
        condition = db.scalar(select(ScripCondition).where(ScripCondition.name == "On Transaction"))
        action = ScripAction(name=f"{kind} {argument}", kind=kind, argument=argument)
        db.add(action)
        db.flush()
        row = Scrip(description=kind, condition_id=condition.id, action_id=action.id, template_name="Blank")
        db.add(row)
        db.flush()
        db.add(ScripQueue(scrip_id=row.id, stage="create", sort_order=99))
        db.flush()

    return add


@pytest.fixture
def family(make, work):
    top, middle, low = make.ticket("Top"), make.ticket("Middle"), make.ticket("Low")
    change_ticket(work, middle, AddLink("MemberOf", str(top.id)))
    change_ticket(work, low, AddLink("MemberOf", str(middle.id)))
    return top, middle, low


def comments(db, ticket):
    return db.scalar(
        select(func.count()).where(Transaction.object_id == ticket.id, Transaction.type == "Comment")
    )


def test_a_status_reaches_all_generations(scrip, family, work):
    scrip("UpdateChildren", "status")
    top, middle, low = family
    change_ticket(work, top, SetStatus("resolved"))
    assert [each.status for each in (top, middle, low)] == ["resolved"] * 3


def test_a_comment_goes_up_as_a_comment(scrip, family, work, db):
    scrip("UpdateParents", "comment")
    top, middle, low = family
    change_ticket(work, low, Comment(plain_message("psst")))
    assert [comments(db, each) for each in (top, middle, low)] == [1, 1, 1]


def test_up_and_down_together_do_not_go_in_circles(scrip, family, work, db):
    scrip("UpdateParents", "comment,status")
    scrip("UpdateChildren", "comment,status")
    top, middle, low = family
    change_ticket(work, middle, Comment(plain_message("psst")))
    assert [comments(db, each) for each in (top, middle, low)] == [1, 1, 1]


def test_what_one_child_refuses_stops_no_other(scrip, family, make, work):
    scrip("UpdateChildren", "status")
    top, middle, low = family
    blocker = make.ticket("Blocker")
    change_ticket(work, middle, AddLink("DependsOn", str(blocker.id)))
    change_ticket(work, top, SetStatus("resolved"))
    assert (middle.status, low.status) == ("new", "resolved")


def test_what_is_not_asked_for_stays(scrip, family, work, db):
    scrip("UpdateChildren", "status")
    top, middle, _ = family
    change_ticket(work, top, Comment(plain_message("psst")))
    assert comments(db, middle) == 0


@pytest.mark.parametrize("argument", ["", "priority", "status priority"])
def test_other_words_are_refused(argument):
    with pytest.raises(Invalid, match="Write status, comment"):
        check_what(argument)
