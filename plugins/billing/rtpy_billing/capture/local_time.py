"""Clock times where somebody lives: which instants they mean on the days on which clocks change. Pure."""

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST, SECOND = "first", "second"
"""Which of the two passes of an hour that comes twice."""


class Twice(ValueError):
    """The clock shows this time twice on that day; somebody must say which is meant."""


class Never(ValueError):
    """The clock skips this time on that day."""


def zone_named(name: str) -> tzinfo:
    """The time zone of that name; UTC for none, or for a name that this system does not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def instant_of(day: date, clock: time, zone: tzinfo, which: str = "") -> datetime:
    """The instant, in UTC, of a local time; `which` pass of an hour that comes twice.

    Raises Twice when that must be said and was not, and Never for a time that the clock skips.
    """
    passes = [datetime.combine(day, clock, zone).replace(fold=fold) for fold in (0, 1)]
    first, second = passes[0].utcoffset(), passes[1].utcoffset()
    if first == second:
        return passes[0].astimezone(UTC)
    if first is not None and second is not None and first < second:
        raise Never(f"The clocks went forward on {day.isoformat()}: {clock:%H:%M} did not exist.")
    if which not in (FIRST, SECOND):
        raise Twice(
            f"The clocks went back on {day.isoformat()}: {clock:%H:%M} came twice. Say which you mean."
        )
    return passes[which == SECOND].astimezone(UTC)


def which_pass(at: datetime, zone: tzinfo) -> str:
    """Which pass of a doubled hour an instant lies in; empty where the hour comes once."""
    local = at.astimezone(zone)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return SECOND if local.fold else FIRST


def clock_shown(at: datetime, zone: tzinfo) -> str:
    """A time as a form shows it: `09:30`."""
    return f"{at.astimezone(zone):%H:%M}"


def offset_shown(at: datetime, zone: tzinfo) -> str:
    """How far the clocks there are ahead of UTC at that instant: `+02:00`."""
    return at.astimezone(zone).isoformat(timespec="minutes")[-6:]
