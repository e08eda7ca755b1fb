"""Directories on the pages: settings, the test of one, and logging in through it."""

from base64 import b64encode
from datetime import timedelta

import pytest

pytest.importorskip("ldap", reason="python-ldap is not installed: directories are not asked.")

from sqlalchemy import select

from rtpy.identity.directories import admitting
from rtpy.identity.directories.presets import PRESETS
from rtpy.identity.directories.saving import save_directory
from rtpy.identity.passwords import hash_password
from rtpy.models import ConfigChange, User, UserDirectory
from tests.identity.directory_settings import typed

pytestmark = [pytest.mark.ldap, pytest.mark.databases("sqlite")]  # what the database is asked is tried below


def form_of(page):
    """The form of the page itself."""
    return next(
        form
        for form in page.forms.values()
        if "/admin/directories/" in form.action and not form.action.endswith("/delete")
    )


def fill(form, given):
    for name, value in given.items():
        if value == "1" and form.fields[name][0].attrs.get("type") == "checkbox":
            form[name] = True
        else:
            form[name] = value
    return form


@pytest.fixture
def directory(work, directory_server, db):
    row = save_directory(work, None, typed(directory_server))
    db.flush()
    return row


def test_a_directory_is_set_up_tried_changed_and_deleted(root, db, directory_server):
    page = root.get("/admin/directories").click("New directory")
    wrong = fill(form_of(page), {"name": "Ours", "urls": "ldap://ldap.example.com"}).submit(
        "deed", value="save", expect_errors=True
    )
    assert wrong.status_int == 422
    assert "Say below which DN people are looked for." in wrong
    given = typed(directory_server)
    sent = fill(form_of(wrong), given).submit("deed", value="test", status=307)
    saved = root.post(sent.location, {"csrf_token": form_of(wrong)["csrf_token"].value})
    assert "People who may log in" in saved
    assert "“Our people” is saved." in saved
    row = db.scalars(select(UserDirectory)).one()
    assert (row.name, row.privileged, row.urls) == ("Our people", True, [directory_server.url])

    form_of(saved)["login"] = "carol"
    tried = form_of(saved).submit()
    words = (
        "certificate checked",
        directory_server.search_dn,
        "Carol Kim",
        "The first login makes the account carol",
    )
    assert [word for word in words if word not in tried] == []
    assert directory_server.search_password not in tried

    form = root.get(f"/admin/directories/{row.id}").forms
    settings = next(each for each in form.values() if "base_dn" in each.fields)
    assert settings["bind_password"].value == ""
    settings["disabled"] = True
    settings.submit("deed", value="save").follow()
    db.refresh(row)
    assert row.disabled
    assert "Our people" in root.get("/admin/directories")
    page = root.get(f"/admin/directories/{row.id}")
    next(each for each in page.forms.values() if each.action.endswith("/delete")).submit().follow()
    assert db.scalars(select(UserDirectory)).all() == []
    noted = db.scalars(
        select(ConfigChange.action).where(ConfigChange.kind == "directory").order_by(ConfigChange.id)
    ).all()
    assert noted == ["create", "change", "delete"]


@pytest.mark.parametrize("kind", sorted(PRESETS))
def test_the_form_begins_with_what_is_usual(root, kind):
    form = form_of(root.get(f"/admin/directories/create?kind={kind}"))
    assert form["person_filter"].value == PRESETS[kind]["person_filter"]
    assert form["kind"].value == kind


