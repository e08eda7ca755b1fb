"""An interval of time cut at local midnights and where agreed hours begin and end; right when clocks are changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rtpy.calendars.calendar import Calendar

ONE_DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time (UTC, half-open) on one date of the calendar's zone, all of it in or all of it out of hours."""

    start: datetime
    end: datetime
    on: date
    in_hours: bool
    exception: bool

    @property
    def seconds(self) -> int:
        """How long it really takes, whatever clocks on the wall do meanwhile."""
        return (self.end - self.start) // SECOND


def split(start: datetime, end: datetime, calendar: Calendar) -> list[Piece]:
    """The interval from `start` to `end` (aware) as pieces in order, touching each other, without empty ones.

    An instant is in hours when a clock on the wall of the calendar's zone shows a minute of that day's spans.
    """
    pieces: list[Piece] = []
    for begin, finish, offset in regimes(start.astimezone(UTC), end.astimezone(UTC), ZoneInfo(calendar.zone)):
        wall, last = (begin + offset).replace(tzinfo=None), (finish + offset).replace(tzinfo=None)
        while wall < last:
            midnight = datetime.combine(wall.date(), time.min)
            until = min(midnight + ONE_DAY, last)
            for left, right, in_hours in of_day(wall, until, midnight, calendar):
                add(pieces, left - offset, right - offset, wall.date(), in_hours, calendar)
            wall = until
    return pieces


def day_pieces(start: datetime, end: datetime, zone: str) -> list[tuple[datetime, datetime, date]]:
    """The interval cut at the midnights of `zone`: starts, ends (UTC, half-open) and the dates there."""
    found: list[tuple[datetime, datetime, date]] = []
    for begin, finish, offset in regimes(start.astimezone(UTC), end.astimezone(UTC), ZoneInfo(zone)):
        wall, last = (begin + offset).replace(tzinfo=None), (finish + offset).replace(tzinfo=None)
        while wall < last:
            until = min(datetime.combine(wall.date(), time.min) + ONE_DAY, last)
            left, right = (wall - offset).replace(tzinfo=UTC), (until - offset).replace(tzinfo=UTC)
            if found and found[-1][2] == wall.date():
                left = found.pop()[0]
            found.append((left, right, wall.date()))
            wall = until
    return found


def regimes(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The interval cut where the clocks of `zone` are changed: in each part one distance to UTC holds."""
    while start < end:
        until = min(start + ONE_DAY, end)
        before, after = distance(start, zone), distance(until - SECOND, zone)
        if before != after:
            until = change_of_clocks(start, until, before, zone)
        yield start, until, before
        start = until


def change_of_clocks(start: datetime, end: datetime, before: timedelta, zone: ZoneInfo) -> datetime:
    """The first second after `start` at which the distance to UTC is no longer `before`."""
    low, high = 0, (end - start) // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if distance(start + middle * SECOND, zone) == before else (low, middle)
    return start + high * SECOND


def distance(instant: datetime, zone: ZoneInfo) -> timedelta:
    """How far the zone's clocks are ahead of UTC at this instant."""
    ahead = instant.astimezone(zone).utcoffset()
    assert ahead is not None  # a zone of the IANA database always says
    return ahead


def of_day(
    wall: datetime, until: datetime, midnight: datetime, calendar: Calendar
) -> Iterator[tuple[datetime, datetime, bool]]:
    """Parts in and out of hours of a stretch within one day, in local time as the wall shows it."""
    for span in calendar.spans_on(midnight.date()):
        opens, closes = midnight + timedelta(minutes=span.start), midnight + timedelta(minutes=span.end)
        if closes <= wall:
            continue
        if opens >= until:
            break
        if wall < opens:
            yield wall, opens, False
            wall = opens
        yield wall, min(closes, until), True
        wall = min(closes, until)
    if wall < until:
        yield wall, until, False


def add(
    pieces: list[Piece], start: datetime, end: datetime, on: date, in_hours: bool, calendar: Calendar
) -> None:
    """Put a stretch at the end, joined to the one before when nothing but the clocks lies between."""
    begin, finish = start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)
    if pieces and pieces[-1].end == begin and (pieces[-1].on, pieces[-1].in_hours) == (on, in_hours):
        begin = pieces.pop().start
    pieces.append(Piece(begin, finish, on, in_hours, calendar.is_exception(on)))
