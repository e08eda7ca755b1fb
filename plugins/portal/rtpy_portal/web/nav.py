"""The menu of the portal: a few words, the same on every page."""

from collections.abc import Callable
from dataclasses import dataclass

from pyramid.request import Request

from rtpy_portal.access.visitor import Visitor


def for_all(_request: Request, _visitor: Visitor | None) -> bool:
    """For everybody."""
    return True


def for_accounts(_request: Request, visitor: Visitor | None) -> bool:
    """For people with an account."""
    return visitor is not None and visitor.ticket_id is None


@dataclass(frozen=True, slots=True)
class NavLink:
    """A line of the menu: an English label of the catalogue, a route without parts, and for whom it stands there.

    `shown` is asked on every page: no query.
    """

    label: str
    route: str
    shown: Callable[[Request, Visitor | None], bool] = for_all


def links(request: Request, visitor: Visitor | None) -> list[tuple[str, str, bool]]:
    """(label, address, is this page under it) of the lines for this visitor."""
    say, path = request.portal_say, request.path
    found = []
    for each in request.registry["portal.nav"]:
        if each.shown(request, visitor):
            url = request.route_path(each.route)
            is_here = path == url or (each.route != "portal.start" and path.startswith(url + "/"))
            found.append((say(each.label), url, is_here))
    return found
