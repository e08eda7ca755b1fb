"""Counting in open hours: how many seconds lie between two instants, and when so many have passed."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rtpy.calendars.calendar import ALWAYS, Calendar
from rtpy.calendars.splitting import change_of_clocks, distance, regimes

DAY_SECONDS = 86_400
YEARS_WITHOUT = 10
"""After so many years in which nothing opens, nobody waits any longer."""
LAST_YEAR = 9_000
NEVER = "This calendar has no open hours in the following ten years."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST_ORDINAL = EPOCH.date().toordinal()


class Version(NamedTuple):
    """A calendar as it holds from the first instant of a date on, in its own zone; None is from ever."""

    valid_from: date | None
    id: int
    calendar: Calendar


class Year(NamedTuple):
    """The openings of one UTC year: epoch seconds, each within one local day, in order and apart."""

    starts: "array[int]"
    ends: "array[int]"
    sums: "array[int]"
    """Open seconds of the year up to and with this opening."""
    days: "array[int]"
    """The local date of each, as an ordinal."""

    @property
    def total(self) -> int:
        """Open seconds of the whole year."""
        return self.sums[-1] if self.sums else 0

    def passed(self, at: int) -> int:
        """Open seconds of the year before this instant."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.sums[index] - max(self.ends[index] - at, 0)


