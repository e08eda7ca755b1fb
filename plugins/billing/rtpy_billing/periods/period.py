"""One billing period: days from its start up to, and without, its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Half-open days `[start, end)` in the customer's zone."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day that belongs to it, which is what people write: 1 to 30 June."""
        return self.end - timedelta(days=1)

    def each_day(self) -> Iterator[date]:
        for offset in range(self.days):
            yield self.start + timedelta(days=offset)

    def common_with(self, other: "Period") -> "Period | None":
        """The days that both have, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First instant, and first instant after it, in UTC: the midnights of the customer's zone."""
        return midnight(self.start, zone), midnight(self.end, zone)


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """A period to be billed and the full one it is cut from by the agreement's start or end."""

    billed: Period
    full: Period

    @property
    def is_part(self) -> bool:
        return self.billed != self.full

    @property
    def share(self) -> Fraction:
        """How much of the full period is billed, by days: 1 for a full one."""
        return Fraction(self.billed.days, self.full.days)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which `day` begins in `zone`, in UTC; where midnight is skipped, the first instant after it."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return local.astimezone(UTC)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an aware instant in `zone`."""
    return instant.astimezone(zone).date()
