"""Lifecycles in the database: seen by all, changed with their tickets, mapped and asked for fields."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.lifecycle_uses import count_uses
from rtpy.changes.lifecycles import (
    change_lifecycle,
    create_lifecycle,
    delete_lifecycle,
    load_document,
    set_map,
    stored,
)
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.reading import read_changes
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.mandatory import FieldsMissing
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import ReplaceStatus, SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Refused
from rtpy.lifecycle.load import load_lifecycles
from rtpy.lifecycle.writing import document_of, read_document, renamed, without
from rtpy.models import ConfigChange, OutgoingMail, StoredLifecycle, Transaction, User

FULL = """
[repairs]
initial = ["Asked"]
active = ["In work", "Waiting"]
inactive = ["Done", "deleted"]
actions = [{ move = "* -> done", label = "Finish", update = "Comment" }]
[repairs.transitions]
"" = ["asked"]
asked = ["in work", "done"]
"in work" = ["waiting", "done", "deleted"]
waiting = ["in work"]
done = ["in work"]
[repairs.defaults]
on_create = "asked"
[repairs.rights]
"* -> done" = "FinishRepair"
[repairs.mandatory]
"* -> done" = ["owner", "CF.Root cause"]
[other]
initial = ["new"]
inactive = ["gone"]
disabled = true
[other.transitions]
new = ["gone"]
[maps."repairs -> other"]
asked = "new"
"""


def edited(work, row, **keys):
    return {**row.definition, **keys}


def mandatory(work, **moves):
    """The default lifecycle with fields that moves ask for."""
    row = stored(work, "default")
    change_lifecycle(work, row, edited(work, row, mandatory={"* -> resolved": moves["resolved"]}))


def test_a_lifecycle_written_out_reads_the_same():
    lifecycles = load_lifecycles(FULL)
    assert read_document(document_of(lifecycles)) == lifecycles


def test_a_renamed_status_is_renamed_wherever_it_is_named():
    definition = document_of(load_lifecycles(FULL))["repairs"]
    repaired = read_document({"repairs": renamed(definition, "done", "Repaired")}).get("repairs")
    assert repaired.inactive == ("Repaired", "deleted")
    assert repaired.move("in work", "repaired").right == "FinishRepair"
    assert repaired.actions_from("asked")[0].new == "repaired"
    assert repaired.mandatory_for("asked", "repaired") == ("owner", "CF.Root cause")


def test_without_a_status_nothing_names_it_any_more():
    definition = document_of(load_lifecycles(FULL))["repairs"]
    left = read_document({"repairs": without(definition, ["done"])}).get("repairs")
    assert left.inactive == ("deleted",)
    assert (left.actions, left.rights, left.mandatory) == ((), {}, {})


def test_installation_keeps_the_lifecycles_of_the_file(app, db):
    assert set(db.scalars(select(StoredLifecycle.name))) == {"default", "assets"}
    assert app.lifecycles == app.first_lifecycles


def test_a_change_is_seen_by_the_next_piece_of_work(app, db, work):
    row = stored(work, "default")
    change_lifecycle(
        work,
        row,
        edited(
            work,
            row,
            active=["open", "stalled", "Parked"],
            transitions={
                **row.definition["transitions"],
                "open": [*row.definition["transitions"]["open"], "parked"],
                "parked": ["open"],
            },
        ),
    )
    app.lifecycles = app.first_lifecycles
    app.work_in(db)
    assert app.lifecycles.get("default").move("open", "parked").right == "ModifyTicket"


def test_a_piece_of_work_asks_nothing_for_its_lifecycles(app, db, query_count):
    app.work_in(db)
    with query_count() as count:
        app.work_in(db)
    assert count.total == 0


def test_only_a_super_user_changes_lifecycles(work_of, make):
    make.staff("jo")
    with pytest.raises(Refused, match="SuperUser"):
        create_lifecycle(work_of("jo"), "mine")


def test_a_status_that_assets_have_goes_only_with_a_word_about_them(work, db):
    row, machines = stored(work, "assets"), make_catalog(work, CatalogValues("Machines", "assets"))
    laptop = create_asset(work, CreateAsset(machines, "Laptop", status="allocated"))
    assert count_uses(work, row) == {"allocated": 1}
    without_it = without(row.definition, ["allocated"])
    with pytest.raises(Invalid, match="1 asset has the status “allocated”"):
        change_lifecycle(work, row, without_it)
    assert change_lifecycle(work, row, without_it, becomes={"allocated": "in-use"}) == 1
    assert laptop.status == "in-use"
    told = db.scalars(select(Transaction).where(Transaction.object_type == "asset").order_by(Transaction.id))
    last = list(told)[-1]
    assert (last.type, last.old_value, last.new_value) == ("Status", "allocated", "in-use")


def test_a_lifecycle_that_a_catalog_has_is_not_deleted_nor_the_last_of_assets(work):
    row, machines = stored(work, "assets"), make_catalog(work, CatalogValues("Machines", "assets"))
    with pytest.raises(Refused, match="assets is the lifecycle of Machines"):
        delete_lifecycle(work, row)
    work.db.delete(machines)
    work.db.flush()
    with pytest.raises(Refused, match="only lifecycle of assets"):
        delete_lifecycle(work, row)


@pytest.mark.parametrize(
    ("name", "words"), [("Default", "already"), ("  ", "name"), ("maps", "name"), ("a -> b", "can not name")]
)
def test_a_bad_name_is_refused_beside_its_field(work, name, words):
    with pytest.raises(Invalid, match=words) as refused:
        create_lifecycle(work, name)
    assert refused.value.problems[0].field == "name"


def test_a_copy_has_all_of_the_other(app, work):
    create_lifecycle(work, "projects", copy_of="default")
    assert app.lifecycles.get("projects").actions == app.lifecycles.get("default").actions


@pytest.mark.parametrize(
    ("keys", "field", "words"),
    [
        ({"initial": []}, "initial", "none to start with"),
        ({"inactive": []}, "inactive", "none to end with"),
        ({"initial": ["new", "open"]}, "active", "one place only"),
        ({"defaults": {"on_create": "fresh"}}, "default.on_create", "no status"),
        ({"rights": {"* -> open": "X" * 26}}, "rights", "25 ASCII"),
        ({"rights": {"* -> open": "Öffnen"}}, "rights", "ASCII"),
        ({"mandatory": {"* -> open": ["shoe size"]}}, "mandatory", "no field"),
        ({"transitions": {"": ["new"]}}, "active", "can not be reached"),
    ],
)
def test_each_contradiction_is_told_by_its_field_and_nothing_is_changed(work, app, keys, field, words):
    row = stored(work, "default")
    before = app.lifecycles
    with pytest.raises(Invalid) as refused:
        change_lifecycle(work, row, edited(work, row, **keys))
    assert any(each.field == field and words in each.message for each in refused.value.problems)
    assert app.lifecycles is before


def test_a_status_with_tickets_does_not_go_without_saying_where_they_go(work, make):
    change_ticket(work, make.ticket(), SetStatus("stalled"))
    row = stored(work, "default")
    with pytest.raises(Invalid) as refused:
        change_lifecycle(work, row, without(row.definition, ["stalled"]))
    assert [each.field for each in refused.value.problems] == ["becomes.stalled"]
    assert "1 ticket has" in str(refused.value)


def test_tickets_of_a_status_that_goes_are_moved_by_the_system(work, db, make, app):
    ticket = make.ticket()
    change_ticket(work, ticket, SetStatus("stalled"))
    row = stored(work, "default")
    moved = change_lifecycle(
        work, row, renamed(row.definition, "stalled", "Waiting"), becomes={"stalled": "waiting"}
    )
    last = db.scalars(select(Transaction).order_by(Transaction.id.desc())).first()
    assert (moved, ticket.status, last.type, last.new_value) == (1, "waiting", "Status", "waiting")
    assert last.creator_id == app.system_user_id(db)
    assert not app.lifecycles.get("default").is_valid("stalled")


def test_a_renamed_end_does_not_tell_customers_that_their_request_was_closed_again(work, db, make):
    ticket = make.ticket()
    change_ticket(work, ticket, SetStatus("resolved"))
    resolved, mails = ticket.resolved, len(db.scalars(select(OutgoingMail.id)).all())
    row = stored(work, "default")
    change_lifecycle(work, row, renamed(row.definition, "resolved", "done"), becomes={"resolved": "done"})
    assert ticket.resolved == resolved
    assert len(db.scalars(select(OutgoingMail.id)).all()) == mails


def test_the_log_keeps_before_and_after(work, db):
    row = stored(work, "default")
    change_lifecycle(work, row, edited(work, row, rights={"* -> deleted": "BinTicket"}))
    change = db.scalars(select(ConfigChange).order_by(ConfigChange.id.desc())).first()
    assert (change.kind, change.name, change.after) == (
        "lifecycle",
        "default",
        {"rights": {"* -> deleted": "BinTicket"}},
    )


def test_only_the_system_replaces_a_status(work, make):
    with pytest.raises(Refused, match="Only the system"):
        change_ticket(work, make.ticket(), ReplaceStatus("open"))


def test_a_lifecycle_in_use_cannot_be_deleted(work, app):
    with pytest.raises(Refused, match="General"):
        delete_lifecycle(work, stored(work, "default"))
    delete_lifecycle(work, create_lifecycle(work, "spare"))
    assert "spare" not in app.lifecycles


def test_a_file_is_loaded_over_what_is_there(work, app):
    load_document(work, {**document_of(load_lifecycles(FULL))})
    assert {life.name for life in app.lifecycles} == {"default", "assets", "repairs", "other"}
    assert app.lifecycles.map_status("repairs", "other", "Asked") == "new"
    again = document_of(app.lifecycles)
    load_document(work, again)
    assert document_of(app.lifecycles) == again


@pytest.fixture
def repairs(work, make, db):
    """A queue with a lifecycle of its own, and no map to it."""
    load_document(work, {"repairs": document_of(load_lifecycles(FULL))["repairs"]})
    queue = make.queue("Repairs")
    queue.lifecycle = "repairs"
    db.flush()
    return queue


def test_a_move_to_another_lifecycle_without_a_map_says_what_is_missing(work, make, repairs):
    with pytest.raises(
        Refused, match=r"nothing says what “new” of “default” becomes in “repairs”.*Lifecycles, default, Maps"
    ):
        change_ticket(work, make.ticket(), SetQueue(repairs))


def test_a_mapped_status_is_the_systems_own(work, db, app, make, repairs):
    set_map(work, stored(work, "default"), stored(work, "repairs"), {"new": "in work"})
    ticket = make.ticket()
    outcome = change_ticket(work, ticket, SetQueue(repairs))
    assert [(each.type, each.new_value) for each in outcome.transactions][1] == ("Status", "in work")
    assert outcome.transactions[0].creator_id == work.actor.user_id
    assert outcome.transactions[1].creator_id == app.system_user_id(db)
    assert ticket.started == work.now


def test_an_owner_who_may_not_own_there_lets_go(work, db, app, make):
    owner = make.staff("jo")
    ticket = make.ticket()
    change_ticket(work, ticket, *read_changes(work, ticket, {"owner": "jo"}))
    closed = make.queue("Closed", granted=False)
    outcome = change_ticket(work, ticket, SetQueue(closed))
    assert owner.id != ticket.owner_id == app.nobody_id(db)
    assert outcome.transactions[-1].creator_id == app.system_user_id(db)


def test_a_map_to_what_is_no_status_is_refused_by_its_field(work):
    create_lifecycle(work, "two")
    with pytest.raises(Invalid) as refused:
        set_map(work, stored(work, "default"), stored(work, "two"), {"new": "nowhere"})
    assert refused.value.problems[0].field == "map.new"


FILLED = {
    "owner": {"owner": "me"},
    "due": {"due": "2026-04-01"},
    "starts": {"starts": "2026-04-01"},
    "time_worked": {"minutes": "5"},
    "time_taken": {"minutes": "5"},
    "comment": {"comment": "Changed the toner."},
    "reply": {"reply": "It prints again."},
}


@pytest.mark.parametrize("name", FILLED)
def test_a_move_waits_for_its_field_and_takes_it_along(work, make, name):
    mandatory(work, resolved=[name])
    ticket = make.ticket()
    with pytest.raises(FieldsMissing) as missing:
        change_ticket(work, ticket, *read_changes(work, ticket, {"status": "resolved"}))
    assert [each.field for each in missing.value.problems] == [name]
    change_ticket(work, ticket, *read_changes(work, ticket, {"status": "resolved", **FILLED[name]}))
    assert ticket.status == "resolved"


def test_every_missing_field_is_told_at_once(work, make):
    mandatory(work, resolved=["owner", "due", "comment"])
    with pytest.raises(FieldsMissing) as missing:
        change_ticket(work, make.ticket(), SetStatus("resolved"))
    assert missing.value.names == ("owner", "due", "comment")


def test_minutes_of_yesterday_are_not_minutes_of_this_step(work_of, clock, make):
    mandatory(work_of(), resolved=["time_taken"])
    ticket = make.ticket()
    work = work_of()
    change_ticket(work, ticket, *read_changes(work, ticket, {"minutes": "5"}))
    clock.advance(timedelta(days=1))
    with pytest.raises(FieldsMissing):
        change_ticket(work_of(), ticket, SetStatus("resolved"))


def test_the_system_is_not_asked(work, make):
    mandatory(work, resolved=["owner"])
    ticket = make.ticket()
    change_ticket(work.as_system(), ticket, SetStatus("resolved"))
    assert ticket.status == "resolved"


def test_a_ticket_is_not_made_resolved_past_the_mandatory_fields(work, make):
    mandatory(work, resolved=["owner", "comment"])
    queue = make.queue()
    with pytest.raises(FieldsMissing) as missing:
        create_ticket(work, CreateTicket(queue, "Done", plain_message("Already done."), status="resolved"))
    assert missing.value.names == ("owner",)
    me = work.db.get_one(User, work.actor.user_id)
    create_ticket(work, CreateTicket(queue, "Done", plain_message("So."), owner=me, status="resolved"))


def test_a_queue_gives_its_tickets_their_dates(work, make):
    queue = make.queue()
    queue.due_default, queue.starts_default = "2 days", "tomorrow 9:00"
    ticket = make.ticket()
    assert ticket.due == work.now + timedelta(days=2)
    assert ticket.starts == work.now.replace(hour=9, minute=0) + timedelta(days=1)