@pytest.mark.parametrize(
    ("login", "changed", "said"),
    [
        ("", {}, "It answers, and jane is found."),
        ("nobody", {}, "Nobody who may log in has this login name"),
        ("*", {}, "Nobody who may log in has this login name"),
        ("carol\x00)(", {}, "Nobody who may log in has this login name"),
        ("carol", {"person_filter": "(uid=none)"}, "Nobody who may log in has this login name"),
        ("", {"person_filter": "(uid=none)"}, "Nobody fits."),
        ("", {"ca": ""}, "The TLS of"),
        ("", {"urls": ["ldap://127.0.0.1:1"]}, "does not answer"),
        ("", {"bind_dn": "uid=jane,ou=people,dc=example,dc=com"}, "refuses the name and password"),
        ("", {"disabled": True}, "nobody logs in through it"),
    ],
)
def test_a_test_says_in_words_what_it_found(root, directory, db, login, changed, said):
    for name, value in changed.items():
        setattr(directory, name, value)
    db.flush()
    form = form_of(root.get(f"/admin/directories/{directory.id}/test"))
    answer = root.post(form.action, {"csrf_token": form["csrf_token"].value, "login": login})
    assert said in answer


def test_a_test_says_what_a_login_would_do(root, directory, make, browser, db):
    def said(login):
        form = form_of(root.get(f"/admin/directories/{directory.id}/test"))
        form["login"] = login
        return form.submit().text

    make.customer("jane@example.com")
    make.grant(make.staff("bob"), "SuperUser")
    assert "links the account jane@example.com" in said("jane")
    assert "Cannot log in: The account bob holds SuperUser" in said("bob")


def test_people_log_in_at_the_page_with_the_password_of_the_directory(root, another, directory, db):
    def enter(who, name, password):
        form = who.get("/login").form
        form["username"], form["password"] = name, password
        return form.submit(expect_errors=True)

    assert "do not fit together" in enter(another(), "jane", "wrong")
    browser = another()
    assert enter(browser, "jane", "secret of jane").status_int == 303
    assert "Jane Doe" in browser.get("/").text
    jane = db.scalar(select(User).where(User.email_address == "jane@example.com"))
    assert jane.name == "jane"
    assert "Logs in by Our people: no password here." in root.get(f"/people/{jane.id}")
    directory.urls = ["ldap://127.0.0.1:1"]
    db.flush()
    assert "The directory cannot be reached" in enter(another(), "jane", "secret of jane")


def test_programs_come_in_with_name_and_password_of_the_directory(
    another, directory, make, db, monkeypatch, clock
):
    asked = []
    opened = admitting.open_directory
    monkeypatch.setattr(admitting, "open_directory", lambda *args: asked.append(1) or opened(*args))

    def call(name, password, method="get"):
        pair = b64encode(f"{name}:{password}".encode()).decode()
        more = {"headers": {"Authorization": f"Basic {pair}"}, "expect_errors": True}
        program = another()
        if method == "get":
            return program.get("/REST/2.0/user/jane", **more).status_int
        return program.post_json("/REST/2.0/tickets", [], **more).status_int

    assert [call("jane", "wrong"), call("nobody", "secret of nobody"), call("jane", "")] == [401, 401, 401]
    make.staff("root2", password="local")
    asked.clear()
    assert call("root2", "local") != 401
    assert asked == []
    assert call("jane", "secret of jane") == 200
    assert call("JANE@example.com", "secret of jane") == 200
    assert call("jane", "secret of jane", "post") != 401
    assert asked == [1]  # what was right a moment ago is not asked again
    clock.advance(timedelta(minutes=2))
    assert call("jane", "secret of jane", "post") != 401
    assert asked == [1, 1]
    jane = db.scalars(select(User).where(User.name == "jane")).one()
    jane.password_hash = hash_password("left from before")
    db.flush()
    assert call("jane", "left from before") == 401
    directory.disabled = True
    db.flush()
    assert call("jane", "left from before") == 401
    clock.advance(timedelta(minutes=2))
    assert call("jane", "secret of jane") == 401


def test_only_super_users_see_directories(jo, directory):
    for path in ("", "/create", f"/{directory.id}", f"/{directory.id}/test"):
        assert jo.get(f"/admin/directories{path}", expect_errors=True).status_int == 403


def test_a_directory_that_is_not_there_is_not_found(root):
    assert root.get("/admin/directories/999/test", expect_errors=True).status_int == 404
