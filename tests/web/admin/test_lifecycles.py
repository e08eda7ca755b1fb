"""The editor of lifecycles: drawn, checked before saving, saved with the tickets, without JavaScript."""

import pytest

from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.lifecycles import create_lifecycle, stored
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def row(work):
    return stored(work, "default")


def editor(page):
    return next(form for form in page.forms.values() if "initial" in form.fields)


def rules(page):
    return next(form for form in page.forms.values() if "rights.0.old" in form.fields)


def tick(form, value, *, on=True):
    box = next(each for each in form.fields["move"] if each._value == value)
    box.checked = on


def test_the_list_names_statuses_and_what_uses_them(root):
    line = root.get("/admin/lifecycles").html.select_one("tbody tr").text
    assert all(word in line for word in ("default", "stalled", "1 queue"))


def test_the_picture_has_every_status_and_every_move_once(root, row):
    graph = root.get(f"/admin/lifecycles/{row.id}").html.select_one("svg.lifecycle-graph")
    assert [each.text for each in graph.select("text")] == [
        "new",
        "open",
        "stalled",
        "resolved",
        "rejected",
        "deleted",
    ]
    assert len(graph.select("path.lifecycle-move")) == 15
    assert "style" not in str(graph)


def test_saving_without_a_change_changes_nothing(root, row, db, app):
    before = dict(row.definition)
    editor(root.get(f"/admin/lifecycles/{row.id}")).submit("deed", 0).follow()
    db.expire_all()
    assert row.definition == before


def test_a_status_is_added_in_two_steps_and_has_its_moves(root, row, app):
    form = editor(root.get(f"/admin/lifecycles/{row.id}"))
    form["active"] = "open\nstalled\nParked"
    page = form.submit("deed", 0, status=422)
    assert "can not be reached" in page.html.select_one(".problems").text
    form = editor(page)
    tick(form, "open -> parked")
    tick(form, "parked -> open")
    form.submit("deed", 0).follow()
    assert app.lifecycles.get("default").move("open", "parked")
    assert app.lifecycles.get("default").move("new", "open")


def test_a_check_says_what_would_happen_and_saves_nothing(root, row, make, work, app):
    change_ticket(work, make.ticket(), SetStatus("stalled"))
    form = editor(root.get(f"/admin/lifecycles/{row.id}"))
    form["active"] = "open\nWaiting"
    page = form.submit("deed", 1)
    assert (
        "1 ticket with the status “stalled” will have “Waiting”."
        in page.html.select_one("[role=status]").text
    )
    assert app.lifecycles.get("default").is_valid("stalled")


def test_a_new_name_in_the_same_line_renames_with_tickets_moves_and_buttons(root, row, make, work, db, app):
    ticket = make.ticket()
    change_ticket(work, ticket, SetStatus("stalled"))
    form = editor(root.get(f"/admin/lifecycles/{row.id}"))
    form["active"] = "open\nWaiting"
    page = form.submit("deed", 0).follow()
    db.expire_all()
    lifecycle = app.lifecycles.get("default")
    assert ticket.status == "waiting"
    assert [each.label for each in lifecycle.actions_from("waiting")] == ["Open It"]
    assert lifecycle.move("open", "waiting")
    assert "1 ticket has another status now" in page.text


def test_a_status_with_tickets_goes_only_with_a_choice(root, row, make, work, db, app):
    ticket = make.ticket()
    change_ticket(work, ticket, SetStatus("stalled"))
    form = editor(root.get(f"/admin/lifecycles/{row.id}"))
    form["active"] = "open"
    page = form.submit("deed", 0, status=422)
    assert "choose what becomes of it" in page.html.select_one(".problems").text
    form = editor(page)
    form["becomes.stalled"] = "open"
    form.submit("deed", 0).follow()
    db.expire_all()
    assert ticket.status == "open"
    assert not app.lifecycles.get("default").is_valid("stalled")


