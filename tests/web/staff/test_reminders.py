"""Reminders and child tickets in the browser."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.reminders import AddReminder
from rtpy.models import Link, Ticket

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def ticket(make):
    return make.ticket()


def add(browser, token, ticket, **fields):
    form = {"deed": "add", "csrf_token": token(browser), **fields}
    return browser.post(f"/ticket/{ticket.id}/reminders", form).follow()


def test_add_complete_and_open_again(jo, ticket, token):
    page = add(jo, token, ticket, subject="Call Ann", due="2026-03-01T10:00")
    box = page.html.select_one("#reminders")
    assert "Call Ann" in box.text
    assert "Jo Bloggs" in box.text
    assert page.text.count(">Call Ann<") == 1  # not among the links as well
    form = next(form for form in page.forms.values() if "reminder" in form.fields)
    page = form.submit("deed", value="resolve").follow()
    assert "1 done" in page.html.select_one("#reminders").text
    form = next(form for form in page.forms.values() if "reminder" in form.fields)
    page = form.submit("deed", value="open").follow()
    assert "Done: Call Ann" in re.sub(r"\s+", " ", page.html.select_one("#reminders").text)
    assert "added the reminder" in page.text


def test_what_is_wrong_is_told(jo, ticket, token):
    assert "Say in a few words what to remember" in add(jo, token, ticket, subject=" ").text
    assert "is not a date" in add(jo, token, ticket, subject="x", due="soon").text
    assert "nobody named" in add(jo, token, ticket, subject="x", owner="nemo").text


@pytest.mark.parametrize("number", ["", "x", "999999", "9" * 30])
def test_a_reminder_that_is_not_there_is_told(jo, ticket, token, number):
    form = {"deed": "resolve", "reminder": number, "csrf_token": token(jo)}
    assert "has no such reminder" in jo.post(f"/ticket/{ticket.id}/reminders", form).follow().text


def test_mine_stand_on_the_start_page_with_what_is_late(jo, make, work_of, ticket, clock):
    change_ticket(work_of("jo"), ticket, AddReminder("Call Ann", due=clock.now() - timedelta(hours=1)))
    change_ticket(work_of("root"), ticket, AddReminder("Not for Jo"))
    page = jo.get("/")
    assert "Call Ann" in page.text
    assert "late" in page.text
    assert "Not for Jo" not in page.text


def test_the_page_of_a_reminder_is_that_of_its_ticket(jo, work_of, ticket):
    done = change_ticket(work_of("jo"), ticket, AddReminder("Call Ann"))
    answer = jo.get(f"/ticket/{done.transactions[0].new_value}")
    assert answer.location.endswith(f"/ticket/{ticket.id}#reminders")


def test_a_customer_does_not_see_them(customer, work_of, ticket, make):
    make.grant("Requestor", "ShowTicket")
    make.staff("jo")
    change_ticket(work_of("jo"), ticket, AddReminder("secret plan"))
    assert "secret plan" not in customer.get(f"/ticket/{ticket.id}", status="*").text


def test_many_reminders_cost_no_further_query(jo, work_of, ticket, query_count):
    work = work_of("jo")
    change_ticket(work, ticket, AddReminder("first"))
    jo.get(f"/ticket/{ticket.id}")
    with query_count() as few:
        jo.get(f"/ticket/{ticket.id}?all=1")
    change_ticket(work, ticket, *(AddReminder(f"more {number}") for number in range(12)))
    with query_count() as many:
        jo.get(f"/ticket/{ticket.id}?all=1")
    assert many.total == few.total


def test_a_child_begins_with_the_queue_and_the_people_of_its_parent(jo, ticket, db):
    page = jo.get(f"/ticket/{ticket.id}").click("New child ticket")
    form = next(form for form in page.forms.values() if "parent" in form.fields)
    assert form["requestor"].value == "ann@client.example"
    form["subject"] = "The cable of it"
    form.submit().follow()
    child = db.scalar(select(Ticket).where(Ticket.subject == "The cable of it"))
    link = db.scalar(select(Link).where(Link.local_base_id == child.id))
    assert (link.type, link.local_target_id) == ("MemberOf", ticket.id)


def test_a_parent_that_is_not_there_makes_nothing(jo, ticket, db):
    page = jo.get("/ticket/create?parent=999999&requestor=ann@client.example")
    form = next(form for form in page.forms.values() if "parent" in form.fields)
    form["subject"] = "Orphan"
    assert form.submit(status="*").status_int in (409, 422)
    assert db.scalar(select(Ticket).where(Ticket.subject == "Orphan")) is None
