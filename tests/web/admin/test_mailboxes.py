"""Mailboxes in the browser: made, tested, fetched, stopped, deleted; for super-users only. The worker does the rest."""

import re

import pytest
from sqlalchemy import select

from rtpy.mailboxes.saving import FIRST, save_mailbox
from rtpy.models import ConfigChange, Mailbox, MailboxState, User

pytestmark = pytest.mark.databases("sqlite")  # forms and pages; what is stored is tried in tests/mailboxes

TYPED = {
    **FIRST,
    "name": "Support mailbox",
    "host": "imap.example.com",
    "login": "support@example.com",
    "password": "hush hush",
}


@pytest.fixture
def mailbox(work):
    made = save_mailbox(work, None, TYPED)
    work.db.flush()
    return made


def form_of(page, field):
    return next(form for form in page.forms.values() if field in form.fields)


def words(page):
    return re.sub(r"\s+", " ", page.html.text)


def press(page, label):
    return next(form for form in page.forms.values() if label in form.text).submit()


def test_they_are_for_super_users(jo, make, db, mailbox):
    make.grant(db.scalar(select(User).where(User.name == "jo")), "ShowConfigTab", "AdminUsers", "AdminQueue")
    for page in ("", "/create", f"/{mailbox.id}", f"/{mailbox.id}/modify"):
        assert jo.get(f"/admin/mailboxes{page}", status="*").status_int == 403


def test_a_mailbox_is_made_and_tried_and_its_password_never_shown(root, db):
    form = form_of(root.get("/admin/mailboxes/create"), "host")
    wrong = form.submit("deed", value="save", status=422)
    assert "Give it a name" in words(wrong)
    for name, text in TYPED.items():
        form[name] = text
    page = form.submit("deed", value="save").follow()
    assert "not fetched yet" in words(page)
    made = db.scalars(select(Mailbox)).one()
    state = db.get_one(MailboxState, made.id)
    assert state.test_asked is not None
    assert page.headers["Refresh"] == "3"
    modify = root.get(f"/admin/mailboxes/{made.id}/modify")
    assert "hush" not in page.text + modify.text + made.sealed_password
    assert "hush" not in str([(row.before, row.after) for row in db.scalars(select(ConfigChange))])
    before = made.sealed_password
    form = form_of(modify, "host")
    form["seconds"] = "120"
    form.submit("deed", value="save").follow()
    db.expire_all()
    assert (made.seconds, made.sealed_password) == (120, before)
    assert "Support mailbox" in words(root.get("/admin/mailboxes"))


def test_what_makes_no_sense_is_said_beside_its_field(root):
    form = form_of(root.get("/admin/mailboxes/create"), "host")
    for name, text in TYPED.items():
        form[name] = text
    cases = {
        "host": ("a b", "Give the name of the server"),
        "port": ("70000", "Give a port"),
        "tls": ("none", "only a server on this machine"),
        "authority": ("no certificate", "as PEM"),
        "login": (" ", "Give the name with which one logs in"),
        "password": ("", "Give the password"),
        "method": ("xoauth2", "Give the id under which the provider knows this site"),
        "folder": ("", "Name the folder"),
        "after": ("move", "Name the folder that taken mails go to"),
        "seconds": ("5", "Give seconds from 10"),
    }
    for field, (typed, said) in cases.items():
        good = form[field].value
        form[field] = typed
        assert said in words(form.submit("deed", value="save", status=422)), field
        form[field] = good
    form["authority"] = "kein gültiges"
    assert "as PEM" in words(form.submit("deed", value="save", status=422)), "letters that are not ASCII"


def test_the_password_of_one_server_is_not_said_to_another(root, mailbox):
    form = form_of(root.get(f"/admin/mailboxes/{mailbox.id}/modify"), "host")
    form["host"] = "imap.evil.example"
    assert "Give the password" in words(form.submit("deed", value="save", status=422))


def test_a_stopped_mailbox_says_why_and_is_fetched_again_when_told(root, db, mailbox):
    state = db.get_one(MailboxState, mailbox.id)
    state.problem, state.login_refusals = "imap.example.com refuses the login: no such user.", 3
    db.flush()
    page = root.get(f"/admin/mailboxes/{mailbox.id}")
    assert "not tried any more" in words(page)
    assert "stopped" in words(root.get("/admin/mailboxes"))
    assert "1 mailbox cannot be fetched" in words(root.get("/admin"))
    press(page, "Fetch now").follow()
    db.expire_all()
    assert db.get_one(MailboxState, mailbox.id).login_refusals == 0


def test_a_test_is_asked_for_and_its_result_shown(root, db, mailbox, app):
    page = press(root.get(f"/admin/mailboxes/{mailbox.id}"), "Test").follow()
    assert "looks again by itself" in words(page)
    db.expire_all()
    state = db.get_one(MailboxState, mailbox.id)
    state.test_asked, state.test_done, state.test_failed = None, app.clock.now(), True
    state.test_result = "The folder “INBOX” cannot be opened: no."
    state.next_fetch = app.clock.now().replace(year=2030)
    db.flush()
    page = root.get(f"/admin/mailboxes/{mailbox.id}")
    assert "cannot be opened" in words(page)
    assert "Refresh" not in page.headers


def test_a_mailbox_is_deleted(root, db, mailbox):
    page = press(root.get(f"/admin/mailboxes/{mailbox.id}"), "Delete it for good").follow()
    assert "is deleted" in words(page)
    assert db.scalars(select(Mailbox)).all() == []


def test_switched_off_it_is_not_fetched(root, db, mailbox):
    mailbox.disabled = True
    db.flush()
    assert "It is switched off" in words(
        press(root.get(f"/admin/mailboxes/{mailbox.id}"), "Fetch now").follow()
    )
    assert "Support mailbox" not in words(root.get("/admin/mailboxes"))
    assert "Support mailbox" in words(root.get("/admin/mailboxes?disabled=1"))
