"""What all pages about one group share: the group of the address, who may see it, the tabs."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.changes.groups import USER_DEFINED, may_on_group
from rtpy.customfields.kinds import Lookup
from rtpy.fields.definitions import fields_for
from rtpy.models import Group
from rtpy.web.admin.groups.list import READING
from rtpy.web.shown import Link

PARTS = (
    ("admin.groups.members", "Members"),
    ("admin.groups.modify", "Name and state"),
    ("admin.groups.history", "History"),
)


def find_group(request: Request) -> Group:
    """The group `id` of the route; 404 for the system's own, and for one that the reader may not see."""
    group: Group | None = request.db.get(Group, int(request.matchdict["id"]))
    if group is None or group.domain != USER_DEFINED or not may_on_group(request.work, group, *READING):
        raise HTTPNotFound()
    return group


def tabs_of(request: Request, group: Group) -> tuple[Link, ...]:
    """The pages about this group."""
    here = request.matched_route.name
    tabs = [Link(label, request.route_path(route, id=group.id), route == here) for route, label in PARTS]
    if fields_for(request.app, request.db, Lookup.GROUP):
        tabs.append(
            Link("Custom fields", request.route_path("custom_field.thing", lookup=Lookup.GROUP, id=group.id))
        )
    return tuple(tabs)


def crumbs_of(request: Request) -> tuple[Link, ...]:
    """The way to these pages."""
    return (Link("Groups", request.route_path("admin.groups.list")),)
