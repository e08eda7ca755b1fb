"""One report: as a page with the definition of each number, and as a file."""

from zoneinfo import ZoneInfo

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.charts.draw import draw
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.search.columns.format import Cell, ColumnChoice
from rtpy.search.out.tables import TableKind, export_rows
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy_sla.reports.all import BY_NAME
from rtpy_sla.reports.counting import sees_all
from rtpy_sla.reports.values import Report, ReportKind
from rtpy_sla.web.reports.asking import AskedFor, fields_for, heeding, read_asked
from rtpy_sla.web.reports.cells import RIGHT, cells_of, heading, sums_of, url_of, written

DRAWN = {"months", "weeks"}
"""Reports that show how it goes on, and so are drawn."""


@view_config(
    route_name="sla.reports.display",
    request_method="GET",
    renderer="sla/reports/display.pt",
    permission=STAFF,
)
def show_report(resource: SystemResource, request: Request) -> dict[str, object]:
    """The answer for the days and filters of the address."""
    kind, path = _kind(request), request.route_path
    found = _asked(request, kind)
    report = kind.make(request.work, found.asked)
    request.response.status_int = 422 if found.problems else 200
    kept = found.kept()
    query = {name: value for name, value in kept.items() if not kind.is_now or name not in ("from", "to")}
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link("Service levels", path("sla.reports.list", _query=query)),
        ),
        "title": kind.title,
        "question": kind.question,
        "fields": fields_for(request, found, kind.filters, with_days=not kind.is_now),
        "columns": report.columns,
        "headings": [(column.title, column.kind in RIGHT) for column in report.columns],
        "rows": [cells_of(request, report, row, kept) for row in report.rows],
        "sums": sums_of(report),
        "drawing": _drawn(kind, report),
        "uncounted": [(sentence, url_of(request, leads, kept)) for sentence, leads in report.uncounted],
        "files": [
            (
                each.value.upper(),
                path("sla.reports.download", name=kind.name, format=each.value, _query=query),
            )
            for each in (TableKind.CSV, TableKind.XLSX)
        ],
        "is_now": kind.is_now,
        "is_partial": not sees_all(request.work),
    }


@view_config(route_name="sla.reports.download", request_method="GET", permission=STAFF)
def download_report(resource: SystemResource, request: Request) -> Response:
    """The same figures as a table: durations in hours as they count, shares in per cent, moments in the zone asked."""
    kind = _kind(request)
    found = _asked(request, kind)
    report = kind.make(request.work, found.asked)
    return file_of(report, TableKind(request.matchdict["format"]), kind.name, found.asked.zone)


def file_of(report: Report, table: TableKind, name: str, zone: ZoneInfo) -> Response:
    """A report as a file."""
    headings = [Cell(ColumnChoice("", title=heading(column)), None) for column in report.columns]
    rows = (
        tuple(written(column, row.values.get(column.name)) for column in report.columns)
        for row in report.rows
    )
    answer = Response(
        app_iter=export_rows(table, headings, rows, zone), content_type=table.media_type.split(";")[0]
    )
    if table is TableKind.CSV:
        answer.charset = "utf-8"
    answer.content_disposition = f'attachment; filename="service-levels-{name}.{table.value}"'
    return answer


def _asked(request: Request, kind: ReportKind) -> AskedFor:
    return heeding(read_asked(request), kind.filters)


def _kind(request: Request) -> ReportKind:
    found = BY_NAME.get(request.matchdict["name"])
    if found is None:
        raise HTTPNotFound("There is no such report.")
    return found


def _drawn(kind: ReportKind, report: Report) -> Html:
    """Met, missed and excused of all targets together, one column for each month or week."""
    if kind.name not in DRAWN or len(report.rows) < 2:
        return Html("")
    labels = tuple(dict.fromkeys(str(row.values["group"]) for row in report.rows))
    series = []
    for name, title in (("met", "Met"), ("missed", "Missed"), ("excused", "Excused")):
        sums = dict.fromkeys(labels, 0.0)
        for row in report.rows:
            sums[str(row.values["group"])] += float(str(row.values[name]))
        series.append(Series(title, tuple(sums.values())))
    chart = Chart(kind.title, labels, tuple(series), report.columns[0].title, "Clocks")
    return Html(draw(chart, Shape.STACKED))
