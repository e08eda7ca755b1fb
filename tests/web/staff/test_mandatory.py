"""A move that needs fields: a form asks for just these, without JavaScript, and keeps what was typed."""

import pytest
from sqlalchemy import select

from rtpy.changes.lifecycles import change_lifecycle, stored
from rtpy.models import Transaction


@pytest.fixture
def ticket(make):
    return make.ticket()


@pytest.fixture
def mandatory(work):
    def ask(*names, move="* -> resolved"):
        row = stored(work, "default")
        change_lifecycle(work, row, {**row.definition, "mandatory": {move: list(names)}})

    return ask


def send(browser, ticket, token, **fields):
    return browser.post(
        f"/ticket/{ticket.id}/modify", {"csrf_token": token(browser), **fields}, expect_errors=True
    )


def asking(page):
    return next(form for form in page.forms.values() if "asked" in form.fields)


def test_a_button_that_lacks_nothing_works_as_before(root, ticket, token, db):
    assert send(root, ticket, token, status="resolved").status_int == 303


def test_exactly_the_empty_fields_are_asked_for(root, ticket, token, mandatory, db):
    mandatory("owner", "due", "comment")
    page = send(root, ticket, token, status="resolved", owner="me")
    form = asking(page)
    assert page.status_int == 422
    assert {"due", "comment"} <= set(form.fields)
    assert form["owner"].value == "me"
    assert form["owner"].tag == "input"
    form["due"], form["comment"] = "2026-04-01T12:00", "New toner."
    form.submit().follow()
    db.expire_all()
    assert (ticket.status, ticket.due.isoformat()) == ("resolved", "2026-04-01T12:00:00+00:00")
    said = db.scalars(
        select(Transaction.type).where(
            Transaction.object_type == "ticket", Transaction.object_id == ticket.id
        )
    ).all()
    assert "Comment" in said


def test_what_is_still_wrong_is_told_and_the_rest_stays(root, ticket, token, mandatory, db):
    mandatory("due", "comment")
    form = asking(send(root, ticket, token, status="resolved"))
    form["comment"] = "New toner."
    page = form.submit(status=422)
    assert page.html.select_one("#field-due-error")
    assert asking(page)["comment"].value == "New toner."
    db.expire_all()
    assert ticket.status == "new"


def test_a_bad_value_comes_back_with_its_reason(root, ticket, token, mandatory):
    mandatory("time_taken")
    form = asking(send(root, ticket, token, status="resolved"))
    form["minutes"] = "lots"
    assert "is no duration" in form.submit(status=422).html.select_one("#field-minutes-error").text


def test_a_reply_with_a_status_is_asked_and_then_sent_once(root, ticket, mandatory, db):
    mandatory("owner", "time_taken")
    form = next(f for f in root.get(f"/ticket/{ticket.id}").forms.values() if f.action.endswith("/reply"))
    form["text"], form["status"] = "It prints again.", "resolved"
    page = form.submit(status=422)
    form = asking(page)
    form["owner"], form["minutes"] = "me", "15"
    form.submit().follow()
    db.expire_all()
    assert (ticket.status, ticket.time_worked) == ("resolved", 15)
    replies = db.scalars(
        select(Transaction.id).where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type == "Correspond",
        )
    ).all()
    assert len(replies) == 1


def test_a_comment_does_not_become_the_reply_that_a_move_needs(root, ticket, mandatory):
    mandatory("reply")
    form = next(f for f in root.get(f"/ticket/{ticket.id}").forms.values() if f.action.endswith("/comment"))
    form["text"], form["status"] = "Internal words.", "resolved"
    page = form.submit(status=422)
    assert "write a reply to the customer" in page.text
    assert "Internal words." in page.text
