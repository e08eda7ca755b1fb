"""The pages of the sync: a plan is asked for, looked at, agreed to or dropped; for super-users only."""

import pytest
from sqlalchemy import select

from rtpy.identity.directory_sync import runs
from rtpy.identity.directory_sync.due import sync_due
from rtpy.identity.directory_sync.lease import make_sync_rows
from rtpy.models import DirectoryRun, DirectorySync, Principal, User
from tests.identity.directory_fakes import FakeDirectory, directory_row, group, person

pytestmark = pytest.mark.databases("sqlite")  # pages ask nothing that the sync's own tests do not


@pytest.fixture
def corp(app, db):
    row = directory_row(app)
    db.add(row)
    db.commit()
    make_sync_rows(app, {row.id: 60})
    return row


@pytest.fixture
def fake(monkeypatch):
    found = FakeDirectory([person(f"p{number}") for number in range(10)], [group("Techs", "p1")])
    monkeypatch.setattr(runs, "open_directory", lambda app, settings: found)
    return found


def press(page, button):
    """Press `plan` or `sync`, or a button with that label."""
    form = next(
        each
        for each in page.forms.values()
        if f'value="{button}"' in each.text or f"{button}</button>" in each.text
    )
    return form.submit("deed", value=button).follow() if "deed" in form.fields else form.submit().follow()


def words(page):
    return " ".join(page.html.text.split())


def test_a_plan_is_asked_for_looked_at_and_done(root, app, db, corp, fake):
    page = press(root.get("/admin/directory-sync"), "plan")
    assert "begins soon" in page
    assert sync_due(app) == 1
    page = root.get(page.request.path)
    assert "a plan, nothing done" in words(page)
    assert "email address: p3@corp.example" in words(page)
    assert db.scalar(select(User.id).where(User.name == "p3")) is None
    assert "p3" not in words(page.click("Put into the group"))
    page = press(page, "Do it")
    assert sync_due(app) == 1
    page = root.get(page.request.path)
    assert "to be done" not in words(page)
    assert db.scalar(select(User.id).where(User.name == "p3")) is not None
    assert "create 10" in words(root.get("/admin/directory-sync"))


def test_what_waits_says_why_and_is_dropped_or_done(root, app, db, corp, fake):
    press(root.get("/admin/directory-sync"), "sync")
    sync_due(app)
    del fake.everybody[1:]
    page = press(root.get("/admin/directory-sync"), "sync")
    sync_due(app)
    waiting = root.get(page.request.path)
    assert "waits for you" in words(waiting)
    assert "9 of 10 people would be disabled" in words(waiting)
    assert "Nobody was" not in words(press(waiting, "Drop it"))
    assert "waits for nobody" in words(press(waiting, "Do it anyway"))
    press(root.get("/admin/directory-sync"), "sync")
    sync_due(app)
    newest = db.scalar(select(DirectoryRun.id).order_by(DirectoryRun.id.desc()))
    press(root.get(f"/admin/directory-sync/{newest}"), "Do it anyway")
    sync_due(app)
    off = select(User.name).join(Principal, Principal.id == User.id).where(Principal.disabled)
    assert len([each for each in db.scalars(off) if each.startswith("p")]) == 9


def test_a_second_run_and_senseless_questions_are_answered_in_a_sentence(root, app, db, corp, fake):
    press(root.get("/admin/directory-sync"), "plan")
    page = root.get("/admin/directory-sync")
    assert "going on already" in words(press(page, "plan"))
    form = next(each for each in page.forms.values() if "directory" in each.fields)
    form["directory"].force_value("x\x00")
    assert "Choose a directory" in words(form.submit("deed", value="plan").follow())
    db.merge(corp).disabled = True
    db.commit()
    form["directory"].force_value(str(corp.id))
    assert "is switched off" in words(form.submit("deed", value="sync").follow())
    root.get("/admin/directory-sync/99999", status=404)
    root.get("/admin/directory-sync?before=%C2%B2", status=200)
    sync_due(app)
    run = db.scalar(select(DirectoryRun.id))
    for query in ("?deed=nothing", "?deed=create&after=5", "?after=%C2%B2"):
        root.get(f"/admin/directory-sync/{run}{query}", status=200)


def test_a_look_that_failed_is_told(root, db, corp):
    db.get(DirectorySync, corp.id).look_problem = "It cannot be reached."
    db.commit()
    assert "Nobody could look up who is logged in. It cannot be reached." in words(
        root.get("/admin/directory-sync")
    )


def test_an_empty_site_says_where_directories_are_set_up(root):
    assert "No directory is set up" in words(root.get("/admin/directory-sync"))
