"""All customers with their service report of one month: not made, made, mailed."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import and_, or_, select

from rtpy.http.resources import SystemResource
from rtpy.models import Organization, Ticket
from rtpy.plugin_settings import setting
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy_sla.models import ReportReader, ServiceReport, TicketSla
from rtpy_sla.reports.mailing import readers
from rtpy_sla.rights import SEE_SERVICE_REPORTS
from rtpy_sla.web.service_reports.month import asked_month


@view_config(
    route_name="sla.service_reports.list",
    request_method="GET",
    renderer="sla/service_reports/list.pt",
    permission=SEE_SERVICE_REPORTS,
)
def list_reports(resource: SystemResource, request: Request) -> dict[str, object]:
    """Customers who have tickets with service levels, or addresses. One query."""
    db, path = request.db, request.route_path
    month = asked_month(request)
    has_levels = (
        select(Ticket.id)
        .join(TicketSla, TicketSla.ticket_id == Ticket.id)
        .where(Ticket.organization_id == Organization.id)
        .exists()
    )
    found = db.execute(
        select(Organization.id, Organization.name, ReportReader, ServiceReport)
        .outerjoin(ReportReader, ReportReader.organization_id == Organization.id)
        .outerjoin(
            ServiceReport,
            and_(ServiceReport.organization_id == Organization.id, ServiceReport.month == month),
        )
        .where(
            Organization.disabled.is_(False),
            or_(has_levels, ReportReader.organization_id.is_not(None), ServiceReport.id.is_not(None)),
        )
        .order_by(Organization.name)
    ).all()
    day = int(setting(request.app, db, "sla.report_day"))
    return {
        "crumbs": (Link("Home", path("home")), Link("Service levels", path("sla.reports.list"))),
        "month": f"{month:%B %Y}",
        "field": Field("month", "Month", month.isoformat()[:7], "month", required=True),
        "rows": [
            (
                name,
                path("sla.service_reports.display", id=id_, month=month.isoformat()[:7]),
                ", ".join(readers(reader)) or "nobody",
                state_of(report),
            )
            for id_, name, reader, report in found
        ],
        "when": f"They are mailed on day {day} of each month to those for whom addresses are given."
        if day
        else "They are not mailed by themselves: the settings of the plugin say on which day of the month they are.",
    }


def state_of(report: ServiceReport | None) -> str:
    """Not made, made, or mailed, with the day."""
    if report is None:
        return "not made yet"
    if report.sent is not None:
        return f"mailed on {report.sent:%d %B %Y}"
    return f"made on {report.created:%d %B %Y}"