class OpenHours:
    """The versions of one calendar, made countable.

    An instant is open when a clock on the wall of the zone shows a minute of that day's spans: an hour that is skipped
    was never open, one that is shown twice is open twice. Instants are aware; fractions of a second are cut off.
    Years are read when somebody first asks for them and kept, so one object should serve many questions.
    """

    __slots__ = ("_begins", "_years", "versions")

    def __init__(self, versions: Iterable[tuple[date | None, int, Calendar]]) -> None:
        """`versions` in order of their dates; the first holds before its date too. ValueError without any."""
        self.versions = tuple(Version(*version) for version in versions)
        if not self.versions:
            raise ValueError("A calendar needs a version.")
        begins = [_begin(version) for version in self.versions]
        begins[0] = None
        self._begins = begins
        self._years: dict[int, Year] = {}

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds from `start` to `end`; 0 when `end` is not later. About 2 µs within a year."""
        begin, finish = _seconds(start), _seconds(end)
        if finish <= begin:
            return 0
        first, last = _year(start), _year(end)
        if first == last:
            year = self._of(first)
            return year.passed(finish) - year.passed(begin)
        whole = sum(self._of(number).total for number in range(first, last))
        return whole - self._of(first).passed(begin) + self._of(last).passed(finish)

    def after(self, start: datetime, seconds: int) -> datetime:
        """The instant at which so many open seconds have passed since `start`.

        For 0 it is `start` itself, open or not; otherwise the end of an opening rather than the beginning of the next.
        ValueError when nothing opens in ten years, or for less than 0.
        """
        if seconds < 0:
            raise ValueError("Time is counted forwards only.")
        if not seconds:
            return start
        number, empty = _year(start), 0
        wanted = seconds + self._of(number).passed(_seconds(start))
        while (year := self._of(number)).total < wanted:
            wanted -= year.total
            empty = 0 if year.total else empty + 1
            number += 1
            if _hopeless(number, empty):
                raise ValueError(NEVER)
        index = bisect_left(year.sums, wanted)
        return _instant(year.ends[index] - (year.sums[index] - wanted))

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when it is open, else the next instant that is. ValueError when nothing opens in ten years."""
        start, _, _ = next(self._openings(at), (None, 0, 0))
        return at if _found(start) <= _seconds(at) else _instant(_found(start))

    def is_open(self, at: datetime) -> bool:
        """Whether this second is in open hours."""
        year, second = self._of(_year(at)), _seconds(at)
        index = bisect_right(year.starts, second) - 1
        return index >= 0 and second < year.ends[index]

    def end_of_day(self, start: datetime, days: int) -> datetime:
        """The close of the n-th day with open hours after the local date of `start`.

        0 is the same day when something of it is still to come, else the next one that opens. ValueError when nothing
        opens in ten years, or for less than 0.
        """
        if days < 0:
            raise ValueError("Days are counted forwards only.")
        current, number = self.local_date(start).toordinal(), 0
        close: int | None = None
        for _, end, day in self._openings(start):
            if day > current:
                if close is not None:
                    break
                current, number = day, number + 1
            if number >= days:
                close = end
        return _instant(_found(close))

    def stretches(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The open intervals between the two, in order; what goes on over midnight is one."""
        begin, finish = _seconds(start), _seconds(end)
        found: list[tuple[int, int]] = []
        for number in range(_year(start), _year(end) + 1) if begin < finish else ():
            year = self._of(number)
            some = slice(bisect_right(year.ends, begin), bisect_left(year.starts, finish))
            for opens, closes in zip(year.starts[some], year.ends[some], strict=True):
                left, right = max(opens, begin), min(closes, finish)
                if found and found[-1][1] == left:
                    left = found.pop()[0]
                found.append((left, right))
        return [(_instant(left), _instant(right)) for left, right in found]

    def version_at(self, at: datetime) -> Version:
        """The version that holds at this instant: the last that has begun."""
        second = _seconds(at)
        for version, begin in zip(reversed(self.versions), reversed(self._begins), strict=True):
            if begin is None or begin <= second:
                return version
        raise AssertionError("the first version holds from ever")

    def calendar_on(self, day: date) -> Calendar:
        """What holds on this date of its own zone."""
        begun = (
            each for each in reversed(self.versions) if each.valid_from is None or each.valid_from <= day
        )
        return next(begun, self.versions[0]).calendar

    def version_ids(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """The numbers of the versions that hold anywhere from `start` up to `end`, in order."""
        begin, finish = _seconds(start), max(_seconds(end), _seconds(start) + 1)
        return tuple(version.id for version, _, _ in self._held(begin, finish))

    def local_date(self, at: datetime) -> date:
        """The date that the calendar's zone has at this instant."""
        return at.astimezone(ZoneInfo(self.version_at(at).calendar.zone)).date()

    def _openings(self, start: datetime) -> Iterator[tuple[int, int, int]]:
        """Openings that end after `start`: begin, end, day; no more of them after ten years without."""
        number, empty = _year(start), 0
        index = bisect_right(self._of(number).ends, _seconds(start))
        while not _hopeless(number, empty):
            year = self._of(number)
            yield from zip(year.starts[index:], year.ends[index:], year.days[index:], strict=True)
            empty = 0 if len(year.starts) > index else empty + 1
            index = 0
            number += 1

    def _held(self, begin: int, finish: int) -> Iterator[tuple[Version, int, int]]:
        """The versions that hold within the interval, each with its part of it."""
        until = [finish] * len(self.versions)
        for index in range(len(self.versions) - 2, -1, -1):
            later = self._begins[index + 1]
            until[index] = until[index + 1] if later is None else min(until[index + 1], later)
        for version, since, end in zip(self.versions, self._begins, until, strict=True):
            start = begin if since is None else max(begin, since)
            if start < end:
                yield version, start, end

    def _of(self, number: int) -> Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._read(number)
        return year

    def _read(self, number: int) -> Year:
        year = Year(array("q"), array("q"), array("q"), array("q"))
        total = 0
        first, last = (_seconds(datetime(each, 1, 1, tzinfo=UTC)) for each in (number, number + 1))
        for version, begin, finish in self._held(first, last):
            for start, end, day in openings(version.calendar, begin, finish):
                total += end - start
                year.starts.append(start)
                year.ends.append(end)
                year.sums.append(total)
                year.days.append(day)
        return year


def openings(calendar: Calendar, begin: int, finish: int) -> Iterator[tuple[int, int, int]]:
    """The open parts of an interval of epoch seconds, cut at midnights: begin, end, and the local date's ordinal."""
    for left, right, offset in _regimes(begin, finish, ZoneInfo(calendar.zone)):
        for day in range((left + offset) // DAY_SECONDS, (right + offset - 1) // DAY_SECONDS + 1):
            midnight, ordinal = day * DAY_SECONDS - offset, day + FIRST_ORDINAL
            for span in calendar.spans_on(date.fromordinal(ordinal)):
                start, end = max(midnight + span.start * 60, left), min(midnight + span.end * 60, right)
                if start < end:
                    yield start, end, ordinal


def always(zone: str = "UTC") -> OpenHours:
    """Every second is open; days are those of the zone."""
    return OpenHours([(None, 0, Calendar(0, "", zone, ALWAYS))])


def _regimes(begin: int, finish: int, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """The interval cut where the distance to UTC changes: begin, end, and the distance in seconds."""
    since, ahead = begin, 0
    for start, _, offset in regimes(_instant(begin), _instant(finish), zone):
        at, distance_now = _seconds(start), offset // SECOND
        if distance_now != ahead and at > since:
            yield since, at, ahead
            since = at
        ahead = distance_now
    yield since, finish, ahead


def _begin(version: Version) -> int | None:
    """The first second whose local date is the version's or later."""
    if version.valid_from is None:
        return None
    zone = ZoneInfo(version.calendar.zone)
    local = datetime.combine(version.valid_from, time.min, zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):  # midnight is skipped
        before = instant - timedelta(days=2)
        instant = change_of_clocks(before, instant + SECOND, distance(before, zone), zone)
    return _seconds(instant)


def _seconds(at: datetime) -> int:
    return (at - EPOCH) // SECOND


def _instant(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def _year(at: datetime) -> int:
    return at.year if at.tzinfo is UTC else at.astimezone(UTC).year


def _hopeless(number: int, empty: int) -> bool:
    return empty >= YEARS_WITHOUT or number > LAST_YEAR


def _found(seconds: int | None) -> int:
    if seconds is None:
        raise ValueError(NEVER)
    return seconds
