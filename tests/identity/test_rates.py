"""Rate counters."""

from datetime import timedelta

from sqlalchemy import func, select

from rtpy.identity.rates import forget_rates, hit, hit_all, hits_so_far
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


def test_counters_of_windows_long_over_are_deleted(app, db, clock):
    hit(db, "a", 60, clock.now())
    clock.advance(timedelta(hours=2))
    hit(db, "b", 60, clock.now())
    db.commit()
    assert forget_rates(app) == 1
    assert db.scalar(select(func.count()).select_from(RateCounter)) == 1


def test_several_keys_are_counted_and_read_together(db, clock):
    now = clock.now()
    hit(db, "a", 60, now)
    hit_all(db, ("b", "a", "b"), 60, now)
    assert hits_so_far(db, ("a", "b", "c"), 60, now) == {"a": 2, "b": 1}
