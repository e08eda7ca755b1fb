"""Who changes what counts changes no past."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from plugins.sla.tests.escalation.shop import HOUR, Shop
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy_sla.following.recount import recount
from rtpy_sla.models import PauseRow


@pytest.fixture
def shop(app, db, clock, make):
    """A policy of two hours until the first response and ten until the resolution, around the clock."""
    return Shop(app, db, clock, make)


@pytest.fixture
def ticket(shop):
    """A ticket of a customer under that policy."""
    return shop.ticket(shop.policy([], terms={"first_response": 7200, "resolution": 36000}))


def test_a_pause_of_the_past_stays_when_its_status_no_longer_pauses(shop, ticket, work_of, clock, db):
    change_ticket(work_of(), ticket, SetStatus("stalled"))
    clock.advance(20 * HOUR)
    save_settings(work_of(), "sla", {"sla.balls": ""})
    clock.advance(10 * HOUR)  # it is still in the status that meant a pause when it was taken on
    change_ticket(work_of(), ticket, SetStatus("open"))
    change_ticket(work_of(), ticket, SetStatus("stalled"))
    clock.advance(HOUR)
    recount(work_of(), ticket)
    assert [each.end - each.start for each in db.scalars(select(PauseRow))] == [timedelta(hours=30)]
    assert shop.clock_of(ticket, "resolution").due == ticket.created + timedelta(hours=40)


def test_a_ticket_that_counted_as_solved_stays_solved_when_its_status_becomes_void(
    shop, ticket, work_of, clock
):
    clock.advance(HOUR)
    change_ticket(work_of(), ticket, SetStatus("resolved"))
    clock.advance(HOUR)
    save_settings(work_of(), "sla", {"sla.void": "rejected, deleted, resolved"})
    recount(work_of(), ticket)
    assert shop.clock_of(ticket, "resolution").state == "ended"


def test_what_answered_stays_an_answer_when_its_writer_becomes_a_machine(shop, ticket, work_of, clock):
    clock.advance(HOUR)
    change_ticket(work_of(), ticket, Correspond(plain_message("We are on it.")))
    answered = clock.now()
    clock.advance(HOUR)
    save_settings(work_of(), "sla", {"sla.machines": "root"})
    clock.advance(HOUR)
    recount(work_of(), ticket)
    assert shop.clock_of(ticket).ended == answered
    change_ticket(work_of(), ticket, Correspond(plain_message("A machine says this.")))
    assert shop.clock_of(ticket).ended == answered
