"""Two workers at once, one of which is killed in the middle: every step is taken exactly once."""

import signal
from collections import Counter

import pytest
from sqlalchemy import select

from plugins.sla.tests.escalation.shop import HOUR, Shop, step
from plugins.sla.tests.escalation.worker_process import begin_round
from rtpy.models import Ticket
from rtpy.testing.people import Factory
from rtpy_sla.escalation import run
from rtpy_sla.escalation.run import escalate
from rtpy_sla.models import Firing, WaitingMail

TICKETS = 32

# SQLite has one writer at a time: there the promise is about what is committed, and test_round.py looks at that.
pytestmark = pytest.mark.databases("postgresql")


@pytest.fixture
def filled(committed_app, clock):
    """Tickets each of which has one step due now."""
    with committed_app.work() as work:
        make = Factory(committed_app, work.db)
        make.queue("General")
        make.grant(make.staff("tess"), "ShowTicket")
        shop = Shop(committed_app, work.db, clock, make)
        version = shop.policy([step("due", "raise_by 5", "notify_person tess")])
        for number in range(TICKETS):
            shop.ticket(version, f"Case {number:02}.")
    clock.advance(2 * HOUR)
    return committed_app


def outcome(app):
    """How often each step was taken, and each priority is there, and the texts of all mails."""
    with app.work() as work:
        shop = Shop(app, work.db, app.clock, Factory(app, work.db))
        taken = Counter(
            (row.ticket_id, row.step) for row in work.db.execute(select(Firing.ticket_id, Firing.step))
        )
        priorities = Counter(work.db.scalars(select(Ticket.priority)))
        waiting = len(work.db.scalars(select(WaitingMail.id)).all())
        return taken, priorities, waiting, "".join(mail.body for mail in shop.mails())


def test_two_workers_one_of_which_is_killed_take_each_step_once(filled):
    doomed, other = begin_round(filled, "sla-step-taken", run.BATCH + 3), begin_round(filled)
    doomed.join(60)
    other.join(60)
    escalate(filled)  # the next round, a minute later

    assert doomed.exitcode in (-signal.SIGKILL, 0)  # 0: the other one was quicker at that batch
    assert other.exitcode == 0
    taken, priorities, waiting, mails = outcome(filled)
    assert (len(taken), set(taken.values()), waiting) == (TICKETS, {1}, 0)
    assert priorities == {5: TICKETS}
    assert all(mails.count(f"Case {number:02}.") == 1 for number in range(TICKETS))


def test_what_a_killed_worker_had_in_hand_is_done_by_the_next(filled):
    doomed = begin_round(filled, "sla-step-taken", run.BATCH + 3)
    doomed.join(60)
    assert doomed.exitcode == -signal.SIGKILL
    assert len(outcome(filled)[0]) == run.BATCH

    escalate(filled)

    taken, priorities, waiting, mails = outcome(filled)
    assert (len(taken), priorities, waiting) == (TICKETS, {5: TICKETS}, 0)
    assert mails.count("Case ") == TICKETS
