"""The tickets of one queue."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import QueueResource
from rtpy.rights.names import Right
from rtpy.web.shown import Link
from rtpy.web.staff.ticket.list import list_page, read_asked


@view_config(
    route_name="queue.display",
    request_method="GET",
    renderer="staff/ticket/list.pt",
    permission=Right.SEE_QUEUE,
)
def show_queue(resource: QueueResource, request: Request) -> dict[str, object]:
    """What waits in it, as a list with the same filters as any."""
    queue = resource.queue
    asked = read_asked(request, request.GET, queue=queue)
    address = queue.correspond_address or request.app.config.mail.correspond_address
    empty = f"Mail to {address} comes in here." if address else "New tickets of this queue will stand here."
    values = list_page(request, asked, "queue.display", {"id": queue.id}, queue.name, empty)
    home, queues = request.route_path("home"), request.route_path("queue.list")
    return {**values, "crumbs": (Link("Home", home), Link("Queues", queues))}
