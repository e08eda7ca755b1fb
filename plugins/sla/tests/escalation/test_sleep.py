"""Pauses and steps: none while it waits, a moment of grace afterwards, and who wakes a ticket."""

import pytest
from sqlalchemy import select

from plugins.sla.tests.escalation.shop import HOUR, MINUTE, step
from rtpy.changes.pipeline import change_ticket
from rtpy_sla.clocks.words import Ball
from rtpy_sla.escalation.ladders import LadderValues, save_ladder
from rtpy_sla.following.changes import HandBall
from rtpy_sla.models import PauseRow, Policy, TicketSla
from rtpy_sla.policies.saving import Draft, save_policy

RESOLUTION = {"resolution": 7200}


@pytest.fixture
def paused(shop):
    """A ticket whose clock was paused after an hour of two, until three hours later."""
    version = shop.policy(
        [step("half", "raise_by 5", percent=60), step("due", "raise_to 70")], terms=RESOLUTION
    )
    ticket = shop.ticket(version)
    shop.clock.advance(HOUR)
    work = shop.work
    change_ticket(work, ticket, HandBall(Ball.SCHEDULED, until=work.now + 3 * HOUR, reason="on site at noon"))
    return ticket


def test_no_step_is_taken_while_the_clock_is_paused(shop, paused):
    shop.after(2 * HOUR)
    assert shop.taken() == []
    assert shop.clock_of(paused, "resolution").next_step is None


def test_a_pause_that_was_agreed_until_then_ends_by_itself_and_steps_wait_for_the_grace(shop, paused):
    shop.after(3 * HOUR + MINUTE)
    assert shop.db.scalars(select(PauseRow.ended_why)).all() == ["time"]
    shop.db.expire_all()
    assert shop.db.get_one(TicketSla, paused.id).wakes is None
    # 60 % would be reached after 12 minutes; the grace is 30
    shop.after(20 * MINUTE)
    assert shop.taken() == []
    shop.after(9 * MINUTE)
    assert shop.taken() == ["half"]
    shop.after(30 * MINUTE)
    assert (shop.taken(), paused.priority) == (["half", "due"], 70)


@pytest.mark.databases("sqlite")  # rules, not queries
def test_a_policy_that_is_given_a_ladder_takes_no_steps_for_what_is_past(shop, work):
    version = shop.policy([], terms=RESOLUTION)
    ticket = shop.ticket(version)
    shop.clock.advance(90 * MINUTE)
    work = shop.app.work_in(shop.db, work.actor)
    steps = [step("half", "raise_to 50", percent=50), step("due", "raise_to 70")]
    ladder = save_ladder(work, None, LadderValues("Other", steps=steps))
    shop.clock.advance(MINUTE)
    work = shop.app.work_in(shop.db, work.actor)
    policy = shop.db.scalars(select(Policy)).one()
    bands = [
        {
            "from_priority": 0,
            "calendar_id": None,
            "terms": {"resolution": {"amount": 7200, "unit": "business", "pauses": []}},
        }
    ]

    save_policy(work, policy, Draft("Gold", ladder_id=ladder.id, bands=bands))

    shop.db.expire_all()
    assert shop.clock_of(ticket, "resolution").next_step == ticket.created + 2 * HOUR
    shop.after(HOUR)
    assert shop.taken() == ["due"]
