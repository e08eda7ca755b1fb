"""Rate counters."""

from datetime import timedelta

from sqlalchemy import func, select

from rtpy.identity.rates import forget_old_rates, hit
from rtpy.models import RateCounter


def test_hits_of_one_window_are_counted(db, clock):
    now = clock.now()
    assert [hit(db, "login:ip:127.0.0.1", 60, now) for _ in range(3)] == [1, 2, 3]


def test_keys_do_not_mix(db, clock):
    hit(db, "a", 60, clock.now())
    assert hit(db, "b", 60, clock.now()) == 1


def test_a_new_window_begins_at_one(db, clock):
    now = clock.now()
    hit(db, "a", 60, now)
    assert hit(db, "a", 60, now + timedelta(seconds=60)) == 1


def test_counters_of_windows_long_over_are_deleted(db, clock):
    now = clock.now()
    hit(db, "a", 60, now)
    hit(db, "b", 60, now + timedelta(hours=2))
    assert forget_old_rates(db, now + timedelta(hours=2)) == 1
    assert db.scalar(select(func.count()).select_from(RateCounter)) == 1
