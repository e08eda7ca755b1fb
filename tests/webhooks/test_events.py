"""What webhooks are told: each event of a ticket, as the webhook's person may see it, in the same transaction."""

import json
import re

import pytest
from sqlalchemy import func, select, text

from rtpy.changes.accounts import set_privileged
from rtpy.changes.pipeline import change_ticket, create_ticket, dry_run
from rtpy.changes.ticket.basics import SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.errors import Refused
from rtpy.models import Transaction, User, WebhookDelivery, WebhookState
from rtpy.webhooks import plugin
from rtpy.webhooks.body import LONGEST_TEXT
from rtpy.webhooks.events import EVENTS, event_named, event_of

SECRET = "canary-4711"


@pytest.fixture
def bodies(db):
    """The bodies that wait, in the order of the history."""

    def read():
        rows = db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.transaction_id))
        return [json.loads(row.body) for row in rows]

    return read


@pytest.fixture
def told(bodies):
    """The events that wait."""
    return lambda: [body["type"] for body in bodies()]


@pytest.mark.parametrize(
    ("kind", "field", "event"),
    [
        ("Create", "", "ticket.created"),
        ("Correspond", "", "ticket.replied"),
        ("Comment", "", "ticket.commented"),
        ("Status", "Status", "ticket.status_changed"),
        ("Set", "Owner", "ticket.owner_changed"),
        ("Set", "Queue", "ticket.queue_changed"),
        ("Set", "Subject", "ticket.changed"),
        ("AddWatcher", "Cc", "ticket.people_changed"),
        ("CustomField", "7", "ticket.field_changed"),
        ("AddLink", "MergedInto", "ticket.merged"),
        ("AddLink", "RefersTo", "ticket.linked"),
        ("SomethingNew", "", "ticket.changed"),
    ],
)
def test_every_transaction_is_an_event(kind, field, event):
    assert event_of(Transaction(type=kind, field=field)) == event
    assert event in event_named("any")


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("Create", "created"),
        ("ticket.created", "created"),
        ("CREATED", "created"),
        ("Steal", "owner_changed"),
    ],
)
def test_events_have_our_names_and_those_of_rt(name, event):
    assert event_named(name) == {f"ticket.{event}"}
    assert event_named("nonsense") == frozenset()


def test_the_body_says_what_happened(hook, make, jo, work, bodies, app):
    hook()
    ticket = make.ticket("Printer on fire", text="It burns.")
    file = Part("text/plain", b"log", PartRole.FILE, filename="a.log")
    change_ticket(
        work, ticket, Correspond(plain_message("Use water.", files=(file,))), SetOwner(jo)
    )  # a scrip opens it
    created, replied, status, owner = bodies()
    assert [each["type"] for each in (created, replied, status, owner)] == [
        "ticket.created",
        "ticket.replied",
        "ticket.status_changed",
        "ticket.owner_changed",
    ]
    assert re.fullmatch(r"[0-9a-f-]{36}", created["id"])
    assert len({each["id"] for each in bodies()}) == 4
    assert created["timestamp"] == "2026-03-02T09:00:00Z"
    assert created["data"]["message"]["text"] == "It burns."
    assert created["data"]["ticket"] == {
        "id": ticket.id,
        "subject": "Printer on fire",
        "queue": {"id": ticket.queue_id, "name": "General"},
        "status": "new",
        "priority": 0,
        "organization": None,
        "owner": {"id": app.nobody_id(work.db), "name": "Nobody in particular", "email": ""},
        "requestors": [
            {
                "id": make.customer("ann@client.example").id,
                "name": "ann@client.example",
                "email": "ann@client.example",
            }
        ],
        "created": "2026-03-02T09:00:00Z",
        "due": None,
        "last_updated": "2026-03-02T09:00:00Z",
        "api_url": app.config.url(f"/REST/2.0/ticket/{ticket.id}"),
        "url": app.config.url(f"/ticket/{ticket.id}"),
    }
    message = replied["data"]["message"]
    assert (message["text"], message["is_cut"], message["is_internal"]) == ("Use water.", False, False)
    assert [(file["name"], file["size"]) for file in message["files"]] == [("a.log", 3)]
    said = status["data"]["transaction"]
    assert (said["type"], said["old"], said["new"]) == ("Status", "new", "open")
    assert said["description"] == "changed the status from new to open"
    assert replied["data"]["transaction"]["creator"]["id"] == work.actor.user_id
    assert status["data"]["message"] is None
    assert status["data"]["ticket"]["status"] == "open"
    said = owner["data"]["transaction"]
    assert (said["field"], said["new"], said["new_value"]) == ("Owner", "Jo Bloggs", str(jo.id))
    assert owner["data"]["ticket"]["owner"] == {"id": jo.id, "name": "Jo Bloggs", "email": jo.email_address}


