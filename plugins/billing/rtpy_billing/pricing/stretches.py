"""Cutting an entry into stretches: on one date for worker and customer, and all in or all out of agreed hours."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from rtpy.calendars.calendar import ALWAYS, Calendar
from rtpy.calendars.splitting import Piece, day_pieces, split
from rtpy_billing.pricing.line import Step, StepKind
from rtpy_billing.pricing.rounding import weighted
from rtpy_billing.pricing.values import Entry
from rtpy_billing.pricing.words import Hours

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an entry; `day` is the date by the calendar, whose weekday and holidays count for surcharges."""

    seconds: int
    worked_on: date
    customer_on: date
    day: date
    in_hours: bool
    exception: bool
    step: Step
    started_at: datetime | None = None
    ended_at: datetime | None = None


def stretches(entry: Entry, calendar: Calendar | None, zone: str, hours: Hours) -> list[Stretch]:
    """The parts of an entry in order; their seconds add up to what was worked.

    `zone` is the customer's. `hours` other than ANY is the work type's word, whatever the clock says. Pauses are taken
    from all parts alike. An entry without clock times is one part on its date: in hours if that day has any at all.
    """
    if entry.started_at is None or entry.ended_at is None or entry.started_at >= entry.ended_at:
        return [whole(entry, calendar, hours)]
    pieces = split(entry.started_at, entry.ended_at, calendar or everything(zone))
    if zone == entry.zone and (calendar is None or calendar.zone == zone):
        cut = [(piece.start, piece.end, piece, piece.on, piece.on) for piece in pieces]
    else:
        cut = at_midnights(entry, pieces, zone)
    clock = [(end - start) // SECOND for start, end, *_ in cut]
    worked = clock if sum(clock) == entry.worked_seconds else weighted(entry.worked_seconds, clock)
    name = calendar.name if calendar else None
    found = []
    for seconds, (start, end, piece, customer_on, worked_on) in zip(worked, cut, strict=True):
        in_hours, source = decided(calendar, hours, piece.in_hours, "clock")
        step = hours_step(name, piece.on, in_hours, piece.exception, source)
        found.append(
            Stretch(seconds, worked_on, customer_on, piece.on, in_hours, piece.exception, step, start, end)
        )
    return found


def whole(entry: Entry, calendar: Calendar | None, hours: Hours) -> Stretch:
    """An entry without clock times."""
    day = entry.worked_on
    exception = calendar is not None and calendar.is_exception(day)
    in_hours, source = decided(calendar, hours, bool(calendar and calendar.spans_on(day)), "day")
    step = hours_step(calendar.name if calendar else None, day, in_hours, exception, source)
    return Stretch(entry.worked_seconds, day, day, day, in_hours, exception, step)


def decided(calendar: Calendar | None, hours: Hours, found: bool, source: str) -> tuple[bool, str]:
    """In hours or not, and who said so."""
    if hours is not Hours.ANY:
        return hours is Hours.IN, "work_type"
    return (True, "always") if calendar is None else (found, source)


@lru_cache(4096)
def hours_step(calendar: str | None, day: date, in_hours: bool, exception: bool, source: str) -> Step:
    """What is told of the hours; `calendar` is its name."""
    return Step(
        StepKind.HOURS,
        {
            "in_hours": in_hours,
            "day": day.isoformat(),
            "exception": exception,
            "calendar": calendar,
            "source": source,
        },
    )


def everything(zone: str) -> Calendar:
    """What holds without a calendar: always in hours, days as in the customer's zone."""
    return Calendar(0, "", zone, ALWAYS)


def at_midnights(
    entry: Entry, pieces: list[Piece], zone: str
) -> list[tuple[datetime, datetime, Piece, date, date]]:
    """The pieces cut once more at the customer's and the worker's midnights: with both dates of each."""
    assert entry.started_at is not None
    assert entry.ended_at is not None
    customer = day_pieces(entry.started_at, entry.ended_at, zone)
    worker = customer if entry.zone == zone else day_pieces(entry.started_at, entry.ended_at, entry.zone)
    cut = []
    theirs, ours = iter(customer), iter(worker)
    customer_end, customer_on = next((end, on) for _, end, on in theirs)
    worker_end, worked_on = next((end, on) for _, end, on in ours)
    for piece in pieces:
        start = piece.start
        while start < piece.end:
            if start >= customer_end:
                customer_end, customer_on = next((end, on) for _, end, on in theirs)
            if start >= worker_end:
                worker_end, worked_on = next((end, on) for _, end, on in ours)
            end = min(piece.end, customer_end, worker_end)
            cut.append((start, end, piece, customer_on, worked_on))
            start = end
    return cut
