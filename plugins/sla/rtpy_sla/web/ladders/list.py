"""The ladders, and who uses them."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_sla.ladder.labels import when_label
from rtpy_sla.ladder.reading import known_steps
from rtpy_sla.models import Ladder, Policy
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS


@view_config(
    route_name="sla.ladders.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def list_ladders(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name, `?disabled=1`. Two queries."""
    asked = read_asked(request)
    used: dict[int, list[str]] = {}
    for policy in request.db.execute(
        select(Policy.ladder_id, Policy.name)
        .where(Policy.ladder_id.is_not(None), Policy.disabled.is_(False))
        .order_by(Policy.position, Policy.name)
    ):
        used.setdefault(policy.ladder_id, []).append(policy.name)
    rows = [
        row
        for row in request.db.scalars(select(Ladder).order_by(Ladder.name))
        if asked.finds(row.name, disabled=row.disabled)
    ]
    return list_values(
        request,
        asked,
        route="sla.ladders.list",
        title="Escalation",
        intro="Steps that are taken by themselves while a clock runs: who is told, and what becomes of the ticket.",
        columns=("Ladder", "Steps", "Service levels"),
        lines=[
            Line(
                row.name,
                request.route_path("sla.ladders.modify", id=row.id),
                (
                    ", ".join(when_label(step) for step in known_steps(row.steps)) or "none yet",
                    ", ".join(used.get(row.id, ())) or "none uses it",
                ),
                "off" if row.disabled else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("sla.ladders.create"),
        create_label="New ladder",
        empty="No ladder yet: nobody is warned before a target is missed.",
    )
