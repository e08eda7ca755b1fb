"""The tickets of one queue."""

from pyramid.httpexceptions import HTTPFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import QueueResource
from rtpy.rights.names import Right
from rtpy.rights.sharing import SAVED_SEARCHES
from rtpy.search.saved import search_of_queue
from rtpy.web.shown import Link
from rtpy.web.staff.ticket.list import list_page, read_asked


@view_config(
    route_name="queue.display",
    request_method="GET",
    renderer="staff/ticket/list.pt",
    permission=Right.SEE_QUEUE,
)
def show_queue(resource: QueueResource, request: Request) -> dict[str, object] | Response:
    """What waits in it, as a list with the same filters as any, or by the saved search that is its list."""
    queue = resource.queue
    search = search_of_queue(request.work, queue.id) if not request.GET else None
    if search is not None and SAVED_SEARCHES.sees(request.work.rights, request.login.user_id, None):
        return HTTPFound(request.route_path("search.results", _query={"saved": search}))
    asked = read_asked(request, request.GET, queue=queue)
    address = queue.correspond_address or request.app.config.mail.correspond_address
    empty = f"Mail to {address} comes in here." if address else "New tickets of this queue will stand here."
    values = list_page(request, asked, "queue.display", {"id": queue.id}, queue.name, empty)
    home, queues = request.route_path("home"), request.route_path("queue.list")
    return {**values, "crumbs": (Link("Home", home), Link("Queues", queues))}
