"""Dates and times as people write them in queries: read in the reader's zone, seen from now."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rtpy.errors import RtpyError
from rtpy.search.language.calendar_words import (
    FIRST_YEAR,
    LAST_YEAR,
    NoSuchDay,
    Period,
    Unit,
    period_of,
    read_period,
)
from rtpy.search.language.clock_words import read_clock, trailing_zone
from rtpy.search.language.error import clip
from rtpy.search.language.lengths import Length, read_length

EXAMPLES = "2026-03-05, 2026-03-05 14:30, yesterday, 3 days ago, next friday, start of last month"
MOST_CHARACTERS = 100
UNSET = datetime.fromtimestamp(0, UTC)


class UnreadableDate(RtpyError, ValueError):
    """A text that is no date; `str()` is a sentence with the reason."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a date in a query means, in UTC.

    `start` is what <, <=, > and >= compare with. `end` is the end, not included, of what was named whole: a day, a
    month, a year; None for a time. `span` is what = covers, from and up to: what was named whole, for a time its whole
    day in the reader's zone as in RT, for `last week` that week. `is_unset`: RT's 0, which stands for no date.
    """

    start: datetime
    end: datetime | None
    span: tuple[datetime, datetime]
    is_unset: bool = False


def read_date(text: str, *, now: datetime, zone: tzinfo, day_first: bool = True) -> Moment:
    """The moment that the text means; raises UnreadableDate.

    Days begin at midnight in `zone`; days, weeks, months and years keep the time of day, months end at their last day
    (31 March less a month is 28 February); minutes and hours are counted through. A time that the clocks leave out is
    read as if they had not been changed yet (2:30 is 3:30 then), of one that comes twice the first is meant.
    `day_first`: 5/3/2026 is in March; with dots it always is.
    """
    words = _clean(text)
    try:
        if not words or len(text) > MOST_CHARACTERS:
            raise NoSuchDay("it is too long" if words else f"it is empty; write for example {EXAMPLES}")
        found = _Reading(now, zone, day_first).read(words)
        if found is None:
            reason = f"write for example {EXAMPLES}"
        elif found.is_unset or FIRST_YEAR <= found.start.astimezone(zone).year <= LAST_YEAR:
            return found
        else:
            reason = _YEARS
    except NoSuchDay as problem:
        reason = str(problem)
    except (OverflowError, ValueError):
        reason = _YEARS
    raise UnreadableDate(f"“{clip(text)}” is no date: {reason}.")


_YEARS = f"years go from {FIRST_YEAR} to {LAST_YEAR}"
_NOT_SET = re.compile(r"0|not set|unset|never|1970-01-01(?: 00:00(?::00)?)?(?: ?(?:z|utc))?")
_SECONDS_SINCE_1970 = re.compile(r"[0-9]{9,11}")
_EDGE = re.compile(r"(beginning|begin|start|first day|end|last day)(?: of)?(?: the)? (.+)")
_NEAR = re.compile(r"(last|previous|past|next|coming) (day|week|month|quarter|year)")
_FROM = re.compile(r"(.+?) (before|after|from) (.+)")
_PLUS = re.compile(r"(.*[^ ]) ?([+-]) ?(.+)")
_SHIFTS = (
    (re.compile(r"(.+) ago"), -1),
    (re.compile(r"- ?(.+)"), -1),
    (re.compile(r"(?:the )?(?:last|past|previous) (.+)"), -1),
    (re.compile(r"in (.+)"), 1),
    (re.compile(r"\+ ?(.+)"), 1),
    (re.compile(r"(?:the )?(?:next|coming) (.+)"), 1),
    (re.compile(r"(.+?) (?:from now|hence|later)"), 1),
    (re.compile(r"(.+)"), 1),
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A place in time: a whole period, or a time on a day. `span` is what = covers if it is more than that."""

    period: Period | None = None
    at: datetime | None = None
    has_time: bool = True
    span: Period | None = None


def _clean(text: str) -> str:
    words = " ".join(text.lower().replace(",", " ").split())
    words = re.sub(r" \([a-z]{1,5}\)$", "", words)
    words = re.sub(r"^(?:on|at) ", "", words)
    return re.sub(r"(?<=[0-9])t(?=[0-9])", " ", words)


