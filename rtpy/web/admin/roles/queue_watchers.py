"""Who watches a queue: Cc, AdminCc and custom roles for several people, on all of its tickets."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.queue_watchers import add_queue_watcher, remove_queue_watcher
from rtpy.changes.reader import Reader
from rtpy.changes.roles import roles_of
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import QueueResource
from rtpy.models.watcher import ADMIN_CC, CC
from rtpy.rights.names import Right
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.admin.queue.tabs import queue_tabs
from rtpy.web.avatars import person_avatar
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.queue.watching import read_queue_watchers
from rtpy.web.staff.ticket.people import find_group
from rtpy.web.staff.ticket.sidebar import WatcherLine

HELP = {
    CC: "They get every reply on every ticket of the queue, and the rights of the role Cc there.",
    ADMIN_CC: "Staff who get everything on every ticket of the queue, internal comments too.",
}


@dataclass(frozen=True, slots=True)
class QueueRole:
    """One role with who plays it on the whole queue; `own` lets the reader join or leave himself."""

    role: str
    label: str
    help: str
    lines: tuple[WatcherLine, ...]
    add: Field
    own: str
    """`join`, `leave`, or empty when it is not for the reader."""


@view_config(
    route_name="admin.queue.watchers",
    request_method="GET",
    renderer="admin/queue_watchers.pt",
    permission=Right.SEE_QUEUE,
)
def show_queue_watchers(resource: QueueResource, request: Request) -> dict[str, object]:
    """Who plays which role on the queue."""
    return _page(resource, request, {}, {})


@view_config(
    route_name="admin.queue.watchers",
    request_method="POST",
    renderer="admin/queue_watchers.pt",
    permission=Right.SEE_QUEUE,
)
def change_queue_watchers(resource: QueueResource, request: Request) -> dict[str, object] | Response:
    """Fields `role` with `add` (addresses, names, `group:NAME`), `remove` (an id), `join` or `leave`."""
    given = texts_of(request)
    role = given.get("role", "")
    here = request.route_path("admin.queue.watchers", id=resource.queue.id)
    try:
        with request.db.begin_nested():
            changed = _change(resource, given, role)
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(resource, request, {role: given.get("add", "")}, {role: str(invalid)})
    except Refused as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(here)
    if changed:
        request.flash(f"Who watches {resource.queue.name} is changed.")
    else:
        request.flash("Nothing changed: it was like that already.", "info")
    return HTTPSeeOther(here)


def _change(resource: QueueResource, given: dict[str, str], role: str) -> bool:
    work, queue = resource.work, resource.queue
    me = work.actor.user_id
    if "join" in given:
        return add_queue_watcher(work, queue, role, me)
    if "leave" in given:
        return remove_queue_watcher(work, queue, role, me)
    remove = given.get("remove", "")
    if remove:
        if not remove.isascii() or not remove.isdigit() or len(remove) > 18:
            raise Invalid(Problem("remove", "Choose somebody of the list."))
        return remove_queue_watcher(work, queue, role, int(remove))
    if not resource.allows(Right.MODIFY_QUEUE_WATCHERS):
        raise Refused(
            f"You may not change who watches queue {queue.name}: the right ModifyQueueWatchers is needed."
        )
    reader = Reader(work, given)
    if not reader.word("add"):
        raise Invalid(Problem("add", "Write a mail address or a name."))
    group = find_group(work.db, reader.word("add"))
    if group is not None:
        return add_queue_watcher(work, queue, role, group.id)
    addresses = reader.people("add", ours=False)
    reader.done()
    return sum(add_queue_watcher(work, queue, role, user.id) for user in reader.make(addresses)) > 0


def _page(
    resource: QueueResource, request: Request, typed: dict[str, str], wrong: dict[str, str]
) -> dict[str, object]:
    queue, path, me = resource.queue, request.route_path, resource.work.actor.user_id
    lines = read_queue_watchers(request.db, queue.id)
    roles = [(CC, "Cc", HELP[CC]), (ADMIN_CC, "AdminCc", HELP[ADMIN_CC])]
    roles += [
        (each.role, each.name, each.description)
        for each in roles_of(request.app, request.db).in_queue(queue.id)
        if not each.is_single
    ]
    joins = {CC: Right.WATCH, ADMIN_CC: Right.WATCH_AS_ADMIN_CC}
    mine = {line.role for line in lines if line.id == me}

    def own(role: str) -> str:
        if role not in joins or not resource.allows(joins[role]):
            return ""
        return "leave" if role in mine else "join"

    cards = [
        QueueRole(
            role,
            label,
            words,
            tuple(line for line in lines if line.role == role),
            Field(
                "add",
                "Add by mail address or name, or a group (group:NAME)",
                typed.get(role, ""),
                error=wrong.get(role, ""),
            ),
            own(role),
        )
        for role, label, words in roles
    ]
    return {
        "crumbs": admin_crumbs(request, *_crumbs(request, resource)),
        "queue": queue.name,
        "tabs": queue_tabs(request, queue, "admin.queue.watchers")
        if resource.allows(Right.ADMIN_QUEUE)
        else (),
        "cards": cards,
        "may": resource.allows(Right.MODIFY_QUEUE_WATCHERS),
        "watchers_url": path("admin.queue.watchers", id=queue.id),
        "people_avatar": lambda line: person_avatar(request, line.id, line.name),
        "person_url": lambda line: None if line.is_group else path("people.display", id=line.id),
    }


def _crumbs(request: Request, resource: QueueResource) -> tuple[Link, ...]:
    return (Link(resource.queue.name, request.route_path("queue.display", id=resource.queue.id)),)
