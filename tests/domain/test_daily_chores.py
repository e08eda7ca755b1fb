"""Chores that are due at a time of the day: once each day, by one worker, also after a pause or a failure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rtpy.jobs.daily import daily_at

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.fixture
def report(app, clock):
    """`report(moment)` lets a worker look at that moment; `report.done` are the moments at which it was done."""

    def run(app):
        if looked.fails:
            raise RuntimeError("no")
        looked.done.append(app.clock.now())
        return 1

    chore = daily_at("test report", time(6), run, zone=lambda app: VIENNA)

    def looked(*moment):
        clock.set(datetime(2026, *moment, tzinfo=VIENNA))
        return chore.run(app)

    looked.done, looked.fails = [], False
    return looked


def test_it_is_done_once_a_day_as_soon_as_it_is_time_there(report):
    assert [report(3, 28, 5, 0), report(3, 28, 5, 59), report(3, 28, 6, 0), report(3, 28, 6, 1)] == [
        0,
        0,
        1,
        0,
    ]
    assert [report(3, 29, 5, 59), report(3, 29, 6, 0)] == [0, 1]  # in summer time
    assert [at.astimezone(UTC).hour for at in report.done] == [5, 4]


def test_the_first_time_is_the_next_one_and_missed_days_are_done_once(report):
    assert report(3, 2, 9, 0) == 0
    assert [report(3, 6, 9, 0), report(3, 6, 9, 1)] == [1, 0]


def test_a_failure_is_tried_again_after_a_while(report):
    report(3, 2, 9, 0)
    report.fails = True
    with pytest.raises(RuntimeError):
        report(3, 3, 6, 0)
    assert report(3, 3, 6, 5) == 0
    report.fails = False
    assert [report(3, 3, 6, 11), report(3, 3, 6, 30)] == [1, 0]


def test_nobody_else_begins_while_one_is_at_it(app, clock):
    def run(app):
        assert second.run(app) == 0
        clock.advance(timedelta(minutes=30))
        return 2

    chore = daily_at("test both", time(6), run)
    second = daily_at("test both", time(6), lambda app: 1 / 0)
    clock.set(datetime(2026, 3, 2, 5, tzinfo=UTC))
    chore.run(app)
    clock.set(datetime(2026, 3, 2, 7, tzinfo=UTC))
    assert chore.run(app) == 2
