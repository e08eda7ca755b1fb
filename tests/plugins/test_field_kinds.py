"""Kinds of custom fields that a plugin brings: read, shown, found, sorted, administered, and left behind."""

from dataclasses import replace

import pytest

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.customfields.defining import FieldSettings, change_field, create_field, settings_of
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket
from rtpy.errors import Invalid
from rtpy.fields.contents import read_values
from rtpy.fields.definitions import all_fields
from rtpy.initialdata.all import SECTIONS
from rtpy.initialdata.writing import as_data
from rtpy.remembered import forget
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search, find

EFFORT = FieldSettings("Effort", type="budget.hours", max_values=1)


@pytest.fixture
def field(work):
    """A field of the sample's kind, on all tickets."""
    return create_field(work, EFFORT, everywhere=True)


@pytest.fixture
def tickets(work, make, field):
    """Three of them, in the order of their numbers with 1:30, 10 and 2 hours."""
    made = [make.ticket(f"Ticket {text}") for text in ("1h30", "10h", "2")]
    for ticket, text in zip(made, ("1h30", "10h", "2.0"), strict=True):
        change_ticket(work, ticket, SetCustomField(field.id, (text,)))
    return made


def test_rtpy_custom_field_kinds_read_what_is_typed_and_say_what_is_wrong(work, tickets, field):
    kept = [read_values(work, "ticket", ticket.id)["Effort"] for ticket in tickets]
    assert kept == [("1.50",), ("10.00",), ("2.00",)]
    with pytest.raises(Invalid, match="Effort: “soon” is no duration"):
        change_ticket(work, tickets[0], SetCustomField(field.id, ("soon",)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("CF.{Effort} > 1.6", [1, 2]),
        ("CF.{Effort} = '1h30'", [0]),
        ("CF.{Effort} IN ('1:30', '2h')", [0, 2]),
        ("CF.{Effort} LIKE '.50'", [0]),
        ("CF.{Effort} = 'soon'", []),
    ],
)
def test_rtpy_custom_field_kinds_are_found_by_number_as_typed_or_as_kept(work, tickets, query, found):
    asked = Search(node=parse(f"id >= {tickets[0].id} AND {query}").node, order=(Order(Name("id")),))
    assert list(find(work, asked).ids) == [tickets[each].id for each in found]


def test_rtpy_custom_field_kinds_are_sorted_as_they_say(work, tickets):
    asked = Search(node=parse(f"id >= {tickets[0].id}").node, order=(Order(Name("CF", ("Effort",))),))
    assert find(work, asked).ids == tuple(tickets[each].id for each in (0, 2, 1))


def test_rtpy_custom_field_kinds_are_shown_and_typed_on_pages(login, tickets, field, db):
    db.commit()
    root = login()
    found = root.get("/search", {"Query": f"id = {tickets[0].id}", "Format": "'__id__','__CF.{Effort}__'"})
    assert "1:30 h" in found.text
    page = root.get(f"/ticket/{tickets[0].id}")
    assert "1:30 h" in page.text
    assert "Such as 1h30 or 0:45." in page.text
    assert page.html.find("input", attrs={"name": f"cf_{field.id}"})["value"] == "1.50"


def test_rtpy_custom_field_kinds_are_chosen_by_administrators(login, field, db):
    db.commit()
    root = login()
    kinds = root.get("/admin/custom-fields/create").html.find("select", attrs={"name": "type"})
    assert kinds.find("option", value="budget.hours").text == "Hours"
    assert "Hours" in root.get("/admin/custom-fields").text
    modify = root.get(f"/admin/custom-fields/{field.id}")
    assert modify.html.find("option", value="budget.hours").has_attr("selected")
    assert "A duration, such as 1h30." in modify.text
    root.authorization = ("Basic", ("root", "correct horse battery"))
    assert root.get(f"/REST/2.0/customfield/{field.id}").json["Type"] == "budget.hours"


def test_a_field_whose_plugin_is_not_listed_keeps_its_kind_and_values(work, tickets, field, app, db, login):
    db.commit()
    app.caches["named:rtpy_custom_field_kinds"] = {}
    forget(db.connection())
    definition = all_fields(app, db)[field.id]
    assert (definition.type, definition.type_name) == ("Freeform", "budget.hours")
    assert read_values(work, "ticket", tickets[0].id)["Effort"] == ("1.50",)
    change_field(work, field, replace(settings_of(field), description="Hm"))
    [written] = [each for each in as_data(work, SECTIONS)["custom_fields"] if each["name"] == "Effort"]
    assert written["type"] == "budget.hours"
    root = login()
    assert "1.50" in root.get(f"/ticket/{tickets[0].id}").text
    assert "of a plugin that is not listed" in root.get(f"/admin/custom-fields/{field.id}").text
    with pytest.raises(Invalid, match="Choose a type of the list"):
        create_field(work, replace(EFFORT, name="Other"))


@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_rtpy_custom_field_kinds_of_another_name_stop_the_start(config, monkeypatch):
    monkeypatch.setattr("rtpy_budget.kinds.KINDS", {"Select": None})
    with pytest.raises(Invalid, match=r"brings Select \(rtpy_custom_field_kinds\): it must be budget\.name"):
        App(config, blobs=DatabaseStore())
