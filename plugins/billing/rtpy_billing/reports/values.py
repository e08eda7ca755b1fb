"""What a report is made of: columns, rows, sums, and what could not be counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rtpy.work import Work

Value = str | int | date | None


class Kind(StrEnum):
    """What a column holds, and so how it is shown."""

    TEXT = "text"
    HOURS = "hours"
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is its key in rows and the heading in files. HOURS are seconds, MONEY minor units of the row's currency,
    PERCENT tenths of a per cent. `adds`: the column has a sum."""

    name: str
    title: str
    kind: Kind = Kind.TEXT
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line; `about` and `id` say what it leads to: an `organization`, `person`, `ticket`, `entry`, `agreement`."""

    values: Mapping[str, Value]
    currency: str = ""
    about: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: work done in `[start, end)`, perhaps of one customer or one person."""

    start: date
    end: date
    today: date
    organization_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An answer. `uncounted` are sentences about what the sums leave out, instead of silent noughts."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    uncounted: tuple[str, ...] = ()

    def sums(self) -> tuple[tuple[str, Mapping[str, int]], ...]:
        """For each currency (empty where the rows have none) the sum of every column that adds up."""
        names = [column.name for column in self.columns if column.adds]
        found: dict[str, dict[str, int]] = {}
        for row in self.rows:
            of_currency = found.setdefault(row.currency, dict.fromkeys(names, 0))
            for name in names:
                value = row.values.get(name)
                of_currency[name] += value if isinstance(value, int) else 0
        return tuple(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One report: its name in the address, what it is called, what it answers, and the function that makes it."""

    name: str
    title: str
    question: str
    make: Callable[[Work, Asked], Report]
    takes_person: bool = False


def per_mille(part: int, whole: int) -> int | None:
    """Tenths of a per cent, half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole > 0 else None


def hours(seconds: int) -> str:
    """`12:05`, for sentences."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}"
