"""Webhooks in the browser: made, tried, looked into, sent again, switched off; for super-users only."""

import json
import re

import pytest
from sqlalchemy import select

from rtpy.config.config import Config
from rtpy.models import User, Webhook, WebhookDelivery, WebhookState
from rtpy.webhooks.delivering import deliver_due
from rtpy.webhooks.saving import save_webhook
from rtpy.webhooks.signing import secret_of
from tests.webhooks.receiver import answer, receiving

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def config(tmp_path, database_engine):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, webhooks__allow=("127.0.0.1", "not a word"))


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hook(work, receiver):
    given = {"name": "n8n", "url": receiver.url, "events": "any", "user": "root"}
    return save_webhook(work, None, given).webhook


def form_of(page, field):
    return next(form for form in page.forms.values() if field in form.fields)


def words(page):
    return re.sub(r"\s+", " ", page.html.text)


def press(page, label):
    """Post the form with the button of that label."""
    return next(form for form in page.forms.values() if label in form.text).submit()


def test_they_are_for_super_users(jo, make, db, hook):
    make.grant(db.scalar(select(User).where(User.name == "jo")), "ShowConfigTab", "AdminUsers", "AdminQueue")
    for page in ("", "/create", f"/{hook.id}", f"/{hook.id}/modify", f"/{hook.id}/deliveries/1"):
        assert jo.get(f"/admin/webhooks{page}", status="*").status_int == 403


def test_a_webhook_is_made_and_its_secret_is_shown_once(root, receiver, db, app, make):
    page = root.get("/admin/webhooks/create")
    form = form_of(page, "url")
    wrong = form.submit("deed", value="save", status=422)
    assert "Give it a name" in words(wrong)
    assert "Choose what it is to be told of" in words(wrong)
    form["name"], form["url"], form["user"], form["query"] = "n8n", receiver.url, "root", "Status = 'new'"
    form["event_created"], form["comments"] = True, True
    made = form.submit("deed", value="save")
    row = db.scalar(select(Webhook))
    secret = secret_of(app, row.nonce)
    assert secret in made.text
    assert (row.events, row.comments, row.query) == (["ticket.created"], True, "Status = 'new'")
    for page in ("", f"/{row.id}", f"/{row.id}/modify"):
        assert secret not in root.get(f"/admin/webhooks{page}").text
    assert secret not in root.get("/admin/log").text
    assert row.secret_mark in root.get(f"/admin/webhooks/{row.id}/modify").text
    assert "“not a word”" in words(root.get("/admin/webhooks")) or "not a word" in words(
        root.get("/admin/webhooks")
    )
    assert "A ticket is created" in words(root.get("/admin/webhooks"))
    assert "Webhooks" in words(root.get("/admin"))


def test_settings_are_changed_and_another_server_gets_another_secret(root, hook, db, app):
    page = root.get(f"/admin/webhooks/{hook.id}/modify")
    form = form_of(page, "url")
    assert form["event_any"].checked
    form["event_any"], form["event_status_changed"], form["disabled"] = False, True, True
    assert "is saved" in words(form.submit("deed", value="save").follow())
    db.refresh(hook)
    assert (hook.events, hook.disabled) == (["ticket.status_changed"], True)
    form = form_of(root.get(f"/admin/webhooks/{hook.id}/modify"), "url")
    form["url"] = "http://127.0.0.1:1/"
    shown = form.submit("deed", value="save")
    db.refresh(hook)
    assert secret_of(app, hook.nonce) in shown.text
    assert "the old secret signs nothing any more" in words(shown)


def test_a_test_its_answer_and_a_delivery_are_shown(root, hook, receiver, app, db, make):
    receiver.replies = [answer(200, b"welcome <b>&")]
    shown = press(root.get(f"/admin/webhooks/{hook.id}"), "Send a test").follow()
    assert "waiting" in words(shown)
    deliver_due(app)
    shown = root.get(shown.request.path)
    assert "delivered" in words(shown)
    assert "welcome &lt;b&gt;&amp;" in shown.text
    assert "v1,********" in shown.text
    assert receiver.got[0].headers["webhook-signature"] not in shown.text
    ticket = make.ticket("Printer")
    receiver.replies = [answer(400, b"what?")]
    deliver_due(app)
    log = root.get(f"/admin/webhooks/{hook.id}")
    assert "It answered 400." in words(log)
    assert f"#{ticket.id}" in words(log)
    assert "failing" in words(root.get("/admin/webhooks"))
    delivery = db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id.desc())).first()
    one = root.get(f"/admin/webhooks/{hook.id}/deliveries/{delivery.id}")
    assert "what?" in words(one)
    assert '"subject": "Printer"' in one.html.text
    press(one, "Try now").follow()
    deliver_due(app)
    assert "delivered" in words(root.get(f"/admin/webhooks/{hook.id}?state=delivered"))
    assert root.get(f"/admin/webhooks/{hook.id + 1}/deliveries/{delivery.id}", status="*").status_int == 404


def test_what_failed_is_sent_again_with_one_button(root, hook, receiver, app, db, make):
    for number in range(3):
        make.ticket(str(number))
    db.query(WebhookDelivery).update({"state": "failed"})
    db.flush()
    page = root.get(f"/admin/webhooks/{hook.id}?state=failed")
    done = press(page, "Send the 3 failed again").follow()
    assert "3 deliveries are sent again" in words(done)
    assert "failed again" not in words(done)
    deliver_due(app)
    assert len({json.loads(got.body)["id"] for got in receiver.got}) == 3


def test_one_that_switched_itself_off_says_so(root, hook, db):
    hook.disabled, hook.disabled_reason = True, "The receiver answered 410 Gone."
    db.flush()
    assert "switched itself off" in words(root.get("/admin/webhooks"))
    assert "answered 410 Gone" in words(root.get(f"/admin/webhooks/{hook.id}"))
    assert "1 webhook has switched itself off" in words(root.get("/admin"))


def test_a_new_secret_and_the_end(root, hook, db, app):
    page = root.get(f"/admin/webhooks/{hook.id}/modify")
    old = hook.secret_mark
    shown = press(page, "Make a new secret")
    db.refresh(hook)
    assert hook.secret_mark != old
    assert secret_of(app, hook.nonce) in shown.text
    assert "signs as well until" in words(root.get(f"/admin/webhooks/{hook.id}/modify"))
    assert "is deleted" in words(press(page, "Delete it for good").follow())
    assert db.scalars(select(WebhookState)).all() == []
    assert root.get(f"/admin/webhooks/{hook.id}", status="*").status_int == 404


def test_pages_ask_a_fixed_number_of_questions(root, hook, make, query_count, app, work):
    def count(page):
        root.get(page)
        with query_count() as counted:
            root.get(page)
        return counted.total

    make.ticket()
    pages = ("/admin/webhooks", f"/admin/webhooks/{hook.id}")
    before = [count(page) for page in pages]
    for number in range(5):
        make.ticket(str(number))
        save_webhook(work, None, {"name": f"H{number}", "url": hook.url, "events": "any", "user": "root"})
    assert [count(page) for page in pages] == before
