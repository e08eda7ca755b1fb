"""Delivering: signed, at least once and under one id, patient with receivers that are down, never held up by one."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetSubject
from rtpy.mail import outbox
from rtpy.models import ConfigChange, Configuration, Webhook, WebhookDelivery, WebhookState
from rtpy.webhooks.delivering import deliver_due
from rtpy.webhooks.outcome import JITTER, PAUSES, pause_after
from rtpy.webhooks.saving import renew_secret, save_webhook, send_again, send_test
from rtpy.webhooks.sending import MOST
from rtpy.webhooks.signing import secret_of
from rtpy.webhooks.sweeping import sweep
from tests.webhooks.receiver import answer, huge, receiving, reset, silent


def is_signed(secret, got):
    """The check that the standard describes, written anew."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    good = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return f"v1,{good}" in got.headers["webhook-signature"].split(" ")


@pytest.fixture
def rows(db):
    """The deliveries as they are now, oldest first."""

    def read(*states):
        query = select(WebhookDelivery).order_by(WebhookDelivery.id).execution_options(populate_existing=True)
        return [row for row in db.scalars(query) if not states or row.state in states]

    return read


@pytest.fixture
def fresh(db):
    """A webhook and its state as they are now."""

    def read(hook):
        return (
            db.get_one(Webhook, hook.id, populate_existing=True),
            db.get_one(WebhookState, hook.id, populate_existing=True),
        )

    return read


def test_a_delivery_is_signed_json(hook, make, receiver, app, rows, clock, fresh):
    one = hook()
    make.ticket("Printer on fire")
    assert deliver_due(app) == 1
    (got,), (row,) = receiver.got, rows()
    assert (got.method, got.path) == ("POST", "/hook?key=1")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("rtpy/")
    assert got.headers["webhook-id"] == row.event_id == json.loads(got.body)["id"]
    assert got.headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
    assert got.headers["rtpy-event"] == "ticket.created"
    assert is_signed(secret_of(app, one.nonce), got)
    assert not is_signed(secret_of(app, "0" * 48), got)
    assert (row.state, row.status_code, row.answer, row.attempts) == ("delivered", 200, "ok", 1)
    assert row.address == "127.0.0.1"
    assert fresh(one)[1].last_success == clock.now()
    assert deliver_due(app) == 0


FAILING = {
    "500": (answer(500, b"broken"), 500, "It answered 500."),
    "403": (answer(403, b"no"), 403, "It answered 403."),
    "redirect": (answer(302, b"", "Location: http://127.0.0.1/"), 302, "It answered 302: it leads elsewhere"),
    "reset": (reset, None, ""),
}


@pytest.mark.parametrize(("reply", "status", "problem"), FAILING.values(), ids=FAILING)
def test_what_fails_is_tried_again_under_the_same_id(
    hook, make, receiver, app, rows, clock, fresh, reply, status, problem
):
    one = hook()
    make.ticket()
    receiver.replies = [reply]
    deliver_due(app)
    (row,) = rows()
    assert (row.state, row.status_code, row.attempts) == ("queued", status, 1)
    assert problem in row.problem
    assert row.not_before > clock.now()
    assert fresh(one)[1].consecutive_failures == 1
    assert deliver_due(app) == 0
    clock.advance(timedelta(seconds=15))
    assert deliver_due(app) == 1
    assert [row.state for row in rows()] == ["delivered"]
    first, second = receiver.got
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert is_signed(secret_of(app, one.nonce), second)
    assert fresh(one)[1].consecutive_failures == 0


def test_of_a_huge_answer_only_the_beginning_is_kept(hook, make, receiver, app, rows):
    hook()
    make.ticket()
    receiver.replies = [huge]
    deliver_due(app)
    (row,) = rows()
    assert row.state == "delivered"
    assert len(row.answer) <= MOST + 10
    assert row.answer.endswith("[…]")


def test_A45_nothing_is_sent_where_it_is_not_allowed(hook, make, receiver, app, rows, db):
    hook()
    make.ticket()
    db.query(Webhook).update({"url": f"http://127.0.0.2:{receiver.port}/"})
    deliver_due(app)
    (row,) = rows()
    assert (row.state, row.status_code, receiver.connections) == ("queued", None, 0)
    assert "443" in row.problem


