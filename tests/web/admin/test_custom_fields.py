"""Administering custom fields in the browser: made, given values and places, refused with what is wrong."""

import pytest
from sqlalchemy import select

from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.customfields.offering import set_choices
from rtpy.customfields.definition import Choice
from rtpy.fields.definitions import all_fields
from rtpy.models import CustomField, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def main_form(page):
    return next(form for form in page.forms.values() if "deed" in form.fields)


def test_a_field_is_made_with_its_values_places_and_defaults(root, app, db, make):
    hardware = make.queue("Hardware")
    form = main_form(root.get("/admin/custom-fields/create"))
    form["name"], form["type"], form["everywhere"] = "Size", "Select", False
    page = form.submit("deed", value="save", status=303).follow()
    form = main_form(page)
    form["values"] = "Small\nLarge | over 10 kg | Freight"
    page = form.submit("deed", status=303).follow()
    assert "Size offers 2 values now." in page.text
    form = main_form(page.click("Where it applies"))
    form[f"place_{hardware.id}"] = True
    page = form.submit("deed", status=303).follow()
    form = main_form(page.click("Defaults"))
    form[f"default_{hardware.id}"], form["default_0"] = "Large", "Small"
    page = form.submit("deed", status=303).follow()
    assert "as everywhere (Small)" in page.html.select_one(f"[name=default_{hardware.id}]").text
    made = next(each for each in all_fields(app, db).values() if each.name == "Size")
    assert [each.name for each in made.choices] == ["Small", "Large"]
    assert (dict(made.places), dict(made.defaults)) == (
        {hardware.id: 0},
        {hardware.id: ("Large",), 0: ("Small",)},
    )
    assert "Size" in root.get("/admin/custom-fields?q=size").text
    assert "Size" in root.get("/admin/log?kind=custom_field").text


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(root, db):
    form = main_form(root.get("/admin/custom-fields/create"))
    form["name"], form["pattern"], form["entry_hint"] = "Serial", "(", "At the back"
    page = form.submit("deed", status=422)
    assert "This pattern cannot be used." in page.text
    form = main_form(page)
    assert (form["name"].value, form["entry_hint"].value) == ("Serial", "At the back")
    assert db.scalars(select(CustomField)).all() == []


def test_a_field_is_changed_and_switched_off(root, work, db):
    row = create_field(work, FieldSettings("Serial"), everywhere=True)
    form = main_form(root.get(f"/admin/custom-fields/{row.id}"))
    form["name"], form["disabled"] = "Serial number", True
    form.submit("deed", status=303)
    assert "Serial number" in root.get("/admin/custom-fields?disabled=1").text
    assert "Serial number" not in root.get("/ticket/create").text


def test_values_stand_below_their_categories_and_lost_ones_are_told(root, work):
    maker = create_field(work, FieldSettings("Maker", type="Select"))
    set_choices(work, maker, [Choice("Dell"), Choice("HP")])
    model = create_field(work, FieldSettings("Model", type="Select", based_on_id=maker.id))
    form = main_form(root.get(f"/admin/custom-fields/{model.id}/values"))
    typed = ["[Dell]", "XPS | small", "Latitude", "", "[]", "Other", "", "[Acer]", "Aspire"]
    form["values"] = "\n".join(typed)
    page = form.submit("deed", status=303).follow()
    assert "Maker does not offer Acer: nobody can choose what goes with it." in page.text
    assert main_form(page)["values"].value.splitlines() == typed


def test_a_list_with_a_name_twice_comes_back_as_it_was_typed(root, work):
    row = create_field(work, FieldSettings("Size", type="Select"))
    form = main_form(root.get(f"/admin/custom-fields/{row.id}/values"))
    form["values"] = "Small\nsmall"
    page = form.submit("deed", status=422)
    assert "“small” stands twice in the list." in page.text
    assert main_form(page)["values"].value.splitlines() == ["Small", "small"]


@pytest.mark.parametrize("page", ["", "/create", "/{id}", "/{id}/values", "/{id}/places", "/{id}/defaults"])
def test_who_administers_no_field_does_not_get_in(jo, work, page):
    row = create_field(work, FieldSettings("Size", type="Select"))
    jo.get("/admin/custom-fields" + page.format(id=row.id), status=[403, 404])


def test_who_keeps_the_values_gets_to_the_values_only(jo, work, db, make):
    row = create_field(work, FieldSettings("Size", type="Select"))
    make.grant(db.scalars(select(User).where(User.name == "jo")).one(), "AdminCustomFieldValues")
    assert "The list" in jo.get(f"/admin/custom-fields/{row.id}/values").text
    jo.get(f"/admin/custom-fields/{row.id}", status=403)
