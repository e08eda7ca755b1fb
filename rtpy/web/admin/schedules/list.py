"""The list of schedules, with how the last run went."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from rtpy.http.resources import SystemResource
from rtpy.models import Schedule, ScheduleRun
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.schedule.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_schedules(resource: SystemResource, request: Request) -> dict[str, object]:
    """By name. One query."""
    asked = read_asked(request)
    runs = aliased(ScheduleRun)
    last = (
        select(func.max(runs.id)).where(runs.schedule_id == Schedule.id).correlate(Schedule).scalar_subquery()
    )
    query = (
        select(Schedule, ScheduleRun)
        .outerjoin(ScheduleRun, ScheduleRun.id == last)
        .order_by(func.lower(Schedule.name))
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    for word in asked.words.split()[:5]:
        query = query.where(Schedule.name.icontains(word, autoescape=True))
    if not asked.with_disabled:
        query = query.where(Schedule.disabled.is_(False))
    lines = [
        Line(
            row.name,
            request.route_path("admin.schedule.modify", id=row.id),
            (
                row.action,
                describe_run(run),
                request.when(run.started) if run is not None else "",
                request.when(row.next_at) if row.next_at and not row.disabled else "never",
            ),
            "off" if row.disabled else "failed" if run is not None and (run.failed or run.error) else "",
        )
        for row, run in request.db.execute(query)
    ]
    return list_values(
        request,
        asked,
        route="admin.schedule.list",
        title="Schedules",
        intro="What is done by the clock: find tickets, ask a condition, do something. The worker runs them.",
        columns=("Name", "Does", "Last run", "When", "Next"),
        lines=lines,
        create_url=request.route_path("admin.schedule.create"),
        create_label="New schedule",
        empty="Nothing is done by the clock yet.",
    )


def describe_run(run: ScheduleRun | None) -> str:
    """What a run did, in words."""
    if run is None:
        return "never ran"
    if run.error:
        return f"stopped: {run.error}"
    if run.finished is None:
        return "is running"
    failed = f", {run.failed} failed" if run.failed else ""
    return f"{run.found} found, {run.done} done, {run.skipped} skipped{failed}"
