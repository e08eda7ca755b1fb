"""Custom fields of people, groups, organisations and queues: beside their pages, on a page of their own, changed."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.customfields.others import set_fields
from rtpy.customfields.kinds import LOOKUPS, Lookup
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.fields.contents import contents_of
from rtpy.fields.definitions import fields_for
from rtpy.http.redirects import safe_path
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Group, Organization, Queue, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.web.custom_fields.posted import given_fields, removed_rows
from rtpy.web.custom_fields.values import show_boxes
from rtpy.web.shown import Link

PAGES = {
    Lookup.USER: "people.display",
    Lookup.ORGANIZATION: "organization.display",
    Lookup.QUEUE: "queue.display",
}
"""Where the thing itself is shown, of kinds that everybody of the staff may look at."""


def show_thing_fields(request: Request, lookup: str, object_id: int) -> dict[str, object]:
    """`field_boxes` and `fields_url` for custom_fields.pt on the page of a thing. One query, none without fields."""
    container = object_id if lookup == Lookup.QUEUE else 0
    boxes = []
    if fields_for(request.app, request.db, lookup, container):
        held = contents_of(request.db, lookup, object_id)
        boxes = show_boxes(request, lookup, object_id, held, container_id=container)
    return {
        "field_boxes": boxes,
        "fields_url": request.route_path("custom_field.thing", lookup=lookup, id=object_id),
    }


@view_config(
    route_name="custom_field.thing",
    request_method="GET",
    renderer="staff/custom_fields.pt",
    permission=STAFF,
)
def show_thing(resource: SystemResource, request: Request) -> dict[str, object]:
    """The fields of one thing, each to be changed in place."""
    lookup, object_id, name = _thing(request)
    crumbs = [Link("Home", request.route_path("home"))]
    if lookup in PAGES:
        crumbs.append(Link(name, request.route_path(PAGES[Lookup(lookup)], id=object_id)))
    return {
        "crumbs": tuple(crumbs),
        "name": name,
        "kind": LOOKUPS[lookup].label,
        **show_thing_fields(request, lookup, object_id),
    }


@view_config(route_name="custom_field.thing", request_method="POST", permission=STAFF)
def change_thing(resource: SystemResource, request: Request) -> Response:
    """What the form showed is kept, all or nothing; back to the page that it came from."""
    lookup, object_id, _ = _thing(request)
    try:
        with request.db.begin_nested():
            done = set_fields(
                request.work,
                lookup,
                object_id,
                given_fields(request, lookup),
                removed=removed_rows(request),
            )
    except (Invalid, Refused, Conflict) as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash("Saved." if done else "Nothing changed: it was like that already.")
    known = Lookup(lookup) in PAGES and lookup != Lookup.QUEUE
    route = PAGES[Lookup(lookup)] if known else "custom_field.thing"
    places = {"id": object_id} if known else {"id": object_id, "lookup": lookup}
    there = request.route_path(route, **places)
    return HTTPSeeOther(safe_path(request, request.POST.get("return_to"), there))


def _thing(request: Request) -> tuple[str, int, str]:
    """What it is about, if the reader may know of it."""
    lookup, object_id = request.matchdict["lookup"], int(request.matchdict["id"])
    rights = request.work.rights
    row = request.db.get(_MODELS[lookup], object_id)
    if row is None or (lookup == Lookup.USER and row.name in (NOBODY, SYSTEM_USER)):
        raise HTTPNotFound()
    if lookup == Lookup.QUEUE and not rights.of(Right.SEE_QUEUE).in_queue(object_id):
        raise HTTPNotFound()
    if lookup == Lookup.GROUP and not any(
        rights.of(right).on("group", object_id) for right in (Right.SEE_GROUP, Right.ADMIN_GROUP)
    ):
        raise HTTPNotFound()
    name = row.display_name if isinstance(row, User) else row.name
    return lookup, object_id, str(name)


_MODELS: dict[str, type[User] | type[Group] | type[Organization] | type[Queue]] = {
    Lookup.USER: User,
    Lookup.GROUP: Group,
    Lookup.ORGANIZATION: Organization,
    Lookup.QUEUE: Queue,
}
