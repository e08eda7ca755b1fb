"""Stored texts read in SQL as what they say: numbers where they are some, and the moments of custom fields."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from rtpy.db.types import UtcDateTime


class AsNumber(FunctionElement[float]):
    """The text's number: digits, at most one point, perhaps a minus before them; NULL for every other text."""

    name = "rtpy_as_number"
    inherit_cache = True
    type = Double()


class AsMoment(FunctionElement[datetime]):
    """The instant of a custom field's stored form, such as 2026-03-31T15:00:00Z; NULL for every other text."""

    name = "rtpy_as_moment"
    inherit_cache = True
    type = UtcDateTime()


def as_number(text: ColumnElement[str]) -> ColumnElement[float]:
    """See AsNumber."""
    return AsNumber(text)


def as_moment(text: ColumnElement[str]) -> ColumnElement[datetime]:
    """See AsMoment."""
    return AsMoment(text)


@compiles(AsNumber, "sqlite")
def _number_on_sqlite(element: AsNumber, compiler: Any, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    return (
        f"CASE WHEN ({text} GLOB '[0-9]*' OR {text} GLOB '-[0-9]*') AND NOT {text} GLOB '?*-*'"
        f" AND NOT {text} GLOB '*.*.*' AND NOT {text} GLOB '*[^-0-9.]*' THEN CAST({text} AS REAL) END"
    )


@compiles(AsNumber, "postgresql")
def _number_on_postgresql(element: AsNumber, compiler: Any, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    return f"CASE WHEN {text} ~ '^-?[0-9]+[.]?[0-9]*$' THEN CAST({text} AS DOUBLE PRECISION) END"


@compiles(AsMoment, "sqlite")
def _moment_on_sqlite(element: AsMoment, compiler: Any, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    return (
        f"CASE WHEN {text} GLOB '????-??-??T??:??:??Z'"
        f" THEN replace(replace({text}, 'T', ' '), 'Z', '.000000') END"
    )


@compiles(AsMoment, "postgresql")
def _moment_on_postgresql(element: AsMoment, compiler: Any, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    digits = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
    return f"CASE WHEN {text} ~ '{digits}' THEN CAST({text} AS TIMESTAMP WITH TIME ZONE) END"
