"""When people of the sample consultancy are awake, at work, or asleep, in Berlin."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
_OPENS, _CLOSES = time(8, 0), time(17, 45)
_RISES, _RESTS = time(7, 0), time(20, 30)


def office_time(at: datetime, rng: Random) -> datetime:
    """`at`, or a moment early in the next office hours, Monday to Friday."""
    local = at.astimezone(BERLIN)
    if local.time() >= _CLOSES:
        local = _morning(local + timedelta(days=1), _OPENS, rng)
    elif local.time() < _OPENS:
        local = _morning(local, _OPENS, rng)
    while local.weekday() > 4:
        local = _morning(local + timedelta(days=1), _OPENS, rng)
    return local.astimezone(UTC)


def customer_time(at: datetime, rng: Random) -> datetime:
    """`at`, or the next moment at which a customer writes; one in ten also writes at night and on Sundays."""
    if rng.random() < 0.1:
        return at
    local = at.astimezone(BERLIN)
    if local.time() >= _RESTS:
        local = _morning(local + timedelta(days=1), _RISES, rng)
    elif local.time() < _RISES:
        local = _morning(local, _RISES, rng)
    while local.weekday() > 4:
        local = _morning(local + timedelta(days=1), _RISES, rng)
    return local.astimezone(UTC)


def first_moment(day: datetime, rng: Random, *, is_machine: bool, in_office: bool) -> datetime:
    """When on (or just after) a day something begins: machines at any hour, people mostly before noon."""
    local = day.astimezone(BERLIN)
    if is_machine:
        return at_hour(local, rng.uniform(0, 24))
    if not in_office and rng.random() < 0.09:
        return at_hour(local, rng.choice((6.2, 19.5, 21.3, 22.6)) + rng.random())
    while local.weekday() > 4:
        local += timedelta(days=rng.choice((1, 2)))
    return at_hour(local, rng.triangular(8.0, 17.5, 9.6))


def at_hour(local: datetime, hour: float) -> datetime:
    """That hour (with its fraction) of a local day, in UTC."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(seconds=round(hour * 3600))).astimezone(UTC)


def _morning(local: datetime, start: time, rng: Random) -> datetime:
    opened = local.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
    return opened + timedelta(seconds=rng.randint(120, 5400))
