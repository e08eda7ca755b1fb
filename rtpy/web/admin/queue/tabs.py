"""The parts of a queue's settings, each a page of its own."""

from pyramid.request import Request

from rtpy.models import Queue
from rtpy.web.shown import Link


def queue_tabs(request: Request, queue: Queue, current: str) -> tuple[Link, ...]:
    """Links to the pages about one queue; `current` is the route of the page that shows them."""
    kind = {"kind": "queue", "id": queue.id}
    pages = (
        ("Settings", "admin.queue.modify", {}),
        ("Watchers", "admin.queue.watchers", {}),
        ("Rights", "admin.rights.list", kind),
        ("Log of changes", "admin.log.list", {"kind": "queue", "object": queue.id}),
    )
    return tuple(
        Link(
            label,
            request.route_path(route, id=queue.id, _query=query or None)
            if not query
            else request.route_path(route, _query=query),
            current=route == current,
        )
        for label, route, query in pages
    )
