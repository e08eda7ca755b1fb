"""Custom fields of tickets: set, added to, emptied, refused; what a new ticket gets, and what history keeps."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from rtpy.changes.custom_roles import RoleValues, change_custom_role, create_custom_role
from rtpy.changes.customfields.checking import GivenFields, missing_fields, missing_mandatory
from rtpy.changes.customfields.ticket import (
    AddCustomFieldValue,
    DeleteCustomFieldValue,
    SetCustomField,
    set_fields_of,
)
from rtpy.changes.grants import grant_right
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.errors import Invalid, Refused
from rtpy.fields.contents import contents_of, read_values
from rtpy.models import Ace, CustomFieldContent, Transaction
from rtpy.rights.holders import Holder, Place
from rtpy.work import Face


def changes_of(db, ticket):
    rows = db.scalars(
        select(Transaction)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type == "CustomField",
        )
        .order_by(Transaction.id)
    )
    return [(row.old_value, row.new_value) for row in rows]


def test_a_value_is_set_changed_and_taken_away(work, make, db, field):
    serial, ticket = field("Serial"), make.ticket()
    change_ticket(work, ticket, SetCustomField(serial, ("A1",)))
    change_ticket(work, ticket, SetCustomField(serial, (" B2 ",)))
    change_ticket(work, ticket, SetCustomField(serial, ("B2",)))
    assert read_values(work, "ticket", ticket.id) == {"Serial": ("B2",)}
    change_ticket(work, ticket, SetCustomField(serial, ("",)))
    assert read_values(work, "ticket", ticket.id) == {"Serial": ()}
    assert changes_of(db, ticket) == [("", "A1"), ("A1", "B2"), ("B2", "")]


def test_history_refers_to_the_rows_that_came_and_went(work, make, db, field):
    serial, ticket = field("Serial"), make.ticket()
    change_ticket(work, ticket, SetCustomField(serial, ("A1",)))
    outcome = change_ticket(work, ticket, SetCustomField(serial, ("B2",)))
    told = outcome.transactions[0]
    old, new = (db.get(CustomFieldContent, each) for each in (told.old_reference, told.new_reference))
    assert (old.content, old.disabled, new.content, new.disabled) == ("A1", True, "B2", False)
    assert told.field == str(serial)


def test_a_long_value_is_kept_whole(work, make, field):
    notes, ticket = field("Notes", "Text"), make.ticket()
    text = "line\n" * 100 + "end"
    change_ticket(work, ticket, SetCustomField(notes, (text,)))
    assert read_values(work, "ticket", ticket.id) == {"Notes": (text,)}


def test_many_values_are_told_one_by_one(work, make, db, field):
    tags, ticket = field("Tags", most=0), make.ticket()
    change_ticket(work, ticket, SetCustomField(tags, ("a", "b", "a")))
    change_ticket(work, ticket, SetCustomField(tags, ("b", "c")))
    assert read_values(work, "ticket", ticket.id) == {"Tags": ("b", "c")}
    assert changes_of(db, ticket) == [("", "a"), ("", "b"), ("a", ""), ("", "c")]


def test_adding_what_is_there_already_does_nothing(work, make, db, field):
    tags, ticket = field("Tags", most=0), make.ticket()
    for value in ("a", "b", "a"):
        change_ticket(work, ticket, AddCustomFieldValue(tags, value))
    assert changes_of(db, ticket) == [("", "a"), ("", "b")]


def test_adding_to_a_full_field_replaces_the_oldest(work, make, db, field):
    tags, ticket = field("Tags", most=2), make.ticket()
    for value in ("a", "b", "c"):
        change_ticket(work, ticket, AddCustomFieldValue(tags, value))
    assert read_values(work, "ticket", ticket.id) == {"Tags": ("b", "c")}
    assert changes_of(db, ticket)[-1] == ("a", "c")


def test_a_value_is_deleted_by_its_text(work, make, field):
    tags, ticket = field("Tags", most=0), make.ticket()
    change_ticket(work, ticket, SetCustomField(tags, ("a", "b")))
    change_ticket(work, ticket, DeleteCustomFieldValue(tags, "A"))
    assert read_values(work, "ticket", ticket.id) == {"Tags": ("b",)}


def test_the_last_value_of_a_mandatory_field_stays(work, make, field):
    serial = field("Serial", pattern="(?#Mandatory).")
    ticket = make.ticket()
    change_ticket(work, ticket, SetCustomField(serial, ("A1",)))
    for change in (SetCustomField(serial, ("",)), DeleteCustomFieldValue(serial, "A1")):
        with pytest.raises(Invalid, match="Serial is needed"):
            change_ticket(work, ticket, change)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (("x1",), "“x1” does not fit. What is asked for: Digits"),
        (("1", "2"), "takes one value, not 2"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_name_and_the_rule(work, make, field, values, says):
    count, ticket = field("Count", pattern=r"(?#Digits)^[\d.]*$"), make.ticket()
    with pytest.raises(Invalid, match="Count") as wrong:
        change_ticket(work, ticket, SetCustomField(count, values))
    assert says in str(wrong.value)
    assert wrong.value.problems[0].field == f"cf_{count}"


def test_nothing_of_a_bundle_happens_when_one_value_is_refused(work, make, field):
    count, tag = field("Count", pattern=r"^\d*$"), field("Tag")
    ticket = make.ticket()
    with pytest.raises(Invalid):
        change_ticket(work, ticket, SetCustomField(tag, ("a",)), SetCustomField(count, ("x",)))
    assert read_values(work, "ticket", ticket.id) == {"Count": (), "Tag": ()}


def test_a_choice_takes_the_spelling_of_the_list(work, make, field):
    size, ticket = field("Size", "Select", choices=("Small", "Large")), make.ticket()
    change_ticket(work, ticket, SetCustomField(size, ("sMALL",)))
    assert read_values(work, "ticket", ticket.id) == {"Size": ("Small",)}
    with pytest.raises(Invalid, match=r"does not offer “Huge”\. It offers Small, Large\."):
        change_ticket(work, ticket, SetCustomField(size, ("Huge",)))


def test_a_choice_fits_the_field_that_it_is_based_on(work, make, field):
    maker = field("Maker", "Select", choices=("Dell", "HP"))
    model = field(
        "Model", "Select", choices=(("XPS", "Dell"), ("Elite", "HP"), ("Other", "")), based_on_id=maker
    )
    ticket = make.ticket()
    with pytest.raises(Invalid, match="goes with HP only"):
        change_ticket(
            work, ticket, *set_fields_of(work, ticket, GivenFields({model: ("Elite",), maker: ("Dell",)}))
        )
    change_ticket(
        work, ticket, *set_fields_of(work, ticket, GivenFields({model: ("XPS",), maker: ("Dell",)}))
    )
    change_ticket(work, ticket, SetCustomField(model, ("Other",)))
    assert read_values(work, "ticket", ticket.id) == {"Maker": ("Dell",), "Model": ("Other",)}


def test_a_unique_value_is_refused_to_another_ticket_until_that_is_deleted(work, make, field):
    serial, one, other = field("Serial", unique_values=True), make.ticket(), make.ticket()
    change_ticket(work, one, SetCustomField(serial, ("A1",)))
    change_ticket(work, one, SetCustomField(serial, ("A1",)))
    with pytest.raises(Invalid, match=f"ticket #{one.id} has this value already"):
        change_ticket(work, other, SetCustomField(serial, ("A1",)))
    change_ticket(work, one, SetStatus("deleted"))
    change_ticket(work, other, SetCustomField(serial, ("A1",)))


def test_a_canonicalizer_rewrites_before_the_check(work, make, field):
    code = field("Code", canonicalizer="Uppercase", pattern="^[A-Z]*$")
    ticket = make.ticket()
    change_ticket(work, ticket, SetCustomField(code, ("ab",)))
    assert read_values(work, "ticket", ticket.id) == {"Code": ("AB",)}


def test_a_moment_is_meant_by_the_clock_of_who_typed_it(work, make, field):
    at, ticket = field("At", "DateTime"), make.ticket()
    change_ticket(work, ticket, SetCustomField(at, ("2026-07-01 12:00",), ZoneInfo("Europe/Vienna")))
    assert read_values(work, "ticket", ticket.id) == {"At": ("2026-07-01T10:00:00Z",)}


def test_a_picture_is_kept_with_its_bytes_and_text_is_none(work, make, db, app, field):
    photo, ticket = field("Photo", "Image"), make.ticket()
    change_ticket(
        work, ticket, SetCustomField(photo, (Part("image/png", b"PNG", PartRole.FILE, "rack.png"),))
    )
    value = contents_of(db, "ticket", ticket.id)[photo][0]
    assert (value.content, value.size, app.blobs.get(db, value.sha256)) == ("rack.png", 3, b"PNG")
    for wrong in (Part("text/html", b"x", PartRole.FILE, "x.html"), "rack.png"):
        with pytest.raises(Invalid):
            change_ticket(work, ticket, SetCustomField(photo, (wrong,)))


# --- rights ---


def test_who_may_not_change_a_field_is_refused_though_they_may_change_the_ticket(work_of, make, field):
    jo, serial, ticket = make.staff("jo"), field("Serial"), make.ticket()
    with pytest.raises(Refused, match="no such field"):
        change_ticket(work_of("jo"), ticket, SetCustomField(serial, ("A1",)))
    make.grant(jo, "SeeCustomField")
    with pytest.raises(Refused, match="You may not change Serial"):
        change_ticket(work_of("jo"), ticket, SetCustomField(serial, ("A1",)))


@pytest.mark.parametrize("place", ["custom_field", "queue", "system"])
def test_a_field_is_changed_by_a_right_on_it_its_queue_or_everything(work_of, make, db, field, place):
    jo, serial, ticket = make.staff("jo"), field("Serial"), make.ticket()
    where = {"custom_field": serial, "queue": ticket.queue_id, "system": 0}[place]
    for right in ("SeeCustomField", "ModifyCustomField"):
        db.add(Ace(principal_id=jo.id, right_name=right, object_type=place, object_id=where))
    db.flush()
    work = work_of("jo")
    change_ticket(work, ticket, SetCustomField(serial, ("A1",)))
    assert read_values(work, "ticket", ticket.id) == {"Serial": ("A1",)}


def test_a_role_gives_the_right_on_its_tickets_only(work_of, make, field):
    make.staff("jo")
    make.grant("Owner", "SeeCustomField")
    serial, ticket = field("Serial"), make.ticket()
    change_ticket(work_of("root"), ticket, SetCustomField(serial, ("A1",)))
    assert read_values(work_of("jo"), "ticket", ticket.id) == {}


@pytest.mark.parametrize("role", ["AdminCc", "Owner", "custom"])
def test_a_role_holds_a_right_on_one_field_and_on_no_other(work, work_of, make, field, role):
    jo, ticket = make.staff("jo"), make.ticket()
    fields = {name: field(name) for name in ("Serial", "Safe code")}
    for number in fields.values():
        change_ticket(work, ticket, SetCustomField(number, ("A1",)))
    if role == "custom":
        role = create_custom_role(work, RoleValues("Engineer", places=frozenset({ticket.queue_id}))).role
    for right in ("SeeCustomField", "ModifyCustomField"):
        grant_right(work, Holder(role=role), right, Place("custom_field", fields["Serial"]))
    assert read_values(work_of("jo"), "ticket", ticket.id) == {}
    if role == "Owner":
        make.grant(jo, "OwnTicket", queue=make.queue())
    change_ticket(work, ticket, SetOwner(jo) if role == "Owner" else AddWatcher(role, jo.id))
    assert read_values(work_of("jo"), "ticket", ticket.id) == {"Serial": ("A1",)}
    change_ticket(work_of("jo"), ticket, SetCustomField(fields["Serial"], ("B2",)))
    with pytest.raises(Refused, match="no such field"):
        change_ticket(work_of("jo"), ticket, SetCustomField(fields["Safe code"], ("B2",)))


def test_a_custom_role_holds_no_right_on_a_field_where_it_does_not_apply(work, work_of, make, field):
    jo, ticket, serial = make.staff("jo"), make.ticket(), field("Serial")
    places = frozenset({ticket.queue_id})
    role = create_custom_role(work, RoleValues("Engineer", places=places))
    grant_right(work, Holder(role=role.role), "SeeCustomField", Place("custom_field", serial))
    change_ticket(work, ticket, AddWatcher(role.role, jo.id), SetCustomField(serial, ("A1",)))
    assert read_values(work_of("jo"), "ticket", ticket.id) == {"Serial": ("A1",)}
    change_custom_role(work, role.id, RoleValues("Engineer", places=frozenset({make.queue("Lab").id})))
    assert read_values(work_of("jo"), "ticket", ticket.id) == {}


def test_a_field_of_another_queue_is_none_of_the_ticket(work, make, field):
    serial, ticket = field("Serial", queue=make.queue("Hardware")), make.ticket()
    with pytest.raises(Refused, match="no such field"):
        change_ticket(work, ticket, SetCustomField(serial, ("A1",)))


# --- new tickets ---


def new(queue, **more):
    return CreateTicket(queue=queue, subject="Disk", message=plain_message("full"), **more)


def test_a_new_ticket_gets_its_values_before_scrips_hear_of_it_and_history_is_not_told(work, make, db, field):
    serial = field("Serial")
    ticket = create_ticket(work, new(make.queue(), fields=GivenFields({serial: ("A1",)}))).ticket
    assert read_values(work, "ticket", ticket.id) == {"Serial": ("A1",)}
    assert changes_of(db, ticket) == []


def test_what_nobody_gave_gets_its_default_by_the_system(work_of, make, db, app, field):
    make.staff("jo")
    size = field("Size", "Select", choices=("Small", "Large"), default=("small",))
    ticket = create_ticket(work_of("jo"), new(make.queue())).ticket
    row = db.scalars(select(CustomFieldContent).where(CustomFieldContent.object_id == ticket.id)).one()
    assert (row.custom_field_id, row.content, row.creator_id) == (size, "Small", app.system_user_id(db))


def test_a_default_does_not_come_back_to_who_emptied_it(work, make, field):
    size = field("Size", default=("small",))
    ticket = create_ticket(work, new(make.queue(), fields=GivenFields({size: ("",)}))).ticket
    assert read_values(work, "ticket", ticket.id) == {"Size": ()}


def test_a_mandatory_field_is_asked_for_when_a_ticket_is_made(work, make, field):
    field("Serial", pattern="(?#Mandatory).")
    with pytest.raises(Invalid, match="Serial is needed"):
        create_ticket(work, new(make.queue()))


def test_a_mail_is_not_turned_away_for_a_mandatory_field_which_is_then_missing(
    work, work_of, make, db, field
):
    serial = field("Serial", pattern="(?#Mandatory).")
    ann = make.customer("ann@client.example")
    ticket = create_ticket(work_of(ann.name, Face.MAIL), new(make.queue(), requestors=(ann,))).ticket
    held = contents_of(db, "ticket", ticket.id)
    assert [each.id for each in missing_mandatory(work, ticket, held)] == [serial]


def test_who_may_not_set_a_mandatory_field_is_not_asked_for_it(work_of, make, field):
    make.staff("jo")
    field("Serial", pattern="(?#Mandatory).")
    assert create_ticket(work_of("jo"), new(make.queue())).ticket.id


def test_the_first_value_takes_a_right(work_of, make, field):
    jo, serial = make.staff("jo"), field("Serial")
    create = new(make.queue(), fields=GivenFields({serial: ("A1",)}))
    with pytest.raises(Refused, match="SetInitialCustomField"):
        create_ticket(work_of("jo"), create)
    make.grant(jo, "SetInitialCustomField")
    ticket = create_ticket(work_of("jo"), create).ticket
    with pytest.raises(Refused):
        change_ticket(work_of("jo"), ticket, SetCustomField(serial, ("B2",)))


# --- transactions, moves ---


@pytest.mark.parametrize("kind", [Correspond, Comment])
def test_a_message_carries_fields_of_its_own(work, make, field, kind):
    place = field("Place", lookup="transaction")
    ticket = make.ticket()
    given = GivenFields({place: ("on site",)})
    outcome = change_ticket(work, ticket, kind(plain_message("Done."), fields=given))
    assert read_values(work, "transaction", outcome.transactions[0].id) == {"Place": ("on site",)}
    assert read_values(work, "ticket", ticket.id) == {}


def test_a_move_knows_which_fields_are_missing(work, make, field):
    serial, cause = field("Serial"), field("Cause")
    ticket = make.ticket()
    change_ticket(work, ticket, SetCustomField(serial, ("A1",)))
    missing = missing_fields(work, ticket, ["serial", "Cause", "Unknown"], {})
    assert [each.field for each in missing] == [f"cf_{cause}"]
    assert missing_fields(work, ticket, ["Serial", "Cause"], {"Cause": ("dust",)}) == []


def test_values_are_read_in_one_query_however_many_there_are(work, make, field, query_count):
    ticket = make.ticket()
    for number in range(12):
        change_ticket(work, ticket, SetCustomField(field(f"F{number}", most=0), ("a", "b")))
    read_values(work, "ticket", ticket.id)
    with query_count() as count:
        assert len(read_values(work, "ticket", ticket.id)) == 12
    assert count.total == 1
