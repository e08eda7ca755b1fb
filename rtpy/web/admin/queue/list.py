"""The queues that the reader may change."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import or_, select

from rtpy.errors import Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Queue
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.queue.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SHOW_CONFIG_TAB,
)
def list_queues(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of name, description or address. One query."""
    asked, may = read_asked(request), request.work.rights.of(Right.ADMIN_QUEUE)
    if may.nowhere:
        raise Refused("You may not change queues: the right AdminQueue is needed.")
    query = select(Queue).order_by(Queue.sort_order, Queue.name).limit(PER_PAGE + 1).offset(asked.offset)
    if not may.everywhere:
        query = query.where(Queue.id.in_(may.queues))
    if not asked.with_disabled:
        query = query.where(Queue.disabled.is_(False))
    for word in asked.words.split()[:5]:
        columns = (Queue.name, Queue.description, Queue.correspond_address, Queue.comment_address)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return list_values(
        request,
        asked,
        route="admin.queue.list",
        title="Queues",
        intro="Where tickets of one kind wait. A queue has its addresses, its lifecycle, and who may do what in it.",
        columns=("Queue", "What it is for", "Address for replies", "Lifecycle"),
        lines=[_line(request, queue) for queue in request.db.scalars(query)],
        create_url=request.route_path("admin.queue.create") if may.everywhere else None,
        create_label="New queue",
        empty="There is no queue yet.",
    )


def _line(request: Request, queue: Queue) -> Line:
    return Line(
        queue.name,
        request.route_path("admin.queue.modify", id=queue.id),
        (queue.description, queue.correspond_address or "–", queue.lifecycle),
        "disabled" if queue.disabled else "mail held" if queue.held else "",
    )
