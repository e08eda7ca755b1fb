"""What the pages of one provider share: the one that the address says, its tabs, the way to it."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.models import SignOnProvider
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.shown import Link


def provider_asked(request: Request) -> SignOnProvider:
    """The provider whose number the address says. Raises HTTPNotFound."""
    row: SignOnProvider | None = request.db.get(SignOnProvider, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row


def tabs_of(request: Request, row: SignOnProvider, current: str) -> tuple[Link, ...]:
    """The two pages of one provider."""
    return tuple(
        Link(label, request.route_path(route, id=row.id), route == current)
        for label, route in (("Settings", "admin.sign_on.modify"), ("People", "admin.sign_on.people"))
    )


def crumbs_of(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to a page of one provider."""
    return admin_crumbs(request, Link("Single sign-on", request.route_path("admin.sign_on.list")), *further)
