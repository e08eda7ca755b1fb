"""The hours that were agreed with a customer: a week, days that differ, and the zone in which they are meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of a local day, half-open: minutes after midnight as clocks on the wall show them, 0 to 1440."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Seven days from Monday on, each with its spans in order and apart, and the dates on which other spans hold.

    `exceptions` are of one date, `yearly` (month, day) of each year; a date's own go first. A date with no spans at all
    is a holiday; `names` says which. Two calendars with the same content are the same calendar.
    """

    id: int
    name: str
    zone: str
    week: tuple[tuple[Span, ...], ...]
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    yearly: Mapping[tuple[int, int], tuple[Span, ...]] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The hours of this date."""
        other = self.exceptions.get(day)
        if other is None and self.yearly:
            other = self.yearly.get((day.month, day.day))
        return self.week[day.weekday()] if other is None else other

    def is_exception(self, day: date) -> bool:
        """Whether this date has hours of its own, as holidays have."""
        return day in self.exceptions or (day.month, day.day) in self.yearly

    def name_of(self, day: date) -> str:
        """What the date is called, such as `Christmas Day`; empty where nobody named it."""
        return self.names.get(day, "")


def joined(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The same minutes in order, with spans that overlap or touch made one; empty ones vanish."""
    whole: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return tuple(whole)


ALWAYS = ((Span(0, DAY),),) * 7
"""A week in which every minute is agreed: what holds where nobody set up a calendar."""