def test_rights_buttons_and_fields_are_edited_as_rows(root, row, app):
    form = rules(root.get(f"/admin/lifecycles/{row.id}/rules"))
    blank = 3  # behind the two of the default lifecycle
    form[f"rights.{blank}.old"], form[f"rights.{blank}.new"] = "*", "resolved"
    form[f"rights.{blank}.right"] = "ResolveTicket"
    form["actions.0.label"] = "Begin"
    form["mandatory.0.old"], form["mandatory.0.new"] = "*", "resolved"
    form["mandatory.0.field.owner"], form["mandatory.0.custom"] = True, "Root cause, Severity"
    form.submit().follow()
    lifecycle = app.lifecycles.get("default")
    assert lifecycle.move("open", "resolved").right == "ResolveTicket"
    assert lifecycle.actions[0].label == "Begin"
    assert lifecycle.mandatory_for("open", "resolved") == ("owner", "CF.Root cause", "CF.Severity")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rights.2.right": "Some right"}, "Choose from which status"),
        ({"rights.2.old": "*", "rights.2.new": "deleted", "rights.2.right": "X"}, "there twice"),
        ({"rights.2.old": "*", "rights.2.new": "open", "rights.2.right": "Ö"}, "can not name a right"),
    ],
)
def test_a_senseless_rule_is_refused_and_stays_typed(root, row, values, words):
    form = rules(root.get(f"/admin/lifecycles/{row.id}/rules"))
    for name, value in values.items():
        form[name] = value
    page = form.submit(status=422)
    assert words in page.html.select_one(".problems").text
    assert rules(page)["rights.2.right"].value == values["rights.2.right"]


def test_a_map_is_proposed_by_name_saved_and_taken_away(root, row, work, app):
    create_lifecycle(work, "short")
    form = next(
        f for f in root.get(f"/admin/lifecycles/{row.id}/maps").forms.values() if "map.new" in f.fields
    )
    assert (form["map.new"].value, form["map.stalled"].value) == ("new", "")
    form["map.stalled"] = "open"
    page = form.submit().follow()
    assert app.lifecycles.map_status("default", "short", "stalled") == "open"
    form = next(f for f in page.forms.values() if "map.new" in f.fields)
    for name in [name for name in form.fields if name and name.startswith("map.")]:
        form[name] = ""
    form.submit().follow()
    assert ("default", "short") not in app.lifecycles.maps


def test_a_copy_is_made_edited_and_deleted_one_in_use_is_not(root, row, app, token):
    form = next(
        f for f in root.get("/admin/lifecycles/create?copy=default").forms.values() if "copy_of" in f.fields
    )
    form["name"] = "Projects"
    page = form.submit().follow()
    assert app.lifecycles.get("projects").statuses == app.lifecycles.get("default").statuses
    delete = next(f for f in page.forms.values() if f.action.endswith("/delete"))
    delete.submit().follow()
    assert "projects" not in app.lifecycles
    answer = root.post(f"/admin/lifecycles/{row.id}/delete", {"csrf_token": token(root)}).follow()
    assert "General" in answer.html.select_one(".flash-bad").text


def test_a_taken_name_is_refused_beside_its_field(root):
    form = next(f for f in root.get("/admin/lifecycles/create").forms.values() if "copy_of" in f.fields)
    form["name"] = "DEFAULT"
    assert "already" in form.submit(status=422).html.select_one("#field-name-error").text


@pytest.mark.parametrize("path", ["", "/create", "/1", "/1/rules", "/1/maps"])
def test_only_super_users_see_lifecycles(jo, path):
    jo.get(f"/admin/lifecycles{path}", status=403)


def test_what_is_not_there_is_not_found(root):
    root.get("/admin/lifecycles/999", status=404)


def test_the_pages_ask_no_more_with_more_lifecycles(root, row, work, query_count):
    def asked():
        root.get("/admin/lifecycles")
        with query_count() as count:
            root.get("/admin/lifecycles")
        return count.total

    before = asked()
    for number in range(5):
        create_lifecycle(work, f"life {number}")
    assert asked() == before


def test_of_a_lifecycle_of_assets_the_pages_speak_of_catalogs_and_assets(root, work, app, db):
    row, machines = stored(work, "assets"), make_catalog(work, CatalogValues("Machines", "assets"))
    create_asset(work, CreateAsset(machines, "Laptop", status="allocated"))
    lines = [line.text for line in root.get("/admin/lifecycles").html.select("tbody tr")]
    assert "1 catalog" in next(line for line in lines if "assets" in line)
    page = root.get(f"/admin/lifecycles/{row.id}")
    assert page.click("Machines")
    form = editor(page)
    form["active"] = "in-use"
    page = form.submit("deed", value="save", status=422)
    assert "1 asset has the status “allocated”" in page.html.select_one(".problems").text
    form = editor(page)
    form["becomes.allocated"] = "in-use"
    assert "1 asset has another status now." in form.submit("deed", value="save").follow()
    page = root.get(f"/admin/lifecycles/{row.id}/rules")
    assert page.html.select_one("#mandatory, #actions") is None
    form = rules(page)
    form["rights.1.old"], form["rights.1.new"], form["rights.1.right"] = "new", "stolen", "ReportTheft"
    form.submit("deed", value="save").follow()
    assert "ReportTheft" in root.get(f"/admin/rights?kind=catalog&id={machines.id}&category=status")