class _Reading:
    """One now, one zone, one order of day and month."""

    def __init__(self, now: datetime, zone: tzinfo, day_first: bool) -> None:
        self.now = now.astimezone(UTC)
        self.zone = zone
        self.today = now.astimezone(zone).date()
        self.day_first = day_first

    def read(self, words: str) -> Moment | None:
        if _NOT_SET.fullmatch(words):
            return Moment(UNSET, None, (UNSET, UNSET), is_unset=True)
        if _SECONDS_SINCE_1970.fullmatch(words):
            return self.moment(_Found(at=UNSET + timedelta(seconds=int(words))))
        found = self.found(words)
        if found is not None:
            return self.moment(found)
        if at := self.with_clock(words):
            return self.moment(_Found(at=at))
        rest, zone = trailing_zone(words)
        found = self.found(rest) if zone else None
        return self.moment(found, zone) if found is not None else None

    def found(self, words: str, *, is_base: bool = False) -> _Found | None:
        """What words without a time of day mean; as `is_base` not again as seen from another day."""
        if words == "now":
            return _Found(at=self.now)
        if words in tuple(Unit):
            return None
        if near := _NEAR.fullmatch(words):
            step = 1 if near[1] in ("next", "coming") else -1
            length = read_length(f"1 {near[2]}")
            period = period_of(Unit(near[2]), self.today, step)
            return (
                _Found(at=self.shift(self.now, length, step), span=period, has_time=False) if length else None
            )
        if edge := _EDGE.fullmatch(words):
            return self.edge(edge[1], edge[2])
        for pattern, sign in _SHIFTS:
            matched = pattern.fullmatch(words)
            length = read_length(matched[1]) if matched else None
            if length is not None:
                return _Found(at=self.shift(self.now, length, sign), has_time=length.has_time)
        if named := read_period(words, self.today, day_first=self.day_first):
            return _Found(period=named)
        return None if is_base else self.from_another(words)

    def edge(self, word: str, of: str) -> _Found | None:
        """The first or last day of a period, or its very end."""
        period = read_period(of, self.today, day_first=self.day_first)
        if period is None:
            return None
        if word == "end":
            return _Found(at=self.midnight(period.after) - timedelta(microseconds=1))
        day = period.last if word == "last day" else period.first
        return _Found(period=Period(day, day + timedelta(days=1)))

    def from_another(self, words: str) -> _Found | None:
        """`2 days before yesterday`, `today + 3 days`."""
        if matched := _FROM.fullmatch(words):
            written, base_words, sign = matched[1], matched[3], -1 if matched[2] == "before" else 1
        elif matched := _PLUS.fullmatch(words):
            written, base_words, sign = matched[3], matched[1], -1 if matched[2] == "-" else 1
        else:
            return None
        length, base = read_length(written), self.found(base_words, is_base=True)
        if length is None or base is None:
            return None
        if base.period is None or length.has_time:
            start = base.at or self.midnight(base.period.first if base.period else self.today)
            return _Found(at=self.shift(start, length, sign))
        day = length.days_from(base.period.first, sign)
        return _Found(period=Period(day, day + timedelta(days=1)))

    def with_clock(self, words: str) -> datetime | None:
        """A day, or today, with a time of day."""
        clock = read_clock(words)
        if clock is None:
            return None
        found = self.found(clock.rest) if clock.rest else _Found(period=period_of(Unit.DAY, self.today))
        if found is None:
            return None
        if found.period is not None and found.period.is_day:
            day = found.period.first
        elif found.at is not None and not found.has_time:
            day = found.at.astimezone(self.zone).date()
        else:
            raise NoSuchDay("a time of day needs one day")
        return datetime.combine(day, clock.at, clock.zone or self.zone).astimezone(UTC)

    def shift(self, start: datetime, length: Length, sign: int) -> datetime:
        """Days and more by the calendar of the zone, at the same time of day; the rest by the clock."""
        if length.months or length.days:
            local = start.astimezone(self.zone)
            day = length.days_from(local.date(), sign)
            start = datetime.combine(day, local.time(), self.zone)
        return start.astimezone(UTC) + sign * timedelta(seconds=length.seconds)

    def moment(self, found: _Found, zone: tzinfo | None = None) -> Moment:
        if found.period is not None:
            start, end = self.midnight(found.period.first, zone), self.midnight(found.period.after, zone)
            return Moment(start, end, (start, end))
        start = found.at or self.now
        span = found.span or period_of(Unit.DAY, start.astimezone(self.zone).date())
        return Moment(start, None, (self.midnight(span.first), self.midnight(span.after)))

    def midnight(self, day: date, zone: tzinfo | None = None) -> datetime:
        return datetime.combine(day, time(), zone or self.zone).astimezone(UTC)
