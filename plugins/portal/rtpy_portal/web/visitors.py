"""Who is here, and what a page of the portal is about."""

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request

from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_portal.access.keys import COOKIE, find_key
from rtpy_portal.access.members import memberships_of
from rtpy_portal.access.sight import find_request
from rtpy_portal.access.visitor import Visitor, Way

KEY_HOURS = 12
"""For so long a browser remembers the key that it came with; the link in the mail works on."""


@dataclass(frozen=True, slots=True)
class PersonResource:
    """A page for somebody with an account; `work` acts as them."""

    visitor: Visitor
    work: Work


@dataclass(frozen=True, slots=True)
class RequestResource:
    """One request that the visitor may see, by account or by its key; `work` acts as them."""

    visitor: Visitor
    work: Work
    ticket: Ticket


def find_account(request: Request) -> Visitor | None:
    """Who is logged in, as a visitor: `request.portal_account`. Staff too, as the persons they are. One query."""
    login = request.login
    if login is None:
        return None
    return Visitor(
        login.user_id,
        login.name,
        login.display_name,
        Way.ACCOUNT,
        lang=login.lang or "",
        timezone=login.timezone or "",
        is_staff=login.is_privileged,
        memberships=memberships_of(request.app, request.db, login.user_id),
    )


def person_resource(request: Request) -> PersonResource:
    """Who is logged in; all others are sent to the login and come back here."""
    visitor = request.portal_account
    if visitor is None and request.method in ("GET", "HEAD"):
        raise HTTPSeeOther(request.route_path("portal.access.login", _query={"next": request.path_qs}))
    if visitor is None:
        raise HTTPForbidden("Please log in.")
    if request.login.lacks_second_factor:
        raise HTTPSeeOther(request.route_path("second_factor.set_up"))
    return PersonResource(visitor, visitor.acting(request.app.work_in(request.db)))


def request_resource(request: Request) -> RequestResource:
    """The request `id`, for whom may see it: by account, else by the key that the browser holds.

    For all others the same answer whether there is such a request or not: who is logged in reads that there is
    nothing, who is not may log in or ask for a link.
    """
    account, number = request.portal_account, int(request.matchdict["id"])
    if account is not None and request.login.lacks_second_factor:
        raise HTTPSeeOther(request.route_path("second_factor.set_up"))
    if account is not None and (found := find_request(request.db, account, number)) is not None:
        return _resource(request, account, found)
    opened = find_key(request.app, request.db, request.cookies.get(COOKIE, ""))
    if opened is not None and (found := find_request(request.db, opened.visitor, number)) is not None:
        if found.id != number and request.method in ("GET", "HEAD"):
            raise with_key(request, HTTPSeeOther(request_path(request, found.id)), found.id)
        return _resource(request, opened.visitor, found)
    if account is not None:
        raise HTTPNotFound()
    if request.method in ("GET", "HEAD"):
        asked = {"request": str(number), "next": request.path_qs}
        raise HTTPSeeOther(request.route_path("portal.access.lost", _query=asked))
    raise HTTPForbidden("Please log in.")


def request_path(request: Request, number: int, then: str = "") -> str:
    """The path of a request's page, or of one below it: `then` begins with a slash."""
    path: str = request.route_path("portal.requests.display", id=number)
    return path + then


def with_key(
    request: Request, answer: Any, number: int, token: str = ""
) -> Any:  # Any: a response that is raised too
    """The answer with the cookie that opens one request: sent to its pages alone, and for half a day."""
    answer.set_cookie(
        COOKIE,
        token or request.cookies.get(COOKIE, ""),
        max_age=KEY_HOURS * 3600,
        path=request_path(request, number),
        httponly=True,
        samesite="Lax",
        secure=request.app.config.secure_cookies,
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _resource(request: Request, visitor: Visitor, ticket: Ticket) -> RequestResource:
    return RequestResource(visitor, visitor.acting(request.app.work_in(request.db)), ticket)


def visitor_of(request: Request) -> Visitor | None:
    """Whom this page is drawn for: the visitor of what it is about, else who is logged in."""
    about = request.__dict__.get("context")
    if isinstance(about, PersonResource | RequestResource):
        return about.visitor
    account: Visitor | None = request.portal_account
    return account
