"""Queues: made so that they work at once, every value checked, another lifecycle with its tickets."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from rtpy.changes.lifecycles import create_lifecycle, set_map, stored
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.queues import QueueValues, change_queue, create_queue, typed_values
from rtpy.changes.ticket.create import CreateTicket
from rtpy.errors import Invalid, Refused
from rtpy.models import ConfigChange, Queue, Transaction


def fields_of(refused):
    return [each.field for each in refused.value.problems]


def test_a_new_queue_works_at_once(work, work_of, make, app, db):
    jo = make.staff("jo")
    ann = make.customer("ann@client.example")
    queue = create_queue(work, QueueValues("Printers"), "everyone")
    by_customer = app.work_in(db, app.actor_named(db, ann.name, work.actor.face))
    create_ticket(by_customer, CreateTicket(queue, "Toner", requestors=(ann,)))
    assert work_of(jo.name).rights.of("ShowTicket").in_queue(queue.id)


def test_a_queue_for_staff_is_closed_to_customers(work, make, app, db):
    ann = make.customer("ann@client.example")
    queue = create_queue(work, QueueValues("Inside"), "staff")
    by_customer = app.work_in(db, app.actor_named(db, ann.name, work.actor.face))
    with pytest.raises(Refused, match="CreateTicket"):
        create_ticket(by_customer, CreateTicket(queue, "Let me in"))


def test_making_needs_the_right_on_the_system_changing_on_the_queue(work_of, make):
    queue = make.queue()
    jo = make.staff("jo")
    make.grant(jo, "AdminQueue", queue=queue)
    work = work_of("jo")
    with pytest.raises(Refused, match="AdminQueue"):
        create_queue(work, QueueValues("Mine"))
    change_queue(work, queue, replace(typed_values(queue), description="Mine now"))
    assert queue.description == "Mine now"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": " "}, "name", "Give the queue a name"),
        ({"name": "GENERAL"}, "name", "already"),
        ({"subject_tag": "[x]"}, "subject_tag", "none of"),
        ({"lifecycle": "nowhere"}, "lifecycle", "no lifecycle"),
        ({"sort_order": "first"}, "sort_order", "whole number"),
        ({"initial_priority": "Sky high"}, "initial_priority", "Low, Medium"),
        ({"priority_labels": "Low"}, "priority_labels", "WORD=NUMBER"),
        ({"priority_labels": "A=1, a=2"}, "priority_labels", "twice"),
        ({"due_default": "soon"}, "due_default", "write for example"),
        ({"reply_policy": "all"}, "reply_policy", "Choose one"),
        ({"correspond_address": "support"}, "correspond_address", "not a mail address"),
        ({"correspond_address": "root@localhost.example"}, "correspond_address", "of the person root"),
        (
            {"correspond_address": "GENERAL@site.example"},
            "correspond_address",
            "belongs to the queue General",
        ),
        (
            {"comment_address": "a@b.example", "correspond_address": "A@b.example"},
            "comment_address",
            "another",
        ),
    ],
)
def test_a_bad_value_is_refused_beside_its_field(work, make, db, values, field, words):
    make.queue().correspond_address = "general@site.example"
    work.app.work_in(db)
    root = db.get_one(type(make.staff("other")), work.actor.user_id)
    root.email_address = "root@localhost.example"
    db.flush()
    with pytest.raises(Invalid) as refused:
        create_queue(work, replace(QueueValues("New one"), **values))
    assert (fields_of(refused), words in str(refused.value)) == ([field], True)


def test_everything_that_is_wrong_is_told_at_once(work):
    with pytest.raises(Invalid) as refused:
        create_queue(work, QueueValues("", sort_order="x", due_default="soon"))
    assert fields_of(refused) == ["name", "sort_order", "due_default"]


def test_priorities_are_read_as_words_and_new_tickets_begin_with_the_lowest(work, db):
    labels = "Whenever=10, Today=60"
    given = create_queue(work, QueueValues("A", priority_labels=labels, initial_priority="today"))
    lowest = create_queue(work, QueueValues("B", priority_labels=labels, initial_priority=""))
    assert (given.initial_priority, lowest.initial_priority) == (60, 10)


def test_the_log_says_what_was_there_before(work, make, db):
    queue = make.queue()
    change_queue(work, queue, replace(typed_values(queue), held=True))
    change = db.scalars(select(ConfigChange).order_by(ConfigChange.id.desc())).first()
    assert (change.kind, change.name, change.before, change.after) == (
        "queue",
        "General",
        {"held": False},
        {"held": True},
    )


def test_another_lifecycle_asks_what_the_statuses_become(work, make, db):
    ticket = make.ticket()
    create_lifecycle(work, "short")
    queue = make.queue()
    wanted = replace(typed_values(queue), lifecycle="short", description="other")
    with pytest.raises(Invalid) as refused:
        change_queue(work, queue, wanted)
    assert (fields_of(refused), queue.description) == (
        ["becomes.new"],
        "Everything that has no queue of its own",
    )
    change_queue(work, queue, wanted, becomes={"new": "open"})
    last = db.scalars(select(Transaction).order_by(Transaction.id.desc())).first()
    assert (ticket.status, last.new_value, last.face) == ("open", "open", "system")


def test_a_map_between_the_lifecycles_answers_by_itself(work, make):
    ticket = make.ticket()
    create_lifecycle(work, "short")
    set_map(work, stored(work, "default"), stored(work, "short"), {"new": "closed"})
    queue = make.queue()
    change_queue(work, queue, replace(typed_values(queue), lifecycle="short"))
    assert ticket.status == "closed"


def test_a_queue_keeps_a_lifecycle_that_was_disabled_meanwhile(work, make, db):
    queue = make.queue()
    row = stored(work, "default")
    row.definition = {**row.definition, "disabled": True}
    db.flush()
    work.app.refresh_lifecycles(db)
    change_queue(work, queue, replace(typed_values(queue), description="Old"))
    assert db.get_one(Queue, queue.id).description == "Old"
