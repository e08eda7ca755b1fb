"""Which queues use levels, and which level their new tickets get."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import Queue
from rtpy.plugin_settings import setting
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_sla.levels.known import levels_of
from rtpy_sla.levels.saving import NONE, USUAL, set_queue_level
from rtpy_sla.levels.settings import USUAL as USUAL_SETTING
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS
from rtpy_sla.web.levels.list import tabs


@view_config(
    route_name="sla.levels.queues",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """A select for each queue in use."""
    return _form(request, {})


@view_config(
    route_name="sla.levels.queues",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save what differs."""
    given = texts_of(request)
    present = _present(request)
    try:
        for queue in _queues(request):
            wanted = given.get(f"queue.{queue.id}", "")
            if wanted and wanted != present.get(queue.id, NONE):
                set_queue_level(request.work, queue, wanted)
    except Invalid as invalid:
        return _form(request, given, problems_of(invalid))
    request.flash("The queues are saved.")
    return HTTPSeeOther(request.route_path("sla.levels.queues"))


def _queues(request: Request) -> list[Queue]:
    query = select(Queue).where(Queue.disabled.is_(False)).order_by(Queue.name)
    return list(request.db.scalars(query))


def _present(request: Request) -> dict[int, str]:
    levels = levels_of(request.app, request.db)
    names = {level.id: level.name for level in levels.by_name.values()}
    return {
        queue: USUAL if level is None else names.get(level, NONE) for queue, level in levels.by_queue.items()
    }


def _form(
    request: Request, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    names = levels_of(request.app, request.db).names
    usual = str(setting(request.app, request.db, USUAL_SETTING)).strip()
    choices = {NONE: "No levels", USUAL: f"The usual level ({usual or 'none is set'})"}
    choices |= {name: name for name in names}
    present = _present(request)

    def field(queue: Queue) -> Field:
        name = f"queue.{queue.id}"
        chosen = given.get(name) or present.get(queue.id, NONE)
        options = tuple(Option(value, text, value == chosen) for value, text in choices.items())
        return Field(name, queue.name, chosen, "select", options=options, required=True)

    return form_values(
        request,
        title="Queues that use levels",
        intro="New tickets of a queue get its level, unless they name one themselves. The first queue brings two "
        "scrips, which set Starts and Due.",
        post_url=request.route_path("sla.levels.queues"),
        sections=(Section("Queues", tuple(field(queue) for queue in _queues(request))),),
        problems=problems,
        crumbs=(Link("RT's own levels", request.route_path("sla.levels.list")),),
        tabs=tabs(request, "queues"),
    )
