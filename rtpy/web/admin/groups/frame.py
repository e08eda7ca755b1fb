"""What all pages about one group share: the group of the address, who may see it, the tabs."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.changes.groups import USER_DEFINED, may_on_group
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
    return tuple(Link(label, request.route_path(route, id=group.id), route == here) for route, label in PARTS)


def crumbs_of(request: Request) -> tuple[Link, ...]:
    """The way to these pages."""
    return (Link("Groups", request.route_path("admin.groups.list")),)
