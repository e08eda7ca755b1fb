"""Changing a queue; another lifecycle asks what the statuses of its tickets become."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.allowed import need_in_queue
from rtpy.changes.queues import QueueValues, change_queue, status_changes, typed_values
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Queue
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.admin.queue.fields import read_values, show_sections
from rtpy.web.admin.queue.tabs import queue_tabs
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

BECOMES = "becomes."


@view_config(
    route_name="admin.queue.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SHOW_CONFIG_TAB,
)
def show_queue(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values."""
    queue = _queue(request)
    return _form(request, queue, typed_values(queue))


@view_config(
    route_name="admin.queue.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SHOW_CONFIG_TAB,
)
def save_queue(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """All of them, or none."""
    queue, given = _queue(request), texts_of(request)
    values = read_values(given)
    becomes = {name.removeprefix(BECOMES): to for name, to in given.items() if name.startswith(BECOMES)}
    try:
        with request.db.begin_nested():
            change_queue(request.work, queue, values, becomes=becomes)
    except Invalid as invalid:
        return _form(request, queue, values, problems_of(invalid), becomes)
    except Refused as refused:
        return _form(request, queue, values, {"lifecycle": str(refused)}, becomes)
    request.flash(f"The queue {queue.name} is saved.")
    return HTTPSeeOther(request.route_path("admin.queue.modify", id=queue.id))


def _queue(request: Request) -> Queue:
    queue: Queue | None = request.db.get(Queue, int(request.matchdict["id"]))
    if queue is None:
        raise HTTPNotFound()
    need_in_queue(request.work, queue, Right.ADMIN_QUEUE)
    return queue


def _form(
    request: Request,
    queue: Queue,
    values: QueueValues,
    problems: Mapping[str, str] | None = None,
    becomes: Mapping[str, str] | None = None,
) -> dict[str, object]:
    return form_values(
        request,
        title=queue.name,
        post_url=request.route_path("admin.queue.modify", id=queue.id),
        sections=show_sections(request, values, *_becoming(request, queue, values, becomes or {})),
        problems=problems,
        crumbs=(Link("Queues", request.route_path("admin.queue.list")),),
        tabs=queue_tabs(request, queue, "admin.queue.modify"),
    )


def _becoming(
    request: Request, queue: Queue, values: QueueValues, becomes: Mapping[str, str]
) -> tuple[Section, ...]:
    """With another lifecycle chosen: a choice for each status that tickets of the queue have."""
    changes = status_changes(request.work, queue, values.lifecycle, becomes)
    if not changes:
        return ()
    old = request.app.lifecycles.get(queue.lifecycle)
    new = request.app.lifecycles.get(values.lifecycle)
    fields = tuple(
        Field(
            f"{BECOMES}{status}",
            f"“{old.shown(status)}” becomes",
            kind="select",
            required=True,
            options=(
                Option("", "Choose …", not chosen),
                *(Option(each.lower(), each, each.lower() == chosen) for each in new.statuses),
            ),
        )
        for status, chosen in changes.items()
    )
    help_text = "These statuses have tickets in this queue. The system moves them, and their history says so."
    return (Section(f"From {old.name} to {new.name}", fields, help_text),)
