"""A clock drawn as a bar a day: what counted, what was open but did not count, and what was closed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import State

WIDTH = 480
"""Units of a whole day."""
MOST_DAYS = 31


class Piece(StrEnum):
    """What a stretch of the day was for the clock."""

    COUNTED = "counted"
    PAUSED = "paused"
    """Open hours that did not count."""
    AHEAD = "ahead"
    """Open hours that will count, up to the due moment."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end` the clock was in one state."""

    start: datetime
    end: datetime
    piece: Piece


@dataclass(frozen=True, slots=True)
class Rect:
    """A piece of the bar, in units of `WIDTH`."""

    x: float
    width: float
    piece: Piece


@dataclass(frozen=True, slots=True)
class Day:
    """One line: the date, its pieces, and seconds of open hours that counted and that did not."""

    day: date
    rects: tuple[Rect, ...]
    counted: int
    paused: int
    ahead: int
    marks: tuple[float, ...] = ()
    """Where the due moment is."""


OpenParts = Sequence[tuple[datetime, datetime]]


def stretches_of(clock: Clock, now: datetime) -> tuple[Stretch, ...]:
    """What the steps of a clock say: counting and not counting in turn, and what is still ahead while it runs."""
    found = []
    for step in clock.steps:
        if step.since is None or step.since >= step.at:
            continue
        piece = Piece.PAUSED if step.what in ("resumed", "reopened") else Piece.COUNTED
        if step.what == "retargeted" and not step.counted:
            continue
        found.append(Stretch(step.since, step.at, piece))
    if clock.state is State.RUNNING:
        begin = clock.since or clock.started
        if begin < now:
            found.append(Stretch(begin, now, Piece.COUNTED))
        if clock.due is not None and clock.due > now:
            found.append(Stretch(max(now, begin), clock.due, Piece.AHEAD))
    elif clock.state is State.PAUSED and clock.steps:
        found.append(Stretch(clock.steps[-1].at, now, Piece.PAUSED))
    return tuple(each for each in found if each.start < each.end)


def open_parts(hours: object, start: datetime, end: datetime) -> OpenParts:
    """The open intervals in it; all of it for hours that never close."""
    stretches = getattr(hours, "stretches", None)
    return stretches(start, end) if stretches is not None else [(start, end)]


def days_of(
    stretches: Sequence[Stretch], hours: object, zone: tzinfo, due: datetime | None
) -> tuple[Day, ...]:
    """A line for each day on which something happened, in the zone; of many the last ones."""
    pieces: dict[date, list[tuple[Rect, int]]] = {}
    for stretch in stretches:
        for begin, end in open_parts(hours, stretch.start, stretch.end):
            for day, start, stop in _by_day(begin, end, zone):
                x, to = _place(start, day, zone), _place(stop, day, zone)
                rect = Rect(round(x, 1), round(max(to - x, 0.8), 1), stretch.piece)
                pieces.setdefault(day, []).append((rect, int((stop - start).total_seconds())))
    marked = due.astimezone(zone).date() if due else None
    if due is not None and marked is not None:
        pieces.setdefault(marked, [])
    return tuple(
        Day(
            day,
            tuple(rect for rect, _ in pieces[day]),
            _sum(pieces[day], Piece.COUNTED),
            _sum(pieces[day], Piece.PAUSED),
            _sum(pieces[day], Piece.AHEAD),
            (round(_place(due, day, zone), 1),) if due is not None and day == marked else (),
        )
        for day in sorted(pieces)[-MOST_DAYS:]
    )


def _sum(pieces: Sequence[tuple[Rect, int]], wanted: Piece) -> int:
    return sum(seconds for rect, seconds in pieces if rect.piece is wanted)


def _by_day(begin: datetime, end: datetime, zone: tzinfo) -> Iterator[tuple[date, datetime, datetime]]:
    """The interval cut at midnights of the zone; at most a little more than a year of it."""
    start = max(begin, end - timedelta(days=400))
    while start < end:
        day = start.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
        stop = min(end, midnight)
        if stop <= start:  # a day that is skipped
            return
        yield day, start, stop
        start = stop


def _place(at: datetime, day: date, zone: tzinfo) -> float:
    """Where on the line of `day` a moment is; the end of the day is the whole width."""
    local = at.astimezone(zone)
    if local.date() > day:
        return float(WIDTH)
    return (local.hour * 3600 + local.minute * 60 + local.second) / 86_400 * WIDTH
