"""Making a queue."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.queues import QueueValues, create_queue
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.admin.queue.fields import open_field, read_values, show_sections
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.queue.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_QUEUE,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form."""
    first = next(iter(request.app.lifecycles)).name
    name = "default" if "default" in request.app.lifecycles else first
    return _form(request, QueueValues("", lifecycle=name), "everyone")


@view_config(
    route_name="admin.queue.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_QUEUE,
)
def make_queue(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The queue, with its first grants."""
    given = texts_of(request)
    values, open_to = read_values(given), given.get("open_to", "")
    try:
        queue = create_queue(request.work, values, open_to)
    except Invalid as invalid:
        return _form(request, values, open_to, problems_of(invalid))
    request.flash(f"The queue {queue.name} is there.")
    return HTTPSeeOther(request.route_path("admin.queue.modify", id=queue.id))


def _form(
    request: Request, values: QueueValues, open_to: str, problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    path = request.route_path
    further = (Section("Rights", (open_field(open_to),)),) if _may_grant(request) else ()
    return form_values(
        request,
        title="New queue",
        post_url=path("admin.queue.create"),
        sections=show_sections(request, values, *further),
        problems=problems,
        crumbs=(Link("Queues", path("admin.queue.list")),),
        buttons=(Button("Make the queue", "save", "primary"),),
    )


def _may_grant(request: Request) -> bool:
    held: bool = request.work.rights.system(Right.MODIFY_ACL)
    return held
