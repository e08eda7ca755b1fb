"""Words and numbers about clocks, as pages say them to staff."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import Ball, State, Target, Unit, Verdict

TARGETS = {
    Target.ACKNOWLEDGE: "Taking",
    Target.FIRST_RESPONSE: "First response",
    Target.NEXT_RESPONSE: "Next response",
    Target.UPDATE: "Regular update",
    Target.RESOLUTION: "Resolution",
    Target.WAITING: "Customer's waiting time",
    Target.EFFORT: "Work of the team",
    Target.INTERNAL: "Internal hand-over",
    Target.SUPPLIER: "Supplier",
    Target.PROMISE: "Promise",
}
BALLS = {
    Ball.US: "us",
    Ball.CUSTOMER: "the customer",
    Ball.THIRD: "a third party",
    Ball.SCHEDULED: "nobody: it waits for an agreed moment",
}
HOLDERS = {
    Ball.US: "We have the ball",
    Ball.CUSTOMER: "The customer has the ball",
    Ball.THIRD: "A third party has the ball",
    Ball.SCHEDULED: "It waits for an agreed moment",
}
VERDICTS = {
    Verdict.OPEN: ("open", "info"),
    Verdict.MET: ("met", "ok"),
    Verdict.MISSED: ("missed", "bad"),
    Verdict.EXCUSED: ("excused", "note"),
    Verdict.NONE: ("not counted", ""),
}
ENDS = {
    "status": "the status changed",
    "hand": "it was said by hand",
    "customer": "the customer wrote",
    "time": "the agreed moment came",
    "closed": "the ticket was closed",
}
SOON_PART, SOON_SECONDS = 0.25, 3600
"""A clock is close when it has at most this share, or so many seconds, left."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def say_seconds(seconds: int) -> str:
    """`45 s`, `12 min`, `3 h 20 min`, `2 days 3 h` (from 72 hours on); never a sign."""
    seconds = abs(seconds)
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 72 * _HOUR:
        hours, rest = divmod(seconds // _MINUTE, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(seconds // _HOUR, 24)
    named = f"{days} days"
    return f"{named} {rest} h" if rest else named


def say_amount(amount: int | None, unit: str) -> str:
    """What was agreed: `4 h of open hours`, `30 min by any clock`, `2 business days`."""
    if amount is None:
        return "no limit"
    if unit == Unit.DAYS:
        return "the close of the same business day" if not amount else f"{amount} business {_days(amount)}"
    return f"{say_hours(amount)} {'by any clock' if unit == Unit.WALL else 'of open hours'}"


def say_hours(seconds: int) -> str:
    """Hours and minutes, however many: `120 h`; for what is counted in open hours, where a day means nothing."""
    seconds = abs(seconds)
    if seconds < _HOUR:
        return say_seconds(seconds)
    hours, rest = divmod(seconds // _MINUTE, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def say_due(due: datetime, now: datetime, zone: tzinfo) -> str:
    """`today 16:00`, `Fri 16:00` within six days, else `Fri 4 Dec, 16:00`, with the year when it is another."""
    local, today = due.astimezone(zone), now.astimezone(zone).date()
    distance = (local.date() - today).days
    if distance == 0:
        return f"today {local:%H:%M}"
    if 0 < distance < 7:
        return f"{local:%a %H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def say_there(due: datetime, zone: str, reader: tzinfo) -> str:
    """The same moment where hours are counted: `15:00 Berlin`; empty when clocks there show what the reader's do."""
    there = due.astimezone(zone_of(zone))
    here = due.astimezone(reader)
    if there.utcoffset() == here.utcoffset():
        return ""
    day = "" if there.date() == here.date() else f"{there:%a} "
    return f"{day}{there:%H:%M} {place_of(zone)}"


def place_of(zone: str) -> str:
    """`Berlin` of `Europe/Berlin`."""
    return zone.rpartition("/")[2].replace("_", " ")


def zone_of(name: str) -> tzinfo:
    """The zone; UTC where this system has none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def is_soon(clock: Clock, left: int | None) -> bool:
    """Has it little left?"""
    if left is None or left < 0:
        return False
    amount = clock.amount if clock.unit != Unit.DAYS else None
    return left <= SOON_SECONDS or (amount is not None and left <= amount * SOON_PART)


def name_of(clock: Clock) -> str:
    """`Next response (3rd)`, `Promise: a new disk`."""
    if clock.target is Target.PROMISE:
        return f"Promise: {clock.label}" if clock.label else "Promise"
    return TARGETS[clock.target] if clock.cycle < 2 else f"{TARGETS[clock.target]} ({ordinal(clock.cycle)})"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `13th`."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def is_open(clock: Clock) -> bool:
    """Does it still run, or wait?"""
    return clock.state in (State.RUNNING, State.PAUSED)


def _days(number: int) -> str:
    return "day" if number == 1 else "days"
