"""What a chart shows: series of values over labels, as plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How it is drawn."""

    BARS = "bars"
    """One bar a label, lying; for names."""
    COLUMNS = "columns"
    """One column a label, standing, series beside each other; for points in time."""
    STACKED = "stacked"
    """One column a label, series on top of each other."""
    STACKED_BARS = "stacked-bars"
    """One bar a label, lying, series behind each other; for names with parts."""
    LINES = "lines"
    """A line for each series; for long times."""


class Unit(StrEnum):
    """What the values count."""

    NUMBER = "number"
    MINUTES = "minutes"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values, one for each label; None is unknown. `urls` lead to what stands behind each, or are empty."""

    name: str
    values: tuple[float | None, ...]
    urls: tuple[str, ...] = ()

    def url(self, place: int) -> str:
        """Where the value at `place` leads to; empty: nowhere."""
        return self.urls[place] if place < len(self.urls) else ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: `label_title` says what the labels are (Queue), `value_title` what is counted (Tickets)."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    label_title: str = ""
    value_title: str = ""
    unit: Unit = Unit.NUMBER

    @property
    def is_empty(self) -> bool:
        """Is there nothing to be drawn?"""
        return not any(value is not None for series in self.series for value in series.values)
