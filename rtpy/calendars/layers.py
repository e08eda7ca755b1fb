"""The layers that make a calendar: the week, public holidays over it, a file's days over those, own days on top."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rtpy.calendars.calendar import DAY, Calendar, Span, joined

Spans = tuple[Span, ...]
ALL_DAY: Spans = (Span(0, DAY),)


@dataclass(frozen=True, slots=True)
class Closing:
    """What a file of events closes on a date: its name, and the hours."""

    name: str
    spans: Spans = ALL_DAY


@dataclass(frozen=True, slots=True)
class Layers:
    """All that one version of a calendar says."""

    zone: str
    week: tuple[Spans, ...]
    exceptions: Mapping[date, Spans] = field(default_factory=dict)
    """Own dates, closed or specially open: they go before everything."""
    yearly: Mapping[tuple[int, int], Spans] = field(default_factory=dict)
    """Own days of every year, by (month, day)."""
    feed: Mapping[date, Closing] = field(default_factory=dict)
    """Of a file: what is left of the week's hours holds."""
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Public holidays with their names: closed."""


def merge(calendar_id: int, name: str, layers: Layers) -> Calendar:
    """The calendar that the layers make together."""
    dates: dict[date, Spans] = dict.fromkeys(layers.holidays, ())
    names = dict(layers.holidays)
    for day, closing in layers.feed.items():
        dates[day] = without(layers.week[day.weekday()], closing.spans)
        names[day] = closing.name
    dates = {day: spans for day, spans in dates.items() if (day.month, day.day) not in layers.yearly}
    return Calendar(
        calendar_id,
        name,
        layers.zone,
        layers.week,
        {**dates, **layers.exceptions},
        layers.yearly,
        {day: each for day, each in names.items() if each},
    )


def without(spans: Spans, closed: Spans) -> Spans:
    """What is left of the hours."""
    left = spans
    for gap in joined(closed):
        left = tuple(
            part
            for span in left
            for part in (Span(span.start, min(span.end, gap.start)), Span(max(span.start, gap.end), span.end))
            if part.start < part.end
        )
    return left


def never_opens(layers: Layers) -> bool:
    """Whether neither the week nor any day of every year has hours: nothing could ever be due."""
    return not any(layers.week) and not any(layers.yearly.values())
