"""Limits of an hour and of a day are counted apart, in the first hour of a day too."""

from datetime import UTC, datetime

from rtpy_portal.asking.limits import ADDRESS, may_ask


def test_an_address_asks_as_often_in_the_first_hour_of_a_day(app, db, clock):
    clock.set(datetime(2026, 3, 3, 0, 10, tzinfo=UTC))
    work = app.work_in(db)
    asked = [may_ask(work, None, f"192.0.2.{number}", "ann@client.example") for number in range(ADDRESS + 1)]
    assert asked == [True] * ADDRESS + [False]