def test_a_receiver_that_is_gone_is_left_alone(hook, make, receiver, app, rows, fresh, db):
    one = hook()
    make.ticket()
    receiver.replies = [answer(410, b"")]
    deliver_due(app)
    webhook, _ = fresh(one)
    assert webhook.disabled
    assert "410" in webhook.disabled_reason
    assert [row.state for row in rows()] == ["failed"]
    change = db.scalars(select(ConfigChange).order_by(ConfigChange.id.desc())).first()
    assert (change.kind, change.after["disabled"]) == ("webhook", "1")
    make.ticket()
    assert len(rows()) == 1


def test_a_receiver_that_fails_for_days_is_switched_off(hook, make, receiver, app, fresh, clock, rows):
    one = hook()
    make.ticket()
    receiver.usual = answer(503, b"")
    tries = 0
    for _ in range(40):
        tries += deliver_due(app)
        if fresh(one)[0].disabled:
            break
        clock.advance(timedelta(hours=3))
    webhook, state = fresh(one)
    assert webhook.disabled
    assert "3 days" in webhook.disabled_reason or "4 days" in webhook.disabled_reason
    assert state.consecutive_failures == tries == len(receiver.got) >= 10
    clock.advance(timedelta(days=1))
    assert deliver_due(app) == 0


def test_switched_on_again_it_gets_what_waits(hook, make, receiver, app, work, rows, fresh):
    one = hook()
    make.ticket()
    values = {"name": one.name, "url": one.url, "events": "any", "user": "root"}
    save_webhook(work, one, {**values, "disabled": "1"})
    assert deliver_due(app) == 0
    save_webhook(work, one, values)
    assert deliver_due(app) == 1
    assert [row.state for row in rows()] == ["delivered"]


def test_one_that_is_down_is_asked_seldom_and_gets_all_when_it_is_back(
    hook, make, receiver, app, clock, rows
):
    hook()
    receiver.usual = answer(500, b"")
    for number in range(6):
        make.ticket(f"Ticket {number}")
    assert deliver_due(app) == 1  # not six times
    clock.advance(timedelta(seconds=11))
    assert deliver_due(app) == 1
    clock.advance(timedelta(seconds=11))
    assert deliver_due(app) == 0  # the rest grows
    clock.advance(timedelta(minutes=1))
    receiver.usual = answer(200)
    deliver_due(app)
    assert {row.state for row in rows()} == {"delivered"}


def test_one_delivery_that_is_not_liked_holds_up_no_other(hook, make, receiver, app, rows):
    hook()
    make.ticket("Poison")
    make.ticket("Good")
    receiver.replies = [answer(400, b"")]
    assert deliver_due(app) == 2
    assert [row.state for row in rows()] == ["queued", "delivered"]


def test_a_dead_receiver_holds_up_no_other(hook, make, receiver, app, rows, fresh):
    with receiving(silent) as dead:
        bad, good = hook(url=dead.url), hook()
        for _ in range(3):
            make.ticket()
        assert deliver_due(app) == 4
    assert [row.state for row in rows() if row.webhook_id == good.id] == ["delivered"] * 3
    assert fresh(bad)[1].consecutive_failures == 1
    assert fresh(good)[1].consecutive_failures == 0


def test_events_come_in_the_order_of_the_history(hook, make, receiver, app, work):
    hook()
    ticket = make.ticket()
    for name in "abc":
        change_ticket(work, ticket, SetSubject(name), SetSubject(name + name))
    deliver_due(app)
    numbers = [json.loads(got.body)["data"]["transaction"]["id"] for got in receiver.got]
    assert numbers == sorted(numbers)
    assert len(numbers) == 7


def test_the_receiver_may_ask_for_time(hook, make, receiver, app, rows, clock):
    hook()
    make.ticket()
    receiver.replies = [answer(429, b"", "Retry-After: 120")]
    deliver_due(app)
    clock.advance(timedelta(seconds=100))
    assert deliver_due(app) == 0
    clock.advance(timedelta(seconds=30))
    assert deliver_due(app) == 1


