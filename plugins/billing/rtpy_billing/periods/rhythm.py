"""How often an agreement is billed, and from which day on: makes its billing periods."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rtpy_billing.periods.period import BillingPeriod, Period

LAST_ANCHOR = 28  # every month has it


class Every(StrEnum):
    """How long a billing period is."""

    WEEK = "weekly"
    TWO_WEEKS = "two-weekly"
    MONTH = "monthly"
    QUARTER = "quarterly"
    HALF_YEAR = "half-yearly"
    YEAR = "yearly"


_WEEKS = {Every.WEEK: 1, Every.TWO_WEEKS: 2}
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Periods of one length, one after the other, from `starts_on` up to, and without, `ends_on`.

    `anchor` None counts from the agreement's own first day, its anniversary: the first period is a full one. A day
    that not every month has stops at the 28th from the second period on. Else `anchor` is the day of the month, 1 to
    28, on which periods begin (quarters in January, April, July, October; half-years in January and July; years in
    January), or for weeks the day of the week, 1 for Monday to 7: the first and the last may be part-periods.
    """

    every: Every
    starts_on: date
    anchor: int | None = None
    ends_on: date | None = None

    def __post_init__(self) -> None:
        most = 7 if self.every in _WEEKS else LAST_ANCHOR
        if self.anchor is not None and not 1 <= self.anchor <= most:
            raise ValueError(f"a period can be anchored on day 1 to {most}, not on {self.anchor}")

    def periods(self, until: date) -> Iterator[BillingPeriod]:
        """Every billing period that starts before `until`, from the first on."""
        number = 0
        while True:
            full = self._full(number)
            number += 1
            billed = self._cut(full)
            if billed is None or billed.start >= until:
                return
            yield BillingPeriod(billed, full)

    def period_of(self, day: date) -> BillingPeriod | None:
        """The billing period that has `day`, or None when the agreement does not run on it."""
        if day < self.starts_on or (self.ends_on is not None and day >= self.ends_on):
            return None
        full = self._full(self._number_of(day))
        billed = self._cut(full)
        return BillingPeriod(billed, full) if billed is not None else None

    def boundaries(self, until: date) -> tuple[date, ...]:
        """The days on which a period ends, up to and with the first one on or after `until`."""
        ends: list[date] = []
        for number in range(self._number_of(max(until, self.starts_on)) + 2):
            ends.append(self._full(number).end)
            if ends[-1] >= until:
                break
        return tuple(ends)

    def end_after(self, day: date, count: int) -> date:
        """The day on which the `count`-th full period after the one that has `day` ends; 0 is that one's own end."""
        return self._full(self._number_of(max(day, self.starts_on)) + count).end

    def _cut(self, full: Period) -> Period | None:
        start = max(full.start, self.starts_on)
        end = full.end if self.ends_on is None else min(full.end, self.ends_on)
        return Period(start, end) if start < end else None

    def _full(self, number: int) -> Period:
        return Period(self._start_of(number), self._start_of(number + 1))

    def _start_of(self, number: int) -> date:
        if self.every in _WEEKS:
            return self._first_week() + timedelta(weeks=_WEEKS[self.every] * number)
        if self.anchor is None:
            return self.starts_on if number == 0 else add_months(self.starts_on, self._months * number)
        return add_months(self._first_month(self.anchor), self._months * number)

    def _number_of(self, day: date) -> int:
        """Which period has `day`, which is not before `starts_on`."""
        first = self._start_of(0)
        if self.every in _WEEKS:
            return (day - first).days // (7 * _WEEKS[self.every])
        number = ((day.year - first.year) * 12 + day.month - first.month) // self._months
        while self._start_of(number) > day:
            number -= 1
        while self._start_of(number + 1) <= day:
            number += 1
        return number

    def _first_week(self) -> date:
        if self.anchor is None:
            return self.starts_on
        return self.starts_on - timedelta(days=(self.starts_on.isoweekday() - self.anchor) % 7)

    def _first_month(self, anchor: int) -> date:
        """The anchored day on or before the agreement's first day."""
        month = self.starts_on.month - (self.starts_on.month - 1) % self._months
        day = date(self.starts_on.year, month, anchor)
        return day if day <= self.starts_on else add_months(day, -self._months)

    @property
    def _months(self) -> int:
        return _MONTHS[self.every]


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later or earlier; the 29th to the 31st become the 28th."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, min(day.day, LAST_ANCHOR))
