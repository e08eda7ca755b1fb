"""Text without regard to case, and moments as clocks somewhere show them, alike on both databases.

SQLite's own `lower` knows ASCII only and it has no time zones: two functions of Python stand in for what it lacks.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, String, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Folded(FunctionElement[str]):
    """A text in lower case, letters outside of ASCII too. No index serves it."""

    name = "rtpy_folded"
    inherit_cache = True
    type = String()


class LocalTime(FunctionElement[datetime]):
    """A moment as the clocks of a zone show it: (column, name of the zone). Naive; for taking parts of it only."""

    name = "rtpy_local"
    inherit_cache = True
    type = DateTime()


def folded(column: ColumnElement[Any], text: str) -> ColumnElement[str]:
    """The column as it must be to be compared with `text.lower()`. Plain `lower` where that is enough: it is quick."""
    return func.lower(column) if text.isascii() else Folded(column)


def install(dbapi: Any) -> None:
    """Give a connection of SQLite the functions."""
    dbapi.create_function("rtpy_folded", 1, _fold, deterministic=True)
    dbapi.create_function("rtpy_local", 2, _local, deterministic=True)


def _fold(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _local(moment: str | None, zone: str) -> str | None:
    if moment is None:
        return None
    at = datetime.fromisoformat(moment)
    ahead = _ahead(moment[:10], zone)
    if ahead is None:
        local = at.replace(tzinfo=UTC).astimezone(_zone(zone)).replace(tzinfo=None)
    else:
        local = at + ahead
    return local.isoformat(" ", "seconds")


@lru_cache(20_000)
def _ahead(day: str, zone: str) -> timedelta | None:
    """By how much the clocks of a zone are ahead of UTC all through a day of UTC; None where that changes.

    To ask the zone for each moment takes four times as long.
    """
    if day >= "9999":
        return None
    begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
    first, last = (each.astimezone(_zone(zone)).utcoffset() for each in (begin, begin + timedelta(days=1)))
    return first if first == last else None


@lru_cache(50)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@compiles(Folded)
def _lower(element: Folded, compiler: Any, **more: Any) -> str:
    return f"lower({compiler.process(element.clauses, **more)})"


@compiles(Folded, "sqlite")
def _python_lower(element: Folded, compiler: Any, **more: Any) -> str:
    return f"rtpy_folded({compiler.process(element.clauses, **more)})"


@compiles(LocalTime)
def _at_time_zone(element: LocalTime, compiler: Any, **more: Any) -> str:
    column, zone = element.clauses
    return f"timezone({compiler.process(zone, **more)}, {compiler.process(column, **more)})"


@compiles(LocalTime, "sqlite")
def _python_local(element: LocalTime, compiler: Any, **more: Any) -> str:
    return f"rtpy_local({compiler.process(element.clauses, **more)})"