def test_pauses_grow_from_seconds_to_a_day():
    assert PAUSES == tuple(sorted(PAUSES))
    assert (PAUSES[0], PAUSES[-1]) == (timedelta(seconds=10), timedelta(days=1))
    assert sum(PAUSES, timedelta()) > timedelta(days=3)
    assert pause_after(1, 0) == PAUSES[0] * (1 - JITTER)
    assert pause_after(len(PAUSES), 1) == PAUSES[-1] * (1 + JITTER)
    assert pause_after(len(PAUSES) + 1, 0.5) is None


def test_both_secrets_sign_for_a_day_after_a_new_one(hook, make, receiver, app, work, clock):
    one = hook()
    old = secret_of(app, one.nonce)
    new = renew_secret(work, one).secret
    assert old != new
    make.ticket()
    deliver_due(app)
    clock.advance(timedelta(hours=25))
    make.ticket()
    deliver_due(app)
    first, second = receiver.got
    assert (is_signed(old, first), is_signed(new, first)) == (True, True)
    assert (is_signed(old, second), is_signed(new, second)) == (False, True)


def test_A46_the_old_secret_signs_nothing_for_another_host(hook, make, receiver, app, work):
    one = hook()
    old = secret_of(app, one.nonce)
    with receiving() as other:
        values = {"name": one.name, "url": other.url, "events": "any", "user": "root"}
        new = save_webhook(work, one, values).secret
        make.ticket()
        deliver_due(app)
    (got,) = other.got
    assert (is_signed(old, got), is_signed(new, got)) == (False, True)
    assert len(got.headers["webhook-signature"].split(" ")) == 1
    assert receiver.got == []


def test_a_test_goes_once_even_while_it_is_switched_off(hook, receiver, app, work, rows, fresh):
    one = hook(disabled="1")
    receiver.usual = answer(500, b"no")
    send_test(work, one)
    assert deliver_due(app) == 1
    (row,) = rows()
    assert (row.state, row.status_code) == ("failed", 500)
    assert json.loads(receiver.got[0].body)["type"] == "webhook.test"
    assert fresh(one)[1].consecutive_failures == 0


def test_what_is_sent_again_has_the_same_id(hook, make, receiver, app, work, rows):
    hook()
    make.ticket()
    deliver_due(app)
    assert send_again(work, rows()) == 1
    deliver_due(app)
    first, second = receiver.got
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert [row.state for row in rows()] == ["delivered", "delivered"]


@pytest.mark.parametrize("cause", ["user", "secret"])
def test_it_switches_itself_off_when_its_ground_is_gone(
    hook, make, receiver, app, work, db, fresh, jo, cause
):
    one = hook(user="jo")
    make.ticket()
    if cause == "user":
        jo.principal.disabled = True
        db.flush()
    else:
        app.caches.pop("secret_key", None)
        (app.config.home / "secret_key").write_text("ab" * 32)
    deliver_due(app)
    webhook, _ = fresh(one)
    assert webhook.disabled
    assert {"user": "person", "secret": "secret"}[cause] in webhook.disabled_reason
    assert receiver.got == []


def test_old_deliveries_are_swept(hook, make, app, rows, clock, db):
    hook()
    make.ticket()
    clock.advance(timedelta(days=29))
    assert sweep(app) == 0
    make.ticket()
    clock.advance(timedelta(days=2))
    assert sweep(app) == 1
    assert sweep(app) == 0
    assert len(rows()) == 1


def test_o13_a_restored_database_tells_nobody_before_somebody_says_so(hook, make, receiver, app, clock, db):
    hook()
    make.ticket("Told before the backup")
    assert deliver_due(app) == 1
    mark = select(Configuration).where(Configuration.name.startswith("outbox_round:"))
    db.scalars(mark).one().value = 0  # what a restore does to the row
    make.ticket("Told after the backup, and waiting again")
    assert (deliver_due(app), deliver_due(app), len(receiver.got)) == (0, 0, 1)
    assert outbox.is_held_as_restored(db)
    outbox.hold_all(db, held=False, now=clock.now())
    assert (deliver_due(app), len(receiver.got)) == (1, 2)
