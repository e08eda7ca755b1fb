"""The pages of RT's own levels, and the level in the forms of tickets."""

import pytest
from sqlalchemy import select

from rtpy.models import Ticket
from rtpy_sla.levels.terms import Time, known_terms
from rtpy_sla.models import Level, QueueLevel

# Reading and drawing forms does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")


def form_of(page):
    """The form that has the fields of the page."""
    (form,) = {
        form
        for form in page.forms.values()
        if form.method.upper() == "POST" and form.action.endswith(page.request.path)
    }
    return form


def test_a_level_is_made_and_changed(root, db, make):
    assert "No level yet" in root.get("/admin/sla/levels").text
    form = form_of(root.get("/admin/sla/levels/create"))
    form["name"] = "Gold"
    form["response.business"] = "1h30"
    form["response.ignore"] = "stalled, on hold"
    form["response.exclude"] = True
    form["resolve.real"] = "2 weeks"
    wrong = form.submit("deed", value="save", status=422)
    assert "is no duration" in wrong.html.find(id="field-resolve.real-error").text
    form = form_of(wrong)
    form["resolve.real"] = "48h"
    form["starts"] = "now"
    form.submit("deed", value="save", status=303)

    level = db.scalars(select(Level)).one()
    terms = known_terms(level.terms)
    assert terms.starts == Time(real=0)
    assert terms.response == Time(90, None, frozenset({"stalled", "on hold"}), True)
    assert terms.resolve == Time(None, 2880)
    assert "Response 1 h 30 min, resolve 48 h by the clock" in root.get("/admin/sla/levels").text
    again = form_of(root.get(f"/admin/sla/levels/{level.id}"))
    assert (again["response.business"].value, again["starts"].value) == ("1h30m", "now")
    again.submit("deed", value="save", status=303)
    assert known_terms(level.terms) == terms
    assert root.get("/admin/sla/levels/999", status=404)


def test_queues_are_given_levels(root, db, gold, make):
    other = make.queue("Other")
    form = form_of(root.get("/admin/sla/levels/queues"))
    form[f"queue.{other.id}"] = "usual"
    form.submit("deed", value="save", status=303)
    assert db.get_one(QueueLevel, other.id).level_id is None
    form = form_of(root.get("/admin/sla/levels/queues"))
    assert form[f"queue.{other.id}"].value == "usual"
    form[f"queue.{other.id}"].force_value("Nowhere")
    assert "no level" in form.submit("deed", value="save", status=422).text


def test_the_level_is_chosen_on_tickets(root, db, gold, make):
    page = root.get("/ticket/create")
    assert [option.text for option in page.html.find(id="field-sla.level").find_all("option")] == [
        "That of the queue",
        "Gold",
    ]
    ticket = make.ticket()
    page = root.get(f"/ticket/{ticket.id}")
    assert page.html.find(id="sla-level").find("option", selected=True).text == "Gold"
    (form,) = {form for form in page.forms.values() if "sla.level" in form.fields}
    form["sla.level"] = ""
    form.submit(status=303)
    assert db.scalars(select(Ticket.sla).where(Ticket.id == ticket.id)).one() == ""
    form["sla.level"].force_value("Nowhere")
    assert "There is no level" in form.submit(status=303).follow().text
    form["sla.level"].force_value("gold")
    form.submit(status=303)
    assert (ticket.sla, ticket.due is not None) == ("Gold", True)
