"""The overview: met in per cent of each target, in words and drawn, what could not be counted, and all reports."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.charts.draw import draw
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy_sla.models import TicketSla
from rtpy_sla.reports.all import REPORTS
from rtpy_sla.reports.counting import sees_all
from rtpy_sla.reports.kept import by_target
from rtpy_sla.reports.uncounted import uncounted
from rtpy_sla.reports.values import Report
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS, SEE_SERVICE_REPORTS
from rtpy_sla.web.reports.asking import FILTERS, fields_for, read_asked
from rtpy_sla.web.reports.cells import cells_of, sums_of, url_of


@view_config(
    route_name="sla.reports.list", request_method="GET", renderer="sla/reports/list.pt", permission=STAFF
)
def show_overview(resource: SystemResource, request: Request) -> dict[str, object]:
    """The figures of the days of the address, and each report with the question that it answers."""
    work, path = request.work, request.route_path
    found = read_asked(request)
    report = by_target(work, found.asked)
    request.response.status_int = 422 if found.problems else 200
    kept = found.kept()
    is_pinned = bool(report.rows) or work.db.scalar(
        select(TicketSla.ticket_id).where(TicketSla.policy_id.is_not(None)).limit(1)
    )
    system = work.rights.system
    return {
        "crumbs": (Link("Home", path("home")),),
        "fields": fields_for(request, found, FILTERS, with_days=True),
        "columns": report.columns,
        "headings": [(column.title, column.name != "target") for column in report.columns],
        "rows": [cells_of(request, report, row, kept) for row in report.rows],
        "sums": sums_of(report),
        "drawing": drawn(report),
        "uncounted": [
            (sentence, url_of(request, leads, kept)) for sentence, leads in uncounted(work, found.asked)
        ],
        "reports": [
            (each.title, each.question, path("sla.reports.display", name=each.name, _query=kept))
            for each in REPORTS
        ],
        "is_pinned": is_pinned,
        "policies_url": path("sla.policies.list")
        if system(ADMIN_SERVICE_LEVELS) and _is_route(request, "sla.policies.list")
        else None,
        "service_url": path("sla.service_reports.list")
        if system(SEE_SERVICE_REPORTS) and _is_route(request, "sla.service_reports.list")
        else None,
        "is_partial": not sees_all(work),
        "when": f"{found.asked.first.isoformat()} to {found.asked.last.isoformat()}, {found.asked.zone.key}",
    }


def drawn(report: Report) -> Html:
    """Met of decided, a bar for each target; the table says the same."""
    rows = [row for row in report.rows if isinstance(row.values["rate"], int)]
    rates = tuple(int(str(row.values["rate"])) / 10 for row in rows)
    chart = Chart(
        "Met of decided, in per cent",
        tuple(str(row.values["target"]) for row in rows),
        (Series("Met, %", rates),),
        "Target",
        "Per cent",
    )
    return Html(draw(chart, Shape.BARS) if rows else "")


def _is_route(request: Request, name: str) -> bool:
    try:
        request.route_path(name)
    except KeyError:
        return False
    return True
