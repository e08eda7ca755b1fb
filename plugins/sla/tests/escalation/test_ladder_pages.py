"""The pages of ladders: a form of rows without a script, the drawing, and the log of steps."""

import pytest
from sqlalchemy import select

from plugins.sla.tests.escalation.shop import HOUR, MINUTE, step
from rtpy_sla.models import Ladder

# Reading and drawing forms does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")


def test_a_ladder_is_made_changed_and_drawn(root, shop):
    shop.policy([], name="Silver")
    page = root.get("/admin/sla/ladders/create")
    form = page.forms["ladder"]
    form["name"] = "Usual"
    form["steps.0.when"] = "50"
    form["steps.0.do.1.kind"] = "raise_by"
    form["steps.0.do.1.value"] = "ten"
    page = form.submit("deed", value="add")
    assert page.status_int == 200
    form = page.forms["ladder"]
    assert form["name"].value == "Usual"
    form["steps.1.when"] = "1h30"
    form["steps.1.unit"] = "after"
    form["steps.1.unowned"] = True
    form["steps.1.targets"] = ["resolution"]
    wrong = form.submit("deed", value="save", status=422)
    assert "by how much the priority rises" in wrong.text
    form = wrong.forms["ladder"]
    form["steps.0.do.1.value"] = "10"
    drawn = form.submit("deed", value="draw")
    assert "Fri" in drawn.text
    assert "is not for the target First response" in drawn.text
    drawn.forms["ladder"].submit("deed", value="save", status=303)

    steps = shop.db.scalars(select(Ladder.steps).where(Ladder.name == "Usual")).one()
    assert [(each.get("percent"), each.get("seconds")) for each in steps] == [(50, None), (None, 5400)]
    assert steps[1]["if"] == {"unowned": True}
    assert steps[1]["targets"] == ["resolution"]
    assert [each["kind"] for each in steps[0]["do"]] == ["notify_owner", "raise_by"]
    listed = root.get("/admin/sla/ladders")
    assert "at 50 %, 1 h 30 min after it was due" in listed.text


@pytest.mark.parametrize(
    ("unit", "typed", "sentence"),
    [
        ("percent", "a lot", "whole number"),
        ("before", "a while", "no length of time"),
        ("after", "", "no length"),
    ],
)
def test_a_time_that_is_none_is_said_beside_its_field(root, shop, unit, typed, sentence):
    page = root.get("/admin/sla/ladders/create")
    form = page.forms["ladder"]
    form["name"], form["steps.0.when"], form["steps.0.unit"] = "Usual", typed, unit
    wrong = form.submit("deed", value="save", status=422)
    assert sentence in wrong.html.find(id="field-steps.0.when-error").text


def test_a_unit_that_no_form_offers_is_read_as_per_cent(root, shop):
    form = root.get("/admin/sla/ladders/create").forms["ladder"]
    form["name"], form["steps.0.when"] = "Usual", "soon"
    form["steps.0.unit"].force_value("moons")
    wrong = form.submit("deed", value="save", status=422)
    assert "whole number" in wrong.html.find(id="field-steps.0.when-error").text


def test_a_step_is_taken_out_again(root, shop):
    page = root.get("/admin/sla/ladders/create")
    page = page.forms["ladder"].submit("deed", value="add")
    page = page.forms["ladder"].submit("deed", value="remove.1")
    assert "steps.1.key" not in page.forms["ladder"].fields
    assert root.get("/admin/sla/ladders/999", status=404)


def test_the_log_shows_what_became_of_each_step(root, shop):
    empty = root.get("/admin/sla/firings")
    assert "No step was taken yet" in empty.text
    version = shop.policy(
        [
            step("due", "raise_to 70", "notify_group Nowhere"),
            step("c", "webhook", percent=150, **{"if": {"priority": 99}}),
        ]
    )
    ticket = shop.ticket(version, "Fire & flood")
    shop.after(2 * HOUR + MINUTE)
    shop.after(3 * HOUR)

    page = root.get("/admin/sla/firings")
    assert f"#{ticket.id} Fire &amp; flood" in page.text
    assert "Raised the priority to 70." in page.text
    shown = {
        show: len(root.get(f"/admin/sla/firings?show={show}").html.select("tbody tr"))
        for show in ("late", "failed", "skipped")
    }
    assert shown == {"late": 1, "failed": 1, "skipped": 1}
    assert len(root.get(f"/admin/sla/firings?q=%23{ticket.id}").html.select("tbody tr")) == 2
    assert root.get("/admin/sla/firings?q=other").html.select("tbody tr") == []