def test_only_chosen_events_are_told(hook, make, work, told):
    hook(events="Status, ticket.commented")
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("Hello")), SetStatus("open"), SetSubject("Other"))
    change_ticket(work, ticket, SetStatus("resolved"))
    assert told() == ["ticket.status_changed", "ticket.status_changed"]


def test_no_change_no_row(hook, make, work, told, db):
    hook(events="ticket.status_changed")
    ticket = make.ticket()
    dry_run(work, ticket, SetStatus("open"))
    with pytest.raises(Refused):
        change_ticket(work, ticket, SetStatus("open"), SetStatus("nonsense"))
    savepoint = db.begin_nested()
    change_ticket(work, ticket, SetStatus("open"))
    assert told() == ["ticket.status_changed"]
    savepoint.rollback()
    assert told() == []


@pytest.mark.parametrize(
    ("opted_in", "may_read", "told_of_it"), [("1", True, True), ("", True, False), ("1", False, False)]
)
def test_comments_are_told_only_with_leave_and_right(
    hook, make, jo, work, db, opted_in, may_read, told_of_it
):
    if not may_read:
        make.revoke("ShowTicketComments", make.queue("General"))
    hook(user="jo", comments=opted_in)
    ticket = make.ticket()
    change_ticket(work, ticket, Comment(plain_message(f"The password is {SECRET}")), SetStatus("open"))
    rows = db.execute(select(WebhookDelivery.event, WebhookDelivery.body)).all()
    assert ("ticket.commented" in [row.event for row in rows]) == told_of_it
    assert any(SECRET in row.body for row in rows) == told_of_it
    assert "ticket.status_changed" in [row.event for row in rows]


def test_what_the_person_may_not_see_is_not_told(hook, make, jo, work, told, db):
    make.queue("Board", granted=False)
    hook(user="jo")
    hidden = make.ticket("Take-over", queue="Board")
    change_ticket(work, hidden, SetStatus("open"))
    assert told() == []
    change_ticket(
        work, hidden, SetOwner(work.db.get_one(User, work.actor.user_id)), SetQueue(make.queue("General"))
    )
    assert set(told()) == {"ticket.owner_changed", "ticket.queue_changed"}  # in the reach of Jo by now


@pytest.mark.parametrize("fate", ["disabled", "customer"])
def test_who_has_left_is_told_nothing(hook, make, jo, told, db, work, fate):
    hook(user="jo")
    if fate == "disabled":
        jo.principal.disabled = True
    else:
        set_privileged(work, jo, privileged=False)
    db.flush()
    make.ticket()
    assert told() == []


def test_the_ticket_must_fit_the_query(hook, make, work, told):
    make.queue("Sales")
    hook(query="Queue = 'General' AND Status != 'new'")
    general, sales = make.ticket(), make.ticket(queue="Sales")
    change_ticket(work, sales, SetStatus("open"))
    change_ticket(work, general, SetStatus("open"))
    change_ticket(work, general, SetSubject("Other"))
    assert told() == ["ticket.status_changed", "ticket.changed"]


