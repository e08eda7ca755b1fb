"""Splitting a message off in the browser."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.fields.contents import read_values
from rtpy.models import Ticket
from tests.domain.customfields.conftest import field

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")

__all__ = ["field"]


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


def test_the_same_form_sent_twice_splits_off_one_ticket(jo, ticket, db):
    form = form_of(jo.get(f"/ticket/{ticket.id}").click("Split off"))
    form.submit(status=303)
    page = form.submit(status=303).follow()
    made = db.scalars(select(Ticket.id).where(Ticket.id != ticket.id)).one()
    assert f"It was split off already, as ticket #{made}." in page.text


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


def test_the_fields_of_the_queue_that_it_goes_into_are_asked_for(root, make, ticket, db, work, field):
    network = make.queue("Network")
    site = field("Site", queue=network, pattern="(?#Mandatory).")
    form = form_of(root.get(f"/ticket/{ticket.id}").click("Split off"))
    assert f"cf_{site}" not in form.fields
    form["subject"], form["queue"] = "The cable of it", str(network.id)
    page = form.submit(status=422)
    assert "has fields of its own. They are below now" in page.html.select_one("#field-queue-error").text
    page = form_of(page).submit(status=422)
    assert "Site" in page.html.select_one(f"#field-cf_{site}-error").text
    assert db.scalar(select(Ticket.id).where(Ticket.subject == "The cable of it")) is None
    form = form_of(page)
    form[f"cf_{site}"] = "Hamburg"
    form.submit(status=303)
    made = db.scalar(select(Ticket).where(Ticket.subject == "The cable of it"))
    assert read_values(work, "ticket", made.id) == {"Site": ("Hamburg",)}


def test_the_fields_of_a_chosen_queue_are_shown_before_anything_is_made(root, make, ticket, db, field):
    network = make.queue("Network")
    site = field("Site", queue=network)
    form = form_of(root.get(f"/ticket/{ticket.id}").click("Split off"))
    form["subject"], form["queue"] = "Kept", str(network.id)
    form = form_of(form.submit("deed", value="queue"))
    assert (f"cf_{site}" in form.fields, form["subject"].value) == (True, "Kept")
    assert db.scalar(select(Ticket.id).where(Ticket.subject == "Kept")) is None
