"""The door: who a request is from, and whether the right that a view names is held on what it is about."""

from typing import Protocol, runtime_checkable

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPForbidden
from pyramid.interfaces import ISecurityPolicy
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED, Allowed, Denied
from zope.interface import implementer

from rtpy.identity.sessions import Login

STAFF = "staff"
"""Permission of pages for every privileged user that is logged in."""
SETTING_UP = frozenset({"second_factor.set_up", "second_factor.picture"})
"""Routes that are open to who must first set up a second factor; beside those that are open to everybody."""
LOGGED_IN = "logged in"
"""Permission of pages for everybody that is logged in, customers too."""


@runtime_checkable
class Resource(Protocol):
    """What a route factory returns: something that rights are held on."""

    @property
    def what(self) -> str:
        """The thing in words, for a sentence such as "You need ModifyTicket on ticket #7"."""
        ...

    def allows(self, right: str) -> bool:
        """Does who is logged in hold `right` on it?"""
        ...


class Missing(Denied):
    """A refusal; `msg` is a sentence that says which right on what is missing."""


class LacksSecondFactor(Missing):
    """Who is logged in must set up a second factor before anything else."""


@implementer(ISecurityPolicy)
class DoorPolicy:
    """Asks the session who it is, and the resource what they may.

    A permission is one of `rtpy.rights.names.Right`, or STAFF, or LOGGED_IN. Rights open pages of staff only to
    staff: a customer may hold ShowTicket, but reads the ticket elsewhere (view option `for_customers=True`).
    """

    def identity(self, request: Request) -> Login | None:
        """The login, or None."""
        login: Login | None = request.login
        return login

    def authenticated_userid(self, request: Request) -> int | None:
        """The id of the user."""
        login = self.identity(request)
        return login.user_id if login else None

    def permits(self, request: Request, context: object, permission: str) -> Allowed | Denied:
        """May it be opened? A refusal is a `Missing` with a sentence for the reader."""
        login = self.identity(request)
        if login is None:
            return Missing("Please log in.")
        if login.lacks_second_factor and getattr(request.matched_route, "name", "") not in SETTING_UP:
            return LacksSecondFactor("Set up a second factor first.")
        if permission == LOGGED_IN:
            return Allowed("logged in")
        if permission == STAFF:
            return Allowed("staff") if login.is_privileged else Missing("This page is for staff.")
        if not isinstance(context, Resource):
            return Missing(f"You need the right {permission} for this.")
        if context.allows(permission):
            return Allowed(permission)
        return Missing(f"You need the right {permission} on {context.what}.")

    def remember(self, request: Request, userid: object, **_: object) -> list[tuple[str, str]]:
        """Not the way in: a login sets its own cookies."""
        return []

    def forget(self, request: Request, **_: object) -> list[tuple[str, str]]:
        """Not the way out: a logout drops its own cookies."""
        return []


def includeme(config: Configurator) -> None:
    """The policy, and the view option `for_customers`."""
    config.set_security_policy(DoorPolicy())
    config.add_view_deriver(_keep_customers_out, "rtpy_keep_customers_out")


def _keep_customers_out(view, info):  # type: ignore[no-untyped-def]  # Pyramid's own shapes
    permission = info.options.get("permission")
    if (
        info.exception_only
        or permission in (NO_PERMISSION_REQUIRED, LOGGED_IN)
        or info.options.get("for_customers")
    ):
        return view

    def staff_only(context: object, request: Request) -> object:
        login = request.login
        if login is not None and not login.is_privileged:
            raise HTTPForbidden(result=Missing("This page is for staff."))
        return view(context, request)

    return staff_only


_keep_customers_out.options = ("for_customers",)  # type: ignore[attr-defined]
