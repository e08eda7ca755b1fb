"""What all pages about one user share: the user of the address, who may change the account, the tabs."""

from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.request import Request

from rtpy.changes.accounts import is_privileged
from rtpy.changes.grants import may_see_grants
from rtpy.errors import Refused
from rtpy.models import User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.grants import would_be_super_user
from rtpy.rights.holders import EVERYWHERE
from rtpy.web.shown import Link

PARTS = (
    ("admin.users.modify", "Account"),
    ("admin.users.groups", "Groups"),
    ("admin.users.organizations", "Organisations"),
    ("admin.users.rights", "Rights"),
    ("admin.users.tickets", "Tickets"),
    ("admin.users.sessions", "Logins"),
    ("admin.users.tokens", "Tokens"),
    ("admin.users.history", "History"),
    ("admin.users.merge", "Merge"),
    ("admin.users.privacy", "Privacy"),
)


def find_account(request: Request) -> User:
    """The user `id` of the route; 404 for nobody and the system itself; a merged one leads to the kept person."""
    user = request.db.get(User, int(request.matchdict["id"]))
    if user is None or user.name in (NOBODY, SYSTEM_USER):
        raise HTTPNotFound()
    if user.merged_into_id is not None:
        raise HTTPFound(request.route_path(request.matched_route.name, id=user.merged_into_id))
    found: User = user
    return found


def need_changeable(request: Request, user: User) -> None:
    """Raises Refused when a super-user's account is not the reader's to change (A31)."""
    if not request.work.rights.super_user and would_be_super_user(request.db, user.id):
        raise Refused("Only a super-user changes the account of a super-user.")


def tabs_of(request: Request, user: User) -> tuple[Link, ...]:
    """The pages about this user."""
    here = request.matched_route.name
    return tuple(Link(label, request.route_path(route, id=user.id), route == here) for route, label in PARTS)


def links_of(request: Request, user: User) -> tuple[Link, ...]:
    """To the page where one asks why this user may do something, and, for super-users, sees as they see."""
    work, path = request.work, request.route_path
    found = []
    if may_see_grants(work, EVERYWHERE):
        found.append(Link("Why may they …?", path("admin.rights.explain", _query={"who": user.name})))
    other = user.id != work.actor.user_id and request.real_login is None
    if work.rights.super_user and other and is_privileged(work, user.id):
        address = path("admin.rights.explain", _query={"who": user.name}, _anchor="see-title")
        found.append(Link("See as this user", address))
    return tuple(found)


def crumbs_of(request: Request) -> tuple[Link, ...]:
    """The way to these pages."""
    return (Link("Users", request.route_path("admin.users.list")),)
