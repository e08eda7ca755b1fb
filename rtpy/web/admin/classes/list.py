"""All classes of articles that the reader may change."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.rights.names import Right
from rtpy.search.articles import ClassKnown, known_classes
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked

PARTS = ("title", "summary", "content", "fields")


@view_config(route_name="admin.class.list", request_method="GET", renderer="admin/list.pt", permission=STAFF)
def list_classes(resource: SystemResource, request: Request) -> dict[str, object]:
    """By order and name, where they are offered and what they insert. No query as a rule."""
    asked = read_asked(request)
    grants = request.work.rights.of(Right.ADMIN_CLASS)
    queues = dict(request.queues_seen)
    found = [
        each
        for each in known_classes(request.app, request.db).values()
        if grants.on("class", each.id) and asked.finds(each.name, disabled=each.disabled)
    ]
    return list_values(
        request,
        asked,
        route="admin.class.list",
        title="Article classes",
        intro="A class says who may read its articles, in which queues they are offered, and what of them gets "
        "into a message.",
        columns=("Class", "Offered in", "A message gets", "What for"),
        lines=[_line(request, each, queues) for each in found[asked.offset :][: PER_PAGE + 1]],
        create_url=request.route_path("admin.class.create")
        if request.work.rights.system(Right.ADMIN_CLASS)
        else None,
        create_label="New class",
        empty="No classes yet. Articles need one: make the first.",
    )


def _line(request: Request, each: ClassKnown, queues: dict[int, str]) -> Line:
    names = ", ".join(sorted(queues[number] for number in each.queues if number in queues))
    return Line(
        each.name,
        request.route_path("admin.class.modify", id=each.id),
        (
            "all queues" if 0 in each.queues else names or "no queue",
            ", ".join(part for part in PARTS if part in each.takes),
            each.description,
        ),
        "switched off" if each.disabled else "",
    )
