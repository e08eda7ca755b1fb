"""All queues, with how many tickets wait in each."""

from dataclasses import dataclass

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Queue
from rtpy.rights.names import Right
from rtpy.search.lists import count_by_queue
from rtpy.web.shown import Link
from rtpy.web.staff.rows import statuses


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue and its counts, in the order of the columns; a count of 0 has no link."""

    name: str
    url: str
    description: str
    address: str
    counts: tuple[Link, ...]
    total: int


@view_config(route_name="queue.list", request_method="GET", renderer="staff/queue/list.pt", permission=STAFF)
def list_queues(resource: SystemResource, request: Request) -> dict[str, object]:
    """Open tickets by status in every queue that the reader may see. Two queries."""
    rights, path = request.work.rights, request.route_path
    sees = rights.of(Right.SEE_QUEUE)
    active = request.app.lifecycles.active_statuses()
    counts = count_by_queue(request.db, rights.of(Right.SHOW_TICKET), active)
    rows = request.db.scalars(
        select(Queue).where(Queue.disabled.is_(False)).order_by(Queue.sort_order, Queue.name)
    )
    default = request.app.config.mail.correspond_address
    lines = []
    for queue in rows:
        if not sees.in_queue(queue.id):
            continue
        here = counts.get(queue.id, {})
        lines.append(
            QueueLine(
                queue.name,
                path("queue.display", id=queue.id),
                queue.description,
                queue.correspond_address or default,
                tuple(
                    Link(
                        str(here.get(status, 0)),
                        path("queue.display", id=queue.id, _query={"status": status})
                        if here.get(status)
                        else "",
                    )
                    for status in active
                ),
                sum(here.values()),
            )
        )
    known = statuses(request.app)
    return {
        "crumbs": (Link("Home", path("home")),),
        "lines": lines,
        "headings": tuple(known[status][0] for status in active),
    }
