"""One report, as a page and as a file."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.search.out.cells import guard
from rtpy.web.shown import Link
from rtpy_billing.money import plain, shown
from rtpy_billing.reports.all import BY_NAME
from rtpy_billing.reports.values import Column, Kind, Report, ReportKind, Row, Value, hours
from rtpy_billing.rights import SEE_MONEY
from rtpy_billing.web.reports.asking import fields_for, read_asked

RIGHT = frozenset({Kind.HOURS, Kind.MONEY, Kind.PERCENT, Kind.NUMBER})
ROUTES = {
    "organization": "billing.customer.display",
    "person": "people.display",
    "ticket": "ticket.display",
    "agreement": "billing.agreements.display",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table; `url` where it leads to something."""

    text: str
    is_number: bool
    title: str
    url: str | None = None


@view_config(
    route_name="billing.reports.display",
    request_method="GET",
    renderer="billing/reports/display.pt",
    permission=SEE_MONEY,
)
def show_report(resource: SystemResource, request: Request) -> dict[str, object]:
    """The answer for the days and customer of the address."""
    kind, path = _kind(request), request.route_path
    found = read_asked(request)
    report = kind.make(request.work, found.asked)
    request.response.status_int = 422 if found.problems else 200
    asked = {
        "from": found.asked.start.isoformat(),
        "to": (found.asked.end - timedelta(days=1)).isoformat(),
        "customer": found.asked.organization_id or "",
        "person": found.asked.person_id or "",
    }
    return {
        "crumbs": (Link("Home", path("home")), Link("Reports", path("billing.reports.list"))),
        "title": kind.title,
        "question": kind.question,
        "fields": fields_for(request, kind, found),
        "headings": [(column.title, column.kind in RIGHT) for column in report.columns],
        "rows": [_cells(request, report, row) for row in report.rows],
        "sums": [_sums(report, currency, sums) for currency, sums in report.sums()],
        "uncounted": report.uncounted,
        "file_url": path("billing.reports.download", name=kind.name, _query=asked),
    }


@view_config(route_name="billing.reports.download", request_method="GET", permission=SEE_MONEY)
def download_report(resource: SystemResource, request: Request) -> Response:
    """The same as a CSV file: hours as decimals, amounts with a point, the currency beside them."""
    kind = _kind(request)
    report = kind.make(request.work, read_asked(request).asked)
    text = io.StringIO()
    writer = csv.writer(text)
    has_currency = any(row.currency for row in report.rows)
    writer.writerow([*(column.title for column in report.columns), *(["Currency"] if has_currency else [])])
    for row in report.rows:
        values = [_plain(column, row) for column in report.columns]
        writer.writerow([*values, *([row.currency] if has_currency else [])])
    return Response(
        text.getvalue(),
        content_type="text/csv",
        charset="utf-8",
        content_disposition=f'attachment; filename="{kind.name}.csv"',
    )


def _kind(request: Request) -> ReportKind:
    found = BY_NAME.get(request.matchdict["name"])
    if found is None:
        raise HTTPNotFound("There is no such report.")
    return found


def _cells(request: Request, report: Report, row: Row) -> list[Cell]:
    route = ROUTES.get(row.about)
    url = request.route_path(route, id=row.id) if route and row.id is not None else None
    return [
        Cell(_shown(column, row.values.get(column.name), row.currency), column.kind in RIGHT, column.title)
        if number or url is None
        else Cell(
            _shown(column, row.values.get(column.name), row.currency), column.kind in RIGHT, column.title, url
        )
        for number, column in enumerate(report.columns)
    ]


def _sums(report: Report, currency: str, sums: Mapping[str, int]) -> list[Cell]:
    cells = [
        Cell(
            _shown(column, sums[column.name], currency) if column.name in sums else "",
            column.kind in RIGHT,
            column.title,
        )
        for column in report.columns
    ]
    return [Cell(f"Sum {currency}".strip(), False, ""), *cells[1:]]


def _shown(column: Column, value: Value, currency: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, int):
        match column.kind:
            case Kind.HOURS:
                return hours(value) if value >= 0 else f"\u2212{hours(-value)}"
            case Kind.MONEY:
                return shown(value, currency) if currency else "–"
            case Kind.PERCENT:
                return f"{value // 10}.{value % 10} %"
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(column: Column, row: Row) -> str:
    value = row.values.get(column.name)
    if value is None:
        return ""
    if isinstance(value, int):
        match column.kind:
            case Kind.HOURS:
                return f"{value / 3600:.2f}"
            case Kind.MONEY:
                return plain(value, row.currency) if row.currency else ""
            case Kind.PERCENT:
                return f"{value / 10:.1f}"
        return str(value)
    text = value.isoformat() if isinstance(value, date) else value
    return guard(text)
