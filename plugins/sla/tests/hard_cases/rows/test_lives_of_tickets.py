"""Merged, split, deleted, moved, paused and excused tickets, and what a change costs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from plugins.sla.tests.hard_cases.rows.conftest import HOUR, NINE, at, said, set_to
from rtpy.changes.ticket.basics import SetOrganization, SetPriority
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.split import split_message
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Refused
from rtpy_sla.clocks.words import Ball, Retarget, Target
from rtpy_sla.following.changes import ExcuseTarget, ExplainMiss, HandBall, MarkImported, PinPolicy
from rtpy_sla.following.recount import recount, recount_many, wake_due
from rtpy_sla.following.standing import standing_of
from rtpy_sla.models import PolicyVersion, TicketSla


def test_a_merge_takes_the_older_start_and_stops_the_other(gold, make, does, clocks, clock, db):
    old = make.ticket("First")
    clock.set(at(1))
    new = make.ticket("Second")
    does(old, 2, MergeInto(new))
    assert {row.state for row in clocks(old).values()} == {"stopped"}
    assert db.get(TicketSla, old.id).next_due is None
    there = clocks(new)
    assert (there["first_response"].started, there["first_response"].due) == (NINE, at(4))
    assert there["resolution"].due == at(24)


def test_a_split_begins_afresh(gold, make, does, clocks, clock, work_of):
    old = make.ticket()
    make.staff("jo")
    does(old, 1, said(), by="jo")
    message = does(old, 2, said("And the scanner too."), by="ann@client.example").transactions[0]
    clock.set(at(3))
    work, queue = work_of("root"), make.queue()
    ann = (make.customer("ann@client.example"),)
    new = split_message(work, old, message, queue=queue, subject="Scanner", requestors=ann)
    assert (clocks(new)["first_response"].started, clocks(new)["first_response"].due) == (at(3), at(7))
    assert clocks(old)["first_response"].ended == at(1)


def test_deleting_stops_and_restoring_goes_on(gold, make, does, clocks):
    ticket = make.ticket()
    does(ticket, 1, SetStatus("deleted"))
    assert clocks(ticket)["resolution"].state == "stopped"
    does(ticket, 10, SetStatus("open"))
    found = clocks(ticket)["resolution"]
    assert (found.state, found.used, found.due) == ("running", HOUR, at(33))


def test_clocks_of_what_was_brought_in_begin_then(gold, make, does, clocks, db):
    ticket = make.ticket()
    does(ticket, 30, SetPriority(10))
    assert clocks(ticket)["first_response"].missed == at(4)

    fresh = make.ticket("Brought in")
    does(fresh, 50, MarkImported())
    found = clocks(fresh)
    assert (found["first_response"].missed, found["first_response"].due) == (None, at(54))


def test_a_queue_that_another_policy_is_for_offers_it_and_clocks_stay(
    policy, clock, make, does, clocks, db, work
):
    clock.set(NINE)
    urgent = make.queue("Urgent")
    there = policy("Urgent", {"queues": [urgent.id]}, first_response=1)
    here = policy("Usual", first_response=8)
    ticket = make.ticket()
    does(ticket, 1, SetQueue(urgent))
    row = db.get(TicketSla, ticket.id)
    assert (row.version_id, row.offered_version_id) == (here.id, there.id)
    assert clocks(ticket)["first_response"].due == at(8)
    does(ticket, 2, PinPolicy(there.id, Retarget.FROM_NOW, "It is urgent now"))
    db.expire_all()
    row = db.get(TicketSla, ticket.id)
    assert (row.version_id, row.offered_version_id, row.next_due) == (there.id, None, at(3))


@pytest.mark.parametrize(("answer", "due"), [("keep", 8), ("now", 3), ("creation", 1)])
@pytest.mark.databases("sqlite")  # the same statements as above
def test_moving_pins_at_once_where_that_is_set(answer, due, policy, clock, make, does, clocks, db):
    clock.set(NINE)
    db.add(set_to("when_moved", answer))
    acme = make.organization("Acme")
    there = policy("Acme's", {"organizations": [acme.id]}, first_response=1)
    policy("Usual", first_response=8)
    ticket = make.ticket()
    does(ticket, 2, SetOrganization(acme))
    assert db.get(TicketSla, ticket.id).version_id == there.id
    assert clocks(ticket)["first_response"].due == at(due)


@pytest.mark.databases("sqlite")  # the same statements as above
def test_what_a_person_chose_is_not_replaced_by_itself(policy, clock, make, does, db):
    clock.set(NINE)
    db.add(set_to("when_moved", "now"))
    acme = make.organization("Acme")
    there = policy("Acme's", {"organizations": [acme.id]}, first_response=1)
    policy("Usual", first_response=8)
    chosen = policy("Favour", first_response=2)
    ticket = make.ticket()
    does(ticket, 1, PinPolicy(chosen.id))
    does(ticket, 1, SetOrganization(acme))
    row = db.get(TicketSla, ticket.id)
    assert (row.version_id, row.offered_version_id) == (chosen.id, there.id)


def test_taking_the_policy_away_stops_what_runs(gold, make, does, clocks, db):
    ticket = make.ticket()
    does(ticket, 5, PinPolicy(None, Retarget.KEEP, "Not a customer"))
    found = clocks(ticket)
    assert (found["first_response"].missed, found["first_response"].state) == (at(4), "stopped")
    assert found["resolution"].state == "stopped"
    row = db.get(TicketSla, ticket.id)
    assert (row.version_id, row.next_due, row.next_target) == (None, None, "")


def test_a_ball_that_was_handed_pauses_until_the_agreed_moment(gold, make, does, clocks, clock, work_of, db):
    make.staff("jo")
    ticket = make.ticket()
    does(ticket, 1, said(), by="jo")
    does(ticket, 2, HandBall(Ball.SCHEDULED, at(12), "They are away"))
    row = db.get(TicketSla, ticket.id)
    assert (row.ball, row.is_paused, row.wakes, row.next_due) == ("scheduled", True, at(12), None)
    clock.set(at(13))
    assert wake_due(work_of("root")) == 1
    row = db.get(TicketSla, ticket.id)
    assert (row.ball, row.is_paused, row.wakes, row.next_due) == ("us", False, None, at(34))
    assert wake_due(work_of("root")) == 0


def test_the_customers_message_ends_the_pause_although_the_status_stays(gold, make, does, clocks, db):
    make.staff("jo")
    ticket = make.ticket()
    does(ticket, 1, said(), SetStatus("stalled"), by="root")
    message = replace(plain_message("Here it is."), keeps_status=True)
    does(ticket, 5, Correspond(message), by="ann@client.example")
    assert ticket.status in ("stalled", "open")
    found = clocks(ticket)["resolution"]
    assert (found.state, found.due) == ("running", at(28))


def test_a_breach_on_record_stays_when_the_history_is_read_otherwise(gold, make, does, clocks, db, work_of):
    make.staff("jo")
    ticket = make.ticket()
    does(ticket, 5, said(), by="jo")
    assert clocks(ticket)["first_response"].missed == at(4)
    db.execute(
        PolicyVersion.__table__.update().values(
            bands=[
                {
                    "from_priority": 0,
                    "calendar_id": None,
                    "terms": {"first_response": {"amount": 40 * HOUR, "unit": "wall", "pauses": []}},
                }
            ]
        )
    )
    work = work_of("root")
    work.app.caches.clear()
    recount(work, ticket)
    assert clocks(ticket)["first_response"].missed == at(4)


def test_missed_targets_are_explained_and_excused_by_who_may(gold, make, does, clocks, db, work_of):
    jo = make.staff("jo")
    ticket = make.ticket()
    with pytest.raises(Refused, match="not missed"):
        does(ticket, 1, ExcuseTarget(Target.FIRST_RESPONSE, 1, "No"))
    with pytest.raises(Refused, match="ExcuseMissedTarget"):
        does(ticket, 5, ExcuseTarget(Target.FIRST_RESPONSE, 1, "Power cut"), by="jo")
    make.grant(jo, "ChangeServiceLevel")
    with pytest.raises(Invalid, match="list"):
        does(ticket, 5, ExplainMiss(Target.FIRST_RESPONSE, 1, "Whatever"), by="jo")
    does(ticket, 5, ExplainMiss(Target.FIRST_RESPONSE, 1, "Overlooked"), by="jo")
    does(ticket, 6, ExcuseTarget(Target.FIRST_RESPONSE, 1, "Power cut"))
    row = clocks(ticket)["first_response"]
    assert (row.cause, row.excuse, row.missed) == ("Overlooked", "Power cut", at(4))
    assert db.get(TicketSla, ticket.id).is_missed is False
    does(ticket, 7, ExcuseTarget(Target.FIRST_RESPONSE, 1, ""))
    assert db.get(TicketSla, ticket.id).is_missed is True


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (HandBall(None), "already"),
        (HandBall(Ball.SCHEDULED), "until when"),
        (HandBall(Ball.CUSTOMER, NINE), "past"),
        (HandBall(Ball.CUSTOMER, NINE + timedelta(days=2000)), "three years"),
        (HandBall(Ball.CUSTOMER, None, "x" * 501), "500"),
        (PinPolicy(10**6), "no such"),
        (ExplainMiss(Target.UPDATE, 3, "Overlooked"), "not missed"),
    ],
)
@pytest.mark.databases("sqlite")  # sentences
def test_what_makes_no_sense_is_refused(change, sentence, gold, make, does):
    ticket = make.ticket()
    with pytest.raises((Refused, Invalid), match=sentence):
        does(ticket, 1, change)


def test_a_change_takes_three_reading_queries(gold, make, does, db, work_of, clock, query_count):
    ticket = make.ticket()
    work = work_of("root")
    with query_count() as count:
        recount(work, ticket)
    assert count.total == 3  # and nothing to write
    many = [make.ticket(f"Number {n}").id for n in range(30)]
    with query_count() as count:
        assert recount_many(work, many) == 30
    assert count.total == 4
    with query_count() as count:
        assert len(standing_of(work, many)) == 30
    assert count.total == 2
