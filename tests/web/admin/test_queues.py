"""Queues in the administration: listed, made, changed, with a choice when the lifecycle is another."""

import pytest
from sqlalchemy import select

from rtpy.changes.lifecycles import create_lifecycle
from rtpy.models import Ace, Queue, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def main_form(page):
    return next(form for form in page.forms.values() if "name" in form.fields and form.method == "post")


def test_a_queue_is_made_and_everybody_may_write_to_it(root, db, make):
    form = main_form(root.get("/admin/queues/create"))
    form["name"], form["correspond_address"], form["due_default"] = "Printers", "print@site.example", "2 days"
    page = form.submit().follow()
    queue = db.scalar(select(Queue).where(Queue.name == "Printers"))
    assert (queue.due_default, queue.lifecycle) == ("2 days", "default")
    assert db.scalar(select(Ace.id).where(Ace.object_id == queue.id, Ace.right_name == "CreateTicket"))
    assert "The queue Printers is there." in page.text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(root, db):
    form = main_form(root.get("/admin/queues/create"))
    form["name"], form["description"], form["due_default"] = "General", "For mine", "soon"
    page = form.submit(status=422)
    assert "already" in page.html.select_one("#field-name-error").text
    assert "write for example" in page.html.select_one("#field-due_default-error").text
    assert main_form(page)["description"].value == "For mine"


def test_the_list_finds_by_address_and_hides_what_is_disabled(root, make, db):
    make.queue("Alpha").correspond_address = "alpha@site.example"
    make.queue("Beta").disabled = True
    db.flush()
    assert "Beta" not in root.get("/admin/queues").html.select_one("main").text
    assert "Beta" in root.get("/admin/queues?disabled=1").html.select_one("main").text
    found = root.get("/admin/queues?q=alpha%40").html.select_one("tbody").text
    assert "Alpha" in found
    assert "General" not in found


def test_a_queue_is_changed(root, make, db):
    queue = make.queue()
    form = main_form(root.get(f"/admin/queues/{queue.id}"))
    form["reply_policy"], form["held"] = "organization", True
    form.submit().follow()
    db.expire_all()
    assert (queue.reply_policy, queue.held) == ("organization", True)


def test_another_lifecycle_asks_for_the_statuses_that_have_tickets(root, work, make, db):
    ticket = make.ticket()
    create_lifecycle(work, "short")
    form = main_form(root.get(f"/admin/queues/{make.queue().id}"))
    form["lifecycle"] = "short"
    form = main_form(form.submit(status=422))
    form["becomes.new"] = "open"
    form.submit().follow()
    db.expire_all()
    assert (make.queue().lifecycle, ticket.status) == ("short", "open")


def test_who_may_change_one_queue_sees_that_one_and_makes_none(jo, make, db):

    user = db.scalar(select(User).where(User.name == "jo"))
    queue = make.queue("Mine")
    make.grant(user, "ShowConfigTab")
    make.grant(user, "AdminQueue", queue=queue)
    page = jo.get("/admin/queues")
    assert "General" not in page.html.select_one("tbody").text
    assert not page.html.select("a[href$='/admin/queues/create']")
    jo.get(f"/admin/queues/{queue.id}", status=200)
    jo.get(f"/admin/queues/{make.queue().id}", status=403)
    jo.get("/admin/queues/create", status=403)


@pytest.mark.parametrize("path", ["/admin/queues", "/admin/queues/create", "/admin/queues/1"])
def test_customers_see_none_of_it(customer, path):
    customer.get(path, status=403)
