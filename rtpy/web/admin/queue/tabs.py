"""The parts of a queue's settings, each a page of its own."""

from pyramid.request import Request

from rtpy.models import Queue
from rtpy.web.shown import Link


def queue_tabs(request: Request, queue: Queue, current: str) -> tuple[Link, ...]:
    """Links to the pages about one queue; `current` is the route of the page that shows them."""
    path, thing = request.route_path, {"kind": "queue", "id": queue.id}
    log = {"kind": "queue", "object": queue.id}
    pages = (
        ("Settings", "admin.queue.modify", path("admin.queue.modify", id=queue.id)),
        ("Watchers", "admin.queue.watchers", path("admin.queue.watchers", id=queue.id)),
        ("Rights", "admin.rights.list", path("admin.rights.list", _query=thing)),
        ("Values of fields", "custom_field.thing", path("custom_field.thing", lookup="queue", id=queue.id)),
        ("Scrips", "admin.scrips.list", path("admin.scrips.list", _query={"q": queue.name})),
        ("Templates", "admin.templates.list", path("admin.templates.list", _query={"q": queue.name})),
        ("Log of changes", "admin.log.list", path("admin.log.list", _query=log)),
    )
    return tuple(Link(label, url, current=route == current) for label, route, url in pages)
