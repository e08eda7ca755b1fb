"""What the pages of one directory share: the one that the address says, its tabs, the way to it."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.models import UserDirectory
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.shown import Link


def directory_asked(request: Request) -> UserDirectory:
    """The directory whose number the address says. Raises HTTPNotFound."""
    row: UserDirectory | None = request.db.get(UserDirectory, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row


def tabs_of(request: Request, row_id: int, current: str) -> tuple[Link, ...]:
    """The two pages of one directory."""
    return tuple(
        Link(label, request.route_path(route, id=row_id), route == current)
        for label, route in (("Settings", "admin.directory.modify"), ("Test", "admin.directory.test"))
    )


def crumbs_of(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to a page of one directory."""
    return admin_crumbs(request, Link("Directories", request.route_path("admin.directory.list")), *further)
