"""Cells of a report: how values are written on the page and in files, and where they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pyramid.request import Request

from rtpy.web.html import Html
from rtpy_sla.reports.values import About, Column, Kind, Leads, Report, Row, Value

RIGHT = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.SECONDS})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table; `url` where it leads to something."""

    text: str | Html
    is_number: bool
    title: str
    url: str | None = None


def cells_of(request: Request, report: Report, row: Row, kept: Mapping[str, str]) -> list[Cell]:
    """A row as the page shows it; `kept` is what was asked, for links to the clocks behind a number."""
    return [
        Cell(
            shown(request, column, row.values.get(column.name)),
            column.kind in RIGHT,
            column.title,
            url_of(request, row.leads.get(column.name), kept),
        )
        for column in report.columns
    ]


def sums_of(report: Report) -> list[Cell]:
    """The last line; empty where nothing adds up."""
    sums = report.sums()
    if not sums or len(report.rows) < 2:
        return []
    cells = [
        Cell(
            in_words(column.kind, sums[column.name]) if column.name in sums else "",
            column.kind in RIGHT,
            column.title,
        )
        for column in report.columns
    ]
    return [Cell("Together", False, ""), *cells[1:]]


def url_of(request: Request, leads: Leads | None, kept: Mapping[str, str]) -> str | None:
    """The address of what a cell leads to."""
    if leads is None:
        return None
    path = request.route_path
    match leads.about:
        case About.CLOCKS:
            return str(path("sla.reports.behind", _query={**kept, **leads.narrowed}))
        case About.CLOCK:
            return str(path("sla.clocks.display", id=leads.id, **leads.narrowed))
        case About.CUSTOMER:
            return str(path("organization.display", id=leads.id))
    return str(path("ticket.display", id=leads.id))


def shown(request: Request, column: Column, value: Value) -> str | Html:
    """A value for people."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        local = value.astimezone(request.zone)
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"
    if isinstance(value, int):
        return in_words(column.kind, value)
    return value.isoformat() if isinstance(value, date) else value


def in_words(kind: Kind, value: int) -> str:
    """`1,234`, `97.5 %`, `12:05 h`."""
    match kind:
        case Kind.PERCENT:
            return f"{value // 10}.{value % 10} %"
        case Kind.SECONDS:
            sign = "\N{MINUS SIGN}" if value < 0 else ""
            minutes = abs(value) // 60
            return f"{sign}{minutes // 60:,}:{minutes % 60:02} h"
    return f"{value:,}"


def written(column: Column, value: Value) -> str | int | Decimal | date | None:
    """A value for files: durations in hours, shares in per cent, as numbers."""
    if isinstance(value, int):
        if column.kind is Kind.SECONDS:
            return (Decimal(value) / 3600).quantize(Decimal("0.01"))
        if column.kind is Kind.PERCENT:
            return Decimal(value) / 10
    return value


def heading(column: Column) -> str:
    """The heading of a column of a file, with the unit."""
    units = {Kind.SECONDS: " (hours)", Kind.PERCENT: " (%)"}
    return f"{column.title}{units.get(column.kind, '')}"
