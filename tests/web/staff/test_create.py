"""Making a ticket for a customer on the phone."""

import pytest
from sqlalchemy import func, select

from rtpy.models import Ticket, User, Watcher

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def form_of(browser, query=""):
    return next(
        form for form in browser.get(f"/ticket/create{query}").forms.values() if "requestor" in form.fields
    )


def filled(form, **more):
    values = {"requestor": "Ann Miller <ann@client.example>", "subject": "Help", "text": "She rang."}
    for name, value in {**values, **more}.items():
        form[name] = value
    return form


def test_a_ticket_is_made_with_its_people_and_minutes(root, db):
    form = filled(
        form_of(root), cc="bo@client.example", owner="me", minutes="12", priority="75", status="open"
    )
    page = form.submit().follow()
    ticket = db.scalars(select(Ticket)).one()
    assert (ticket.subject, ticket.status, ticket.priority, ticket.time_worked) == ("Help", "open", 75, 12)
    assert ticket.owner_id == db.scalar(select(User.id).where(User.name == "root"))
    roles = db.execute(
        select(Watcher.role, User.email_address, User.real_name).join(User, User.id == Watcher.principal_id)
    ).all()
    assert set(roles) == {
        ("Requestor", "ann@client.example", "Ann Miller"),
        ("Cc", "bo@client.example", ""),
    }
    assert "She rang." in page


def test_what_is_wrong_is_said_and_everything_typed_stays(root, db):
    page = filled(form_of(root), requestor="nonsense", minutes="x", cc="bo@client.example").submit(status=422)
    assert {link["href"] for link in page.html.select(".problems a")} == {
        "#field-requestor",
        "#field-minutes",
    }
    again = next(form for form in page.forms.values() if "requestor" in form.fields)
    values = {name: again[name].value.strip() for name in ("requestor", "cc", "subject", "text", "minutes")}
    assert values == {
        "requestor": "nonsense",
        "cc": "bo@client.example",
        "subject": "Help",
        "text": "She rang.",
        "minutes": "x",
    }
    assert db.scalar(select(func.count(Ticket.id))) == 0
    assert db.scalar(select(User).where(User.email_address == "bo@client.example")) is None


def test_a_subject_that_is_too_long_is_not_cut_but_comes_back_whole(root, db):
    page = filled(form_of(root), subject="x" * 201).submit(status=422)
    assert "at most 200 characters, this one has 201" in page.html.select_one("#field-subject-error").text
    again = next(form for form in page.forms.values() if "requestor" in form.fields)
    assert again["subject"].value == "x" * 201
    assert again.submit(status=422)
    assert db.scalar(select(func.count(Ticket.id))) == 0
    again["subject"] = "x" * 200
    again.submit(status=303)
    assert db.scalars(select(Ticket.subject)).all() == ["x" * 200]


def test_the_same_form_sent_twice_makes_one_ticket(root, db):
    form = filled(form_of(root))
    first = form.submit(status=303)
    second = form.submit(status=303)
    assert first.location == second.location
    assert db.scalar(select(func.count(Ticket.id))) == 1


def test_the_address_can_fill_the_form(root):
    assert form_of(root, "?requestor=ann@client.example")["requestor"].value == "ann@client.example"


def test_only_queues_that_take_tickets_from_me_are_offered(jo, make):
    make.queue("Closed to Jo", granted=False)
    options = [label for _, _, label in form_of(jo)["queue"].options]
    assert options == ["General"]


def test_a_queue_that_is_not_offered_is_refused(jo, db, make):
    closed = make.queue("Closed to Jo", granted=False)
    form = filled(form_of(jo))
    form["queue"].force_value(str(closed.id))
    page = form.submit(status=422)
    assert "There is no queue" in page.html.select_one(".problems").text
    assert db.scalar(select(User).where(User.email_address == "ann@client.example")) is None