def test_what_the_person_does_itself_can_be_left_out(hook, make, work, work_of, jo, told):
    hook(user="jo", skip_own="1")
    ticket = make.ticket()
    change_ticket(work_of("jo"), ticket, SetSubject("By Jo"))
    change_ticket(work, ticket, SetSubject("By root"))
    assert told() == ["ticket.created", "ticket.changed"]


def test_a_query_that_makes_no_sense_any_more_stops_no_change(hook, make, work, db, told):
    one = hook(query="Status = 'new'")
    db.execute(text("UPDATE webhooks SET query = 'Nonsense = 1'"))
    db.expire_all()
    work.app.caches.pop("remembered", None)
    ticket = make.ticket()
    change_ticket(work, ticket, SetStatus("open"))
    assert ticket.status == "open"
    assert told() == []
    state = db.get_one(WebhookState, one.id, populate_existing=True)
    assert "Nonsense" in state.problem


def test_a_mistake_of_ours_stops_no_change(hook, make, work, db, told, monkeypatch):
    one = hook()
    monkeypatch.setattr("rtpy.webhooks.recording.event_body", lambda *_: 1 / 0)
    assert make.ticket().id
    assert told() == []
    assert "ZeroDivisionError" in db.get_one(WebhookState, one.id, populate_existing=True).problem


def test_a_body_is_bounded(hook, make, bodies):
    hook()
    make.ticket("x" * 200, text="é" * 500_000 + "\x00")
    (body,) = bodies()
    assert body["data"]["message"]["is_cut"] is True
    assert len(body["data"]["message"]["text"].encode()) <= LONGEST_TEXT


def test_merging_is_told_of_both(hook, make, work, bodies):
    hook(events="ticket.merged")
    kept, merged = make.ticket("One"), make.ticket("Two")
    change_ticket(work, merged, MergeInto(kept))
    assert {body["data"]["ticket"]["id"] for body in bodies()} >= {kept.id}


def test_without_webhooks_nothing_more_is_asked(make, work, app, query_count, hook):
    ticket = make.ticket()
    change_ticket(work, ticket, SetSubject("A"))
    app.plugins.unregister(name="rtpy.webhooks.plugin")
    with query_count() as without:
        change_ticket(work, ticket, SetSubject("B"))
    app.plugins.register(plugin, name="rtpy.webhooks.plugin")
    change_ticket(work, ticket, SetSubject("C"))
    with query_count() as having:
        change_ticket(work, ticket, SetSubject("D"))
    assert having.total == without.total
    hook(events="ticket.created")
    change_ticket(work, ticket, SetSubject("E"))
    with query_count() as of_other_events:
        change_ticket(work, ticket, SetSubject("F"))
    assert of_other_events.total == without.total


def test_an_event_costs_a_few_queries_however_many_entries(make, work, db, query_count, hook):
    hook(user="root", query="Queue = 'General'")
    ticket = make.ticket()
    change_ticket(work, ticket, SetSubject("A"))
    with query_count() as one:
        change_ticket(work, ticket, SetSubject("B"))
    with query_count() as three:
        change_ticket(work, ticket, SetSubject("C"), SetSubject("D"), SetSubject("E"))
    noted = db.scalar(select(func.count(WebhookDelivery.id)))
    assert noted == 6
    of_webhooks = [each for each in one.statements if "webhook" in each.lower()]
    assert len(of_webhooks) == 1
    assert len([each for each in three.statements if "webhook" in each.lower()]) == 1


def test_a_ticket_made_by_a_form_is_told_of_too(hook, make, work, told):
    hook(events="Create")
    create_ticket(work, CreateTicket(queue=make.queue(), subject="By hand", message=plain_message("x")))
    assert told() == ["ticket.created"]


def test_there_is_a_label_for_each_event():
    assert len({event.label for event in EVENTS}) == len(EVENTS)
