"""The page that changes many tickets: from a search over the preview to what was done."""

import pytest
from sqlalchemy import delete

from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.models import Ace, CustomField, CustomFieldPlace, CustomFieldValue

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def test_the_tickets_of_a_search_are_changed_after_a_preview(root, make, db):
    tickets = [make.ticket(f"Printer {number}") for number in range(3)]
    page = root.get("/search", {"Query": "Subject LIKE 'Printer'", "OrderBy": "id"}).click("Change all 3")
    form = page.forms["bulk"]
    form["status"], form["priority"] = "stalled", "44"
    form.fields["id"][1].checked = False
    page = form.submit("do", value="preview")
    assert "2 of 2 change" in " ".join(page.html.select_one("[role=status]").text.split())
    assert {ticket.status for ticket in tickets} == {"new"}
    page = page.forms["bulk"].submit("do", value="apply").follow()
    assert "2 tickets changed." in page.text
    db.expire_all()
    assert [ticket.status for ticket in tickets] == ["stalled", "new", "stalled"]


def test_nothing_chosen_or_nothing_given_is_said(root, make):
    make.ticket("One")
    form = root.get("/search/bulk", {"Query": "id > 0"}).forms["bulk"]
    assert "at least one field" in form.submit("do", value="apply", status=422).text
    form["status"] = "open"
    form.fields["id"][0].checked = False
    assert "at least one ticket" in form.submit("do", value="apply", status=422).text


def test_a_bad_value_is_said_for_each(root, make):
    make.ticket("One")
    form = root.get("/search/bulk", {"Query": "id > 0"}).forms["bulk"]
    form["priority"] = "very"
    assert "whole number" in form.submit("do", value="preview").text


def test_what_are_no_tickets_is_not_taken_for_tickets_of_the_same_number(root, make, work):
    make.ticket("One")
    catalog = make_catalog(work, CatalogValues("Machines", "assets"))
    create_asset(work, CreateAsset(catalog, "Laptop"))
    for kind in ("assets", "transactions"):
        answer = root.get("/search/bulk", {"Class": kind, "Query": "id > 0"}, status=303)
        assert "Only tickets" in answer.follow().text


def test_without_the_right_there_is_no_way(jo, db, make):
    make.ticket("One")
    db.execute(delete(Ace).where(Ace.right_name == "ShowSearchBulkUpdate"))
    assert "Change all" not in jo.get("/search", {"Query": "id > 0"}).text
    assert "may not change many" in jo.get("/search/bulk", {"Query": "id > 0"}).follow().text


def test_people_links_and_fields_are_in_the_form_and_stay_there_for_the_second_step(root, make, db, work):
    one, two = make.ticket("One"), make.ticket("Two")
    level = CustomField(name="Level", type="Select", lookup="ticket", max_values=1)
    db.add(level)
    db.flush()
    db.add(CustomFieldPlace(custom_field_id=level.id, object_id=0))
    db.add(CustomFieldValue(custom_field_id=level.id, name="High", sort_order=0))
    db.flush()
    form = root.get("/search/bulk", {"Query": f"id = {one.id}"}).forms["bulk"]
    form["add_cc"], form["link"], form["link_to"] = "kim@client.example", "RefersTo", f"#{two.id}"
    form[f"set:{level.id}"] = "High"
    page = form.submit("do", value="preview")
    said = page.html.select_one("tbody").text
    for what in ("added kim@client.example as Cc", f"refers to #{two.id}", "set Level to High"):
        assert what in said
    done = page.forms["bulk"].submit("do", value="apply").follow()
    assert "1 ticket changed." in done.text
    assert (
        "High"
        in root.get(
            "/search",
            {"Query": "Cc = 'kim@client.example' AND CF.{Level} = 'High'", "Format": "CF.{Level}"},
        )
        .html.select_one("#tickets tbody")
        .text
    )
    form = root.get("/search/bulk", {"Query": f"id = {one.id}"}).forms["bulk"]
    form["delete_cc"] = "nobody@nowhere.example"
    assert "nobody with the address" in form.submit("do", value="preview", status=422).text
