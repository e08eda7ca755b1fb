"""The levels, and how many queues use each."""

from collections import Counter

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.plugin_settings import setting
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.shown import Link
from rtpy_sla.ladder.labels import span_label
from rtpy_sla.levels.settings import USUAL
from rtpy_sla.levels.terms import LevelTerms, Time, known_terms
from rtpy_sla.models import Level, QueueLevel
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS


@view_config(
    route_name="sla.levels.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def list_levels(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name, `?disabled=1`. Two queries."""
    asked = read_asked(request)
    usual = str(setting(request.app, request.db, USUAL)).strip().lower()
    used = Counter(request.db.scalars(select(QueueLevel.level_id)))
    rows = [
        row
        for row in request.db.scalars(select(Level).order_by(Level.name))
        if asked.finds(row.name, disabled=row.disabled)
    ]

    def queues(row: Level) -> str:
        number = used[row.id] + (used[None] if row.name.lower() == usual else 0)
        said = "1 queue" if number == 1 else f"{number} queues" if number else "none"
        return f"{said} (the usual level)" if row.name.lower() == usual else said

    return list_values(
        request,
        asked,
        route="sla.levels.list",
        title="RT's own levels",
        intro="As in RT: a ticket's SLA names a level, and Due and Starts follow from it. Who wants promises that can "
        "be counted and reported takes service levels instead; both can stand side by side.",
        columns=("Level", "Promises", "Queues"),
        lines=[
            Line(
                row.name,
                request.route_path("sla.levels.modify", id=row.id),
                (said_terms(known_terms(row.terms)), queues(row)),
                "off" if row.disabled else "",
            )
            for row in rows[asked.offset : asked.offset + PER_PAGE + 1]
        ],
        create_url=request.route_path("sla.levels.create"),
        create_label="New level",
        empty="No level yet. Make one, then say which queues use levels.",
        tabs=tabs(request, "levels"),
    )


def tabs(request: Request, current: str) -> list[Link]:
    """Levels and queues."""
    path = request.route_path
    return [
        Link("Levels", path("sla.levels.list"), current=current == "levels"),
        Link("Queues", path("sla.levels.queues"), current=current == "queues"),
    ]


def said_terms(terms: LevelTerms) -> str:
    """`Response 2 h, resolve 40 h`; business time unless it says otherwise."""
    named = (("response", terms.response), ("in the loop", terms.keep_in_loop), ("resolve", terms.resolve))
    said = ", ".join(f"{name} {said_time(time)}" for name, time in named if time is not None)
    return said[:1].upper() + said[1:] if said else "nothing yet"


def said_time(time: Time) -> str:
    """`2 h`, `30 min by the clock`, `2 h and 30 min by the clock`."""
    business = span_label(60 * time.business) if time.business is not None else ""
    real = f"{span_label(60 * time.real)} by the clock" if time.real is not None else ""
    return " and ".join(filter(None, (business, real)))
