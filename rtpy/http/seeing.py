"""Seeing pages as somebody else: a super-user reads what another of the staff would read, and can change nothing."""

from dataclasses import replace
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from rtpy.http.transactions import SAFE_METHODS
from rtpy.identity.sessions import Login
from rtpy.models import Group, GroupMember, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.rights.grants import load_rights

SEE_AS = "see_as"
"""The name in the session's data under which the id of the person stands."""
WAYS_OUT = frozenset({"admin.rights.see_as", "logout"})
"""Routes that can be posted to meanwhile."""


def includeme(config: Configurator) -> None:
    """`request.real_login` and `request.seeing_as`, and the refusal of every change meanwhile."""
    config.add_request_method(find_real_login, "real_login", property=True)
    config.add_request_method(name_seen, "seeing_as", property=True)
    config.add_view_deriver(_only_look, "rtpy_only_look")


def look_as(db: Session, login: Login) -> Login | None:
    """The login as the person that its session looks as; None when it does not, or may not any more.

    Asks nothing of a session that does not. Else three queries: the administrator must still hold SuperUser, the
    person must be enabled and of the staff. Session, token and messages stay the administrator's own.
    """
    wanted = login.data.get(SEE_AS)
    if not isinstance(wanted, int) or not load_rights(db, login.user_id).super_user:
        return None
    row = db.connection().execute(_STAFF, {"user_id": wanted}).one_or_none()
    if row is None:
        return None
    return replace(
        login,
        user_id=row.id,
        name=row.name,
        display_name=row.real_name or row.nick_name or row.name,
        email_address=row.email_address or "",
        is_privileged=True,
        lang=row.lang,
        timezone=row.timezone,
        standing=None,
    )


def find_real_login(request: Request) -> Login | None:
    """The administrator's own login while they see as somebody else, else None."""
    if request.login is None:
        return None
    real: Login | None = request.__dict__.get("_real_login")
    return real


def name_seen(request: Request) -> str | None:
    """The name of who is seen as; None as a rule."""
    return request.login.display_name if request.real_login is not None else None


def _only_look(view: Any, info: Any) -> Any:  # Any: Pyramid's own shapes
    if info.exception_only:
        return view

    def refuse_changes(context: object, request: Request) -> object:
        if request.method not in SAFE_METHODS and request.cookies and request.real_login is not None:
            route = getattr(request.matched_route, "name", "")
            if route not in WAYS_OUT:
                raise HTTPForbidden(result=_Refusal(request.seeing_as))
        return view(context, request)

    return refuse_changes


class _Refusal:
    """What the page of the refusal says, in `msg`."""

    def __init__(self, name: str | None) -> None:
        self.msg = f"You only look at pages as {name} would see them. Nothing was changed."


def _staff() -> Any:  # Any: a Select of seven columns
    privileged = (
        exists()
        .where(GroupMember.group_id == Group.id, GroupMember.member_id == User.id)
        .where(Group.name == PRIVILEGED, Group.domain == "SystemInternal")
    )
    return (
        select(
            User.id,
            User.name,
            User.real_name,
            User.nick_name,
            User.email_address,
            User.lang,
            User.timezone,
        )
        .join(Principal, Principal.id == User.id)
        .where(User.id == bindparam("user_id"), Principal.disabled.is_(False), privileged)
    )


_STAFF = _staff()
