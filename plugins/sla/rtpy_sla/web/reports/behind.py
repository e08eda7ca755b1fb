"""The clocks behind a number of a report, page by page."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.paging import asked_page, show_numbers
from rtpy.web.shown import Link
from rtpy_sla.clocks.words import Verdict
from rtpy_sla.reports.counting import people_names
from rtpy_sla.reports.listing import list_clocks
from rtpy_sla.reports.words import NO_CAUSE, VERDICTS
from rtpy_sla.web.reports.asking import FILTERS, fields_for, read_asked
from rtpy_sla.web.reports.cells import RIGHT, cells_of

PER_PAGE = 50


@view_config(
    route_name="sla.reports.behind", request_method="GET", renderer="sla/reports/behind.pt", permission=STAFF
)
def show_behind(resource: SystemResource, request: Request) -> dict[str, object]:
    """One page of the clocks that fit what is asked."""
    path = request.route_path
    found = read_asked(request)
    asked, page = found.asked, asked_page(request)
    report, total = list_clocks(request.work, asked, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    request.response.status_int = 422 if found.problems else 200
    kept = found.kept()
    said = [f"counted as {VERDICTS[asked.verdict]}"] if asked.verdict else []
    if asked.person_id is not None:
        said.append(f"ended by {people_names(request.db, [asked.person_id]).get(asked.person_id, '?')}")
    if asked.cause is not None:
        said.append(f"with the reason “{asked.cause or NO_CAUSE}”")
    days = {name: value for name, value in kept.items() if name not in ("verdict", "person", "cause")}
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link("Service levels", path("sla.reports.list", _query=days)),
        ),
        "fields": fields_for(request, found, FILTERS, with_days=True),
        "hidden": [(name, kept[name]) for name in ("verdict", "person", "cause") if name in kept],
        "said": ", ".join(said),
        "is_open": asked.verdict is Verdict.OPEN,
        "columns": report.columns,
        "headings": [(column.title, column.kind in RIGHT) for column in report.columns],
        "rows": [cells_of(request, report, row, kept) for row in report.rows],
        "pages": show_numbers(
            page,
            PER_PAGE,
            total,
            lambda number: path("sla.reports.behind", _query={**kept, "page": str(number)}),
        ),
    }
