"""Splitting a message off in the browser."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.models import Ticket


@pytest.fixture
def ticket(make):
    return make.ticket()


def form_of(page):
    return next(form for form in page.forms.values() if "tell" in form.fields)


def test_a_message_is_split_off_with_one_click_and_one_form(jo, ticket, db):
    form = form_of(jo.get(f"/ticket/{ticket.id}").click("Split off"))
    assert (form["subject"].value, form["requestor"].value) == ("Printer on fire", "ann@client.example")
    assert not form["tell"].checked
    form["subject"] = "The toner of it"
    page = form.submit().follow()
    made = db.scalar(select(Ticket).where(Ticket.subject == "The toner of it"))
    assert page.request.path == f"/ticket/{made.id}"
    assert "It burns." in page.text
    assert f"Split off from #{ticket.id}" in page.text


def test_what_is_wrong_stands_beside_its_field(jo, ticket):
    form = form_of(jo.get(f"/ticket/{ticket.id}").click("Split off"))
    form["subject"], form["requestor"] = "", "no such person"
    page = form.submit(status=422)
    assert page.html.select_one("#field-subject-error")
    assert page.html.select_one("#field-requestor-error")


def test_a21_a_comment_is_shown_as_one_and_its_page_is_for_staff(jo, customer, work_of, make, ticket, db):
    said = plain_message("canary-9", files=(Part("text/csv", b"1", PartRole.FILE, filename="a.csv"),))
    comment = change_ticket(work_of("jo"), ticket, Comment(said)).transactions[0]
    url = f"/ticket/{ticket.id}/transaction/{comment.id}/split"
    page = jo.get(url)
    assert "Internal comment" in page.text
    assert "canary-9" in page.text
    assert "a.csv" in page.text
    make.grant("Requestor", "ShowTicket")
    assert "canary-9" not in customer.get(url, status="*").text
    form = form_of(page)
    form["subject"], form["tell"] = "Later", True
    form.submit().follow()
    made = db.scalar(select(Ticket).where(Ticket.subject == "Later"))
    assert "canary-9" not in customer.get(f"/ticket/{made.id}", status="*").text
