"""The same person starts timers on two devices at the same moment: real commits, real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from rtpy.errors import Conflict
from rtpy.work import Face
from rtpy_billing.capture.timers import start_timer
from rtpy_billing.models import Timer

DEVICES = 4


@pytest.mark.databases("postgresql")  # SQLite lets one writer in after the other anyway
def test_however_many_start_at_once_one_timer_runs_and_the_others_are_paused_or_told(committed_app):
    app, at_once = committed_app, Barrier(DEVICES)
    with app.reading_sessions() as db:
        root = app.actor_named(db, "root", Face.WEB)

    def start(number):
        at_once.wait(30)
        try:
            with app.work(root) as work:
                start_timer(work, label=f"device {number}")
        except Conflict as told:
            return str(told)
        return "runs"

    with ThreadPoolExecutor(DEVICES) as pool:
        said = [job.result(60) for job in [pool.submit(start, number) for number in range(DEVICES)]]
    with app.reading_sessions() as db:
        timers = db.scalars(select(Timer)).all()
    assert sum(timer.started is not None for timer in timers) == 1
    assert len(timers) == said.count("runs")
    assert all(each == "runs" or "Another of your devices" in each for each in said)
