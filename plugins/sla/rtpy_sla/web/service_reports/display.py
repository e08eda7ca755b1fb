"""One customer's month: the page as the customer reads it, the PDF, and who gets it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Conflict, Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_sla.models import ReportReader
from rtpy_sla.printed.laid_out import lay_out
from rtpy_sla.printed.pdf import render
from rtpy_sla.printed.words import LANGUAGES
from rtpy_sla.reports.mailing import readers, save_readers, send_now
from rtpy_sla.reports.service import make_report, report_of, stored
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS, SEE_SERVICE_REPORTS
from rtpy_sla.web.service_reports.list import state_of
from rtpy_sla.web.service_reports.month import customer_of, month_of

TEMPLATE = "sla/service_reports/display.pt"


@view_config(
    route_name="sla.service_reports.display",
    request_method="GET",
    renderer=TEMPLATE,
    permission=SEE_SERVICE_REPORTS,
)
def show_report(resource: SystemResource, request: Request) -> dict[str, object]:
    """The figures as they were frozen, or as they stand."""
    return _page(request, {}, {}, "")


@view_config(
    route_name="sla.service_reports.display",
    request_method="POST",
    renderer=TEMPLATE,
    permission=ADMIN_SERVICE_LEVELS,
)
def change_report(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """By `deed`: make it, mail it, or say who gets it."""
    work, customer, month = request.work, customer_of(request), month_of(request)
    given = texts_of(request)
    try:
        match given.get("deed"):
            case "make":
                make_report(work, customer.id, month)
                request.flash("The figures are frozen as they stand now.")
            case "send":
                send_now(work, customer.id, month)
                request.flash("The report is on its way.")
            case _:
                save_readers(work, customer.id, given.get("addresses", ""), given.get("language", ""))
                request.flash("Saved.")
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(request, given, problems_of(invalid), "")
    except Conflict as conflict:
        request.response.status_int = 409
        return _page(request, {}, {}, str(conflict))
    return HTTPSeeOther(request.path)


@view_config(route_name="sla.service_reports.pdf", request_method="GET", permission=SEE_SERVICE_REPORTS)
def show_pdf(resource: SystemResource, request: Request) -> Response:
    """The same as a PDF."""
    customer, month = customer_of(request), month_of(request)
    answer = Response(render(report_of(request.work, customer.id, month)), content_type="application/pdf")
    answer.content_disposition = f'attachment; filename="service-report-{month.isoformat()[:7]}.pdf"'
    return answer


def _page(
    request: Request, given: Mapping[str, str], problems: Mapping[str, str], conflict: str
) -> dict[str, object]:
    work, path = request.work, request.route_path
    customer, month = customer_of(request), month_of(request)
    row = stored(work, customer.id, month)
    reader = request.db.get(ReportReader, customer.id)
    place = {"id": customer.id, "month": month.isoformat()[:7]}
    language = given.get("language") or (reader.language if reader else "en")
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link("Service levels", path("sla.reports.list")),
            Link("Service reports", path("sla.service_reports.list", _query={"month": place["month"]})),
        ),
        "name": customer.name,
        "state": state_of(row),
        "is_sent": row is not None and row.sent is not None,
        "is_made": row is not None,
        "report": lay_out(report_of(work, customer.id, month)),
        "pdf_url": path("sla.service_reports.pdf", **place),
        "may_change": work.rights.system(ADMIN_SERVICE_LEVELS),
        "has_readers": bool(readers(reader)),
        "conflict": conflict,
        "fields": (
            Field(
                "addresses",
                "Mailed to",
                given.get("addresses", "\n".join(readers(reader))),
                "textarea",
                "One address a line. Nobody, if it is empty.",
                problems.get("addresses", ""),
                rows=3,
            ),
            Field(
                "language",
                "Language",
                kind="select",
                error=problems.get("language", ""),
                required=True,
                options=tuple(
                    Option(code, title, code == language) for code, (title, _) in LANGUAGES.items()
                ),
            ),
        ),
    }
