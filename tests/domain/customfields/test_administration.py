"""Making and changing custom fields: what is refused and why, what the log of changes says."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from rtpy.changes.customfields.defining import FieldSettings, change_field, create_field, settings_of
from rtpy.changes.customfields.offering import (
    read_choices,
    set_choices,
    set_default,
    set_places,
    write_choices,
)
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.customfields.definition import Choice
from rtpy.errors import Invalid, Refused
from rtpy.fields.contents import read_values
from rtpy.fields.definitions import all_fields, field_named, fields_for
from rtpy.models import ConfigChange


def test_a_field_is_made_and_staff_may_use_it_at_once(work, work_of, make):
    make.staff("jo")
    row = create_field(work, FieldSettings("Serial"), everywhere=True)
    ticket = make.ticket()
    change_ticket(work_of("jo"), ticket, SetCustomField(row.id, ("A1",)))
    assert read_values(work_of("jo"), "ticket", ticket.id) == {"Serial": ("A1",)}


@pytest.mark.parametrize(("staff", "seen"), [("see", {"Serial": ()}), ("", {})])
def test_a_field_can_be_kept_from_staff(work, work_of, make, staff, seen):
    make.staff("jo")
    create_field(work, FieldSettings("Serial"), everywhere=True, staff=staff)
    assert read_values(work_of("jo"), "ticket", make.ticket().id) == seen


@pytest.mark.parametrize(
    ("settings", "field", "says"),
    [
        ({"name": " "}, "name", "Give the field a name"),
        ({"type": "Number"}, "type", "Choose a type"),
        ({"lookup": "moon"}, "lookup", "stands on"),
        ({"type": "Date", "max_values": 0}, "max_values", "takes one value only"),
        ({"max_values": -1}, "max_values", "0 for any number"),
        ({"pattern": "("}, "pattern", "cannot be read"),
        ({"pattern": r"(a)\1"}, "pattern", "looks around or back"),
        ({"pattern": "(a{500}){500}"}, "pattern", "repeats too much"),
        ({"type": "Image", "unique_values": True}, "unique_values", "Files are not compared"),
        ({"canonicalizer": "Reverse"}, "canonicalizer", "no rewriting named Reverse"),
        ({"link_template": "javascript:alert(1)"}, "link_template", "begins with https://"),
        ({"type": "Select", "based_on_id": 999}, "based_on_id", "Choose a field with a list"),
    ],
)
def test_settings_that_make_no_sense_are_refused_beside_their_field(work, settings, field, says):
    with pytest.raises(Invalid) as wrong:
        create_field(work, FieldSettings(**{"name": "Serial", **settings}))
    assert [each.field for each in wrong.value.problems] == [field]
    assert says in str(wrong.value)


def test_fields_do_not_depend_on_each_other_in_a_circle(work):
    one = create_field(work, FieldSettings("Maker", type="Select"))
    other = create_field(work, FieldSettings("Model", type="Select", based_on_id=one.id))
    with pytest.raises(Invalid, match="in a circle"):
        change_field(work, one, replace(settings_of(one), based_on_id=other.id))


def test_what_is_held_keeps_its_kind(work, make):
    row = create_field(work, FieldSettings("Address", type="IPAddress"), everywhere=True)
    change_field(work, row, replace(settings_of(row), type="IPAddressRange"))
    change_field(work, row, replace(settings_of(row), type="IPAddress"))
    change_ticket(work, make.ticket(), SetCustomField(row.id, ("10.0.0.1",)))
    with pytest.raises(Invalid, match="make another field"):
        change_field(work, row, replace(settings_of(row), type="Date"))


def test_who_does_not_administer_fields_changes_none(work, work_of, make):
    make.staff("jo")
    row = create_field(work, FieldSettings("Size", type="Select"))
    jo = work_of("jo")
    for deed in (
        lambda: create_field(jo, FieldSettings("Serial")),
        lambda: change_field(jo, row, FieldSettings("Mine")),
        lambda: set_choices(jo, row, [Choice("a")]),
        lambda: set_places(jo, row, {0: 0}),
        lambda: set_default(jo, row, 0, ["a"]),
    ):
        with pytest.raises(Refused):
            deed()


def test_the_values_of_a_field_may_be_left_to_somebody_else(work, work_of, make, app, db):
    make.grant(make.staff("jo"), "AdminCustomFieldValues")
    row = create_field(work, FieldSettings("Size", type="Select"))
    set_choices(work_of("jo"), row, [Choice("Small"), Choice("Large")])
    assert [each.name for each in all_fields(app, db)[row.id].choices] == ["Small", "Large"]


def test_a_queue_takes_a_field_by_who_may_assign_fields_there(work, work_of, make):
    queue, other = make.queue(), make.queue("Hardware")
    make.grant(make.staff("jo"), "AssignCustomFields", queue=queue)
    row = create_field(work, FieldSettings("Serial"))
    set_places(work_of("jo"), row, {queue.id: 0})
    with pytest.raises(Refused):
        set_places(work_of("jo"), row, {queue.id: 0, other.id: 0})


def test_everywhere_stands_alone(work, make, app, db):
    row = create_field(work, FieldSettings("Serial"))
    set_places(work, row, {make.queue().id: 3})
    set_places(work, row, {0: 1, make.queue().id: 3})
    assert all_fields(app, db)[row.id].places == {0: 1}


def test_fields_stand_in_the_order_of_their_queue(work, make, app, db):
    queue = make.queue()
    rows = [create_field(work, FieldSettings(name)) for name in ("One", "Two", "Three")]
    for row, order in zip(rows, (3, 1, 2), strict=True):
        set_places(work, row, {queue.id: order})
    assert [each.name for each in fields_for(app, db, "ticket", queue.id)] == ["Two", "Three", "One"]
    assert fields_for(app, db, "ticket", make.queue("Hardware").id) == ()


def test_a_queues_own_default_comes_before_the_common_one(work, make, app, db):
    hardware = make.queue("Hardware")
    row = create_field(work, FieldSettings("Floor"), everywhere=True)
    set_default(work, row, 0, ["ground"])
    set_default(work, row, hardware.id, ["cellar"])
    found = {
        queue.name: read_values(work, "ticket", create_ticket(work, CreateTicket(queue=queue)).ticket.id)
        for queue in (make.queue(), hardware)
    }
    assert found == {"General": {"Floor": ("ground",)}, "Hardware": {"Floor": ("cellar",)}}


def test_a_default_that_the_field_would_not_take_is_refused(work):
    row = create_field(work, FieldSettings("Size", type="Select"))
    with pytest.raises(Invalid, match="does not offer"):
        set_default(work, row, 0, ["Huge"])


def test_names_need_not_be_unique_and_the_queues_own_comes_first(work, make, app, db):
    queue = make.queue()
    off = create_field(work, FieldSettings("Serial", disabled=True), everywhere=True)
    everywhere = create_field(work, FieldSettings("Serial"), everywhere=True)
    own = create_field(work, FieldSettings("serial"))
    set_places(work, own, {queue.id: 0})
    assert field_named(app, db, "ticket", "SERIAL", queue.id).id == own.id
    assert field_named(app, db, "ticket", "Serial", make.queue("Hardware").id).id == everywhere.id
    assert field_named(app, db, "ticket", str(off.id)).id == off.id


PASTED = "Small | up to 1 kg\nLarge\n\n[Freight]\nPallet\nBox | wooden | Crates\nRoll\t\tBulk\n[]\nLast"


def test_a_pasted_list_is_read_with_descriptions_and_categories():
    choices = read_choices(PASTED)
    assert choices == [
        Choice("Small", "up to 1 kg"),
        Choice("Large"),
        Choice("Pallet", "", "Freight"),
        Choice("Box", "wooden", "Crates"),
        Choice("Roll", "", "Bulk"),
        Choice("Last"),
    ]
    assert read_choices(write_choices(choices)) == choices


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(Invalid, match="“small” stands twice"):
        read_choices("Small\nsmall")


def test_every_change_is_noted_by_names(work, make, db):
    row = create_field(work, FieldSettings("Size", type="Select"))
    set_choices(work, row, [Choice("Small"), Choice("Large", "", "Freight")])
    set_places(work, row, {make.queue().id: 0})
    set_default(work, row, 0, ["Small"])
    change_field(work, row, replace(settings_of(row), name="Weight"))
    db.flush()
    noted = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "custom_field").order_by(ConfigChange.id)
    ).all()
    assert [(each.action, sorted(each.after)) for each in noted[1:]] == [
        ("change", ["values"]),
        ("change", ["applies_to"]),
        ("change", ["defaults"]),
        ("change", ["name"]),
    ]
    assert noted[1].after["values"] == [{"name": "Small"}, {"name": "Large", "category": "Freight"}]
    assert noted[2].after["applies_to"] == ["General"]
    assert noted[3].after["defaults"] == {"everywhere": ["Small"]}
