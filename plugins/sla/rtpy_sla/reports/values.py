"""What a report is asked and what it is made of: columns with the definitions of their numbers, rows, and the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rtpy.work import Work
from rtpy_sla.clocks.words import Target, Verdict

Value = str | int | date | datetime | None


class Kind(StrEnum):
    """What a column holds, and so how it is shown."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    """Tenths of a per cent."""
    SECONDS = "seconds"
    """A duration."""
    MOMENT = "moment"


class About(StrEnum):
    """What a cell leads to."""

    CLOCKS = "clocks"
    """The list of the clocks behind a number; `narrowed` says which."""
    TICKET = "ticket"
    CLOCK = "clock"
    """The account of one clock."""
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a cell leads to. `narrowed` are filters for CLOCKS, by their names in the address."""

    about: About
    id: int = 0
    narrowed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is its key in rows, `title` its heading; `says` is the definition of its number, for the reader.

    `adds`: the column has a sum.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    says: str = ""
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line: values by column, and what some of the cells lead to."""

    values: Mapping[str, Value]
    leads: Mapping[str, Leads] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: what came to count in `[start, end)`, both local midnights of `zone`, narrowed by the rest."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    organization_id: int | None = None
    queue_id: int | None = None
    policy_id: int | None = None
    target: Target | None = None
    person_id: int | None = None
    verdict: Verdict | None = None
    cause: str | None = None
    """For the list behind a number."""

    @property
    def first(self) -> date:
        """The first day."""
        return self.start.astimezone(self.zone).date()

    @property
    def last(self) -> date:
        """The last day."""
        return (self.end - timedelta(microseconds=1)).astimezone(self.zone).date()

    def days(self, first: date, last: date) -> "Asked":
        """The same of other days, both of them in it."""
        return replace(self, start=midnight(first, self.zone), end=midnight(last + timedelta(1), self.zone))


@dataclass(frozen=True, slots=True)
class Report:
    """An answer. `uncounted` are sentences about what it leaves out, each with where it leads to, or None."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    uncounted: tuple[tuple[str, Leads | None], ...] = ()

    def sums(self) -> Mapping[str, int]:
        """The sum of every column that adds up."""
        return {
            column.name: sum(value for row in self.rows if isinstance(value := row.values[column.name], int))
            for column in self.columns
            if column.adds
        }


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One report: its name in the address, what it is called, what it answers, and the function that makes it.

    `filters` are those of `Asked` that it heeds beyond the days; `is_now`: it is of this moment and heeds no days.
    """

    name: str
    title: str
    question: str
    make: Callable[[Work, Asked], Report]
    filters: Sequence[str] = ("customer", "queue", "policy", "target")
    is_now: bool = False


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def per_mille(part: int, whole: int) -> int | None:
    """Tenths of a per cent, half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole > 0 else None
