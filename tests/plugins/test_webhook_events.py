"""Events that a plugin announces: who is told, what stands in the body, and what does not undo the change."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.time import AddTime
from rtpy.errors import Invalid
from rtpy.models import Ace, WebhookDelivery, WebhookState
from rtpy.webhooks.announcing import announce
from rtpy.webhooks.events import events_of
from rtpy.webhooks.saving import save_webhook


@pytest.fixture
def hook(work):
    """Makes a webhook: `hook(user="jo")`."""

    def make_one(**values):
        given = {
            "name": f"H{len(values)}{values}",
            "url": "https://hooks.example.com/",
            "events": "budget.passed",
        }
        return save_webhook(work, None, {**given, "user": "root", **values}).webhook

    return make_one


def told(db):
    db.flush()
    rows = db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))
    return [(row.webhook_id, row.event, json.loads(row.body)["data"]) for row in rows]


def test_rtpy_webhook_events_are_sent_with_what_the_plugin_gives_and_the_tickets_facts(work, make, hook, db):
    one, _ = hook(), hook(name="Other", events="ticket.replied")
    ticket = make.ticket("Mail server")
    change_ticket(work, ticket, AddTime(45))
    [(webhook_id, event, data)] = told(db)
    assert (webhook_id, event, data["minutes"], data["budget"]) == (one.id, "budget.passed", 45, 30)
    assert data["ticket"]["subject"] == "Mail server"


def test_rtpy_webhook_events_are_told_to_who_may_know_of_them(work, make, hook, db):
    make.queue("General")
    jo = make.staff("jo")
    hook(user="jo")
    hook(user="root", query="Subject LIKE 'printer'")
    hook(user="root", skip_own="1")
    change_ticket(work, make.ticket("Mail server"), AddTime(45))
    assert told(db) == []
    db.add(Ace(principal_id=jo.id, right_name="SeeBudgets"))
    db.flush()
    change_ticket(work, make.ticket("Mail server"), AddTime(45))
    assert len(told(db)) == 1


def test_an_event_about_no_ticket_is_told_whatever_the_query_says(work, hook, db):
    hook(query="Subject LIKE 'printer'")
    announce(work, "budget.passed", {"month": "2026-03"})
    assert [data for _, _, data in told(db)] == [{"month": "2026-03"}]


@pytest.mark.parametrize("payload", [{"when": object()}, {"text": "x" * 70_000}])
def test_a_payload_that_cannot_be_sent_is_blamed_and_undoes_nothing(work, hook, db, payload):
    one = hook()
    announce(work, "budget.passed", payload)
    assert told(db) == []
    db.expire_all()
    assert "The event budget.passed could not be written" in db.get(WebhookState, one.id).problem


def test_nothing_is_asked_while_nobody_wants_to_hear_of_it(work, hook, query_count):
    announce(work, "budget.passed", {})
    with query_count() as count:
        announce(work, "budget.passed", {})
    assert count.total == 0
    with pytest.raises(KeyError):
        announce(work, "budget.gone", {})


def test_everything_means_the_events_of_plugins_too(work, hook, app):
    assert hook(events="any").events == [event.key for event in events_of(app)]
    assert "budget.passed" in hook(events="any", name="2").events


@pytest.mark.parametrize("name", ["ticket.passed", "budget.Passed", "budget.", "budget." + "x" * 40])
@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_rtpy_webhook_events_of_another_name_stop_the_start(config, sample, monkeypatch, name):
    from rtpy_budget import rules

    monkeypatch.setattr(rules, "EVENTS", {name: replace(rules.EVENTS["budget.passed"])})
    with pytest.raises(Invalid, match=r"it must be budget\.name"):
        App(config, blobs=DatabaseStore())


def test_the_form_of_webhooks_offers_them(login, work, db):
    root = login()
    form = root.get("/admin/webhooks/create").forms
    page = next(each for each in form.values() if "event_budget.passed" in each.fields)
    page["name"], page["url"], page["user"] = "Mine", "https://hooks.example.com/", "root"
    page["event_budget.passed"] = True
    page.submit("deed", value="save", status=200)
    assert "A ticket passes its budget" in root.get("/admin/webhooks").text
