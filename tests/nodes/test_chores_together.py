"""Every chore of the core and of the shipped plugins, by two workers at the same moment, day after day."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.jobs.worker import chores_of
from rtpy.models import OutgoingMail, OutgoingRecipient, Schedule, ScheduleRun
from rtpy.schedules.saving import save_schedule
from rtpy.testing.people import Factory

DAYS = 3


@pytest.fixture(scope="session")
def listed_plugins():
    return ("billing", "sla", "portal")


@pytest.mark.databases("postgresql")  # workers of a file take turns by its gate
@pytest.mark.slow
def test_two_workers_at_once_do_each_thing_once_and_none_fails(committed_app, node_of, clock):
    nodes = (committed_app, node_of(clock))
    with committed_app.work() as work:
        factory = Factory(committed_app, work.db)
        factory.organization("Adler Law", "client.example")
        for number in range(5):
            factory.ticket(f"Printer {number}")
        plain = {"name": "Daily", "action": "SetPriority", "action_argument": "80", "every_minutes": "1440"}
        schedule = save_schedule(work, None, plain).id
    wrong = []

    def go(barrier, chore, app):
        barrier.wait(30)
        try:
            chore.run(app)
        except Exception as error:
            wrong.append((chore.name, f"{type(error).__name__}: {error}"[:300]))

    for _ in range(DAYS):
        clock.advance(timedelta(days=1))
        pairs = zip(chores_of(nodes[0]), chores_of(nodes[1]), strict=True)
        for first, second in pairs:
            barrier = threading.Barrier(2)
            threads = [
                threading.Thread(target=go, args=(barrier, chore, app))
                for chore, app in ((first, nodes[0]), (second, nodes[1]))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
    assert wrong == []
    with committed_app.work(reading=True) as work:
        runs = work.db.scalars(select(ScheduleRun.id).where(ScheduleRun.schedule_id == schedule)).all()
        assert len(runs) == DAYS
        assert work.db.get_one(Schedule, schedule).lease_owner == ""
        sent = work.db.execute(
            select(OutgoingMail.subject, OutgoingMail.created, OutgoingRecipient.address)
            .join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
            .order_by(OutgoingMail.id)
        ).all()
    assert [mail for mail, number in Counter(map(tuple, sent)).items() if number > 1] == []
