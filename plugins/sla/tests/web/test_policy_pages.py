"""Policies are set up in their order, keep their versions, and are tried on open tickets before anything changes."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy_sla.models import Policy, PolicyVersion, TicketSla

from .conftest import HOUR, term
from .test_ticket_pages import text_of


def saved(db, name):
    db.expire_all()
    policy = db.scalars(select(Policy).where(Policy.name == name)).one()
    versions = (
        select(PolicyVersion).where(PolicyVersion.policy_id == policy.id).order_by(PolicyVersion.number)
    )
    return policy, list(db.scalars(versions))


def form_of(page):
    return next(form for form in page.forms.values() if "band.0.from" in form.fields)


def test_a_policy_is_made_changed_and_keeps_its_versions(root, db, office, make):
    make.organization("Harbour Clinic")
    assert "No policy yet" in root.get("/admin/sla/policies")
    form = form_of(root.get("/admin/sla/policies/create"))
    form["name"], form["for.organizations"] = "Gold", "harbour clinic"
    form["band.0.calendar"], form["band.0.first_response.amount"] = str(office.id), "4h"
    page = form.submit("deed", value="add_band")
    form = form_of(page)
    assert form["band.0.first_response.amount"].value == "4h"
    form["band.1.from"], form["band.1.resolution.amount"], form["band.1.resolution.unit"] = (
        "80",
        "24h",
        "wall",
    )
    form["band.1.resolution.pause.third"] = False
    form.submit("deed", value="save").follow()
    policy, (version,) = saved(db, "Gold")
    assert [band["from_priority"] for band in version.bands] == [80, 0]
    assert version.bands[0]["terms"]["resolution"] == {
        "amount": 24 * HOUR,
        "unit": "wall",
        "pauses": ["customer", "scheduled"],
    }
    address = f"/admin/sla/policies/{policy.id}"
    form_of(root.get(address)).submit("deed", value="save")
    assert len(saved(db, "Gold")[1]) == 1  # nothing was changed
    form = form_of(root.get(address))
    form["band.0.first_response.amount"] = "2h"
    form.submit("deed", value="save")
    assert [each.number for each in saved(db, "Gold")[1]] == [1, 2]
    page = root.get(f"{address}/versions")
    assert "2 h of open hours" in page.html.select_one("#version-2").text
    assert "4 h of open hours" in page.html.select_one("#version-1").text
    assert "organisation Harbour Clinic" in root.get("/admin/sla/policies").html.select_one("tbody").text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "Give the policy a name"),
        ({"band.0.first_response.amount": ""}, "Promise something"),
        ({"band.0.first_response.amount": "soon"}, "no amount of time"),
        ({"band.0.calendar": "999"}, "There is no calendar 999"),
        ({"band.1.from": "0", "band.1.update.amount": "1h"}, "begin at the same priority"),
        ({"for.organizations": "Nobody Ltd"}, "There is no organisation “Nobody Ltd”"),
        ({"for.priority_from": "50", "for.priority_to": "10"}, "it fits no ticket"),
        ({"for.priority_from": "high"}, "as a whole number"),
        ({"for.query": "Status = "}, "Column"),
        ({"for.query": "Colour = 'red'"}, "Colour"),
        ({"for.fields": "Contract"}, "write lines like"),
        ({"confirm_days": "-1"}, "from 0 to 366"),
        ({"reopening": "maybe"}, "Choose one of the list"),
        ({"ladder": "99"}, "Choose a ladder"),
    ],
)
@pytest.mark.databases("sqlite")  # sentences
def test_what_cannot_be_promised_is_told_beside_its_field(root, db, token, given, sentence):
    usual = {
        "name": "Gold",
        "band.0.from": "0",
        "band.0.first_response.amount": "4h",
        "reopening": "continue",
        "confirm_days": "7",
        "on_priority": "creation",
        "deed": "save",
        "csrf_token": token(root),
    }
    page = root.post("/admin/sla/policies/create", {**usual, **given}, status=422)
    assert sentence in text_of(page.html.select_one(".problems"))
    assert db.scalars(select(Policy)).all() == []


@pytest.mark.databases("sqlite")  # an order
def test_policies_are_moved_and_taken_out_of_use(root, db, policy, token):
    for place, name in enumerate(("Gold", "Silver", "Rest"), 1):
        policy(name, place)
    number = saved(db, "Rest")[0].id
    for _ in range(3):
        root.post("/admin/sla/policies", {"policy": number, "deed": "up", "csrf_token": token(root)})
    names = [a.text for a in root.get("/admin/sla/policies").html.select("tbody td.subject a")]
    assert names == ["Rest", "Gold", "Silver"]
    form_of(root.get(f"/admin/sla/policies/{number}")).submit("deed", value="disable")
    assert "disabled" in root.get("/admin/sla/policies").html.select("tbody tr")[-1].text
    form_of(root.get(f"/admin/sla/policies/{number}")).submit("deed", value="enable")
    assert not saved(db, "Rest")[0].disabled
    root.post("/admin/sla/policies", {"policy": "9", "deed": "up", "csrf_token": token(root)}, status=400)
    root.get("/admin/sla/policies/99999", status=404)


def test_policies_are_tried_on_open_tickets_and_given_to_those_that_are_ticked(
    root, db, work, policy, make, says
):
    rest = policy("Rest", 2)
    fire, calm = make.ticket("Printer on fire"), make.ticket("A question")
    for ticket in (fire, calm):
        change_ticket(work, ticket, SetPriority(60))
    first = policy(
        "First", 1, {"priority_from": 50, "query": "Subject LIKE 'fire'"}, first_response=term(HOUR)
    )
    page = root.get("/admin/sla/policies/try")
    rows = [text_of(row) for row in page.html.select("tbody tr")]
    assert len(rows) == 1
    assert "Rest, version 1" in rows[0]
    assert "First, version 1" in rows[0]
    assert len(root.get("/admin/sla/policies/try?all=1").html.select("tbody tr")) == 2
    form = next(form for form in page.forms.values() if "retarget" in form.fields)
    form["retarget"], form["reason"] = "creation", "Contract of March"
    assert "1 ticket changed" in form.submit().follow()
    db.expire_all()
    assert (db.get(TicketSla, fire.id).version_id, db.get(TicketSla, calm.id).version_id) == (
        first.id,
        rest.id,
    )
    assert "Nothing to change" in root.get("/admin/sla/policies/try")


@pytest.mark.databases("sqlite")  # rights
def test_who_may_not_set_up_sees_no_policies(browser, enter, make):
    ann = enter(browser, make.staff("ann"))
    for address in ("", "/create", "/try", "/1", "/1/versions"):
        ann.get(f"/admin/sla/policies{address}", status=403)
