"""Beginning and ending to see pages as somebody else."""

from dataclasses import replace

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.http.security import LOGGED_IN, Missing
from rtpy.http.seeing import SEE_AS, look_as
from rtpy.models import User
from rtpy.web.admin.rights.explain import find_user
from rtpy.web.staff.forms import texts_of
from rtpy.work import Actor, Face


@view_config(route_name="admin.rights.see_as", request_method="POST", permission=LOGGED_IN)
def see_as(resource: SystemResource, request: Request) -> Response:
    """`deed=look` with `who`, a login name or address, needs SuperUser; `deed=leave` only that one looks."""
    given = texts_of(request)
    return _leave(request) if given.get("deed") == "leave" else _look(request, given.get("who", "").strip())


def _look(request: Request, who: str) -> Response:
    if request.real_login is not None or not request.work.rights.super_user:
        raise HTTPForbidden(result=Missing("You need the right SuperUser on the whole system."))
    user = find_user(request, who[:320])
    if user is None or user.id == request.login.user_id:
        raise Invalid(
            Problem("who", "Give the login name or the mail address of somebody else of the staff.")
        )
    if look_as(request.db, replace(request.login, data={SEE_AS: user.id})) is None:
        raise Invalid(
            Problem(
                "who", f"{user.display_name} is not of the staff, or is switched off: no page opens for them."
            )
        )
    request.session[SEE_AS] = user.id
    request.session.changed()
    note_configuration(request.work, "see_as", user.id, user.name, None, {"looks": True})
    return HTTPSeeOther(request.route_path("home"))


def _leave(request: Request) -> Response:
    real = request.real_login
    if real is not None:
        seen = request.db.get_one(User, request.login.user_id)
        work = request.app.work_in(request.db, Actor(real.user_id, real.name, Face.WEB))
        note_configuration(work, "see_as", seen.id, seen.name, {"looks": True}, None)
    if request.session.pop(SEE_AS, None) is not None:
        request.session.changed()
    return HTTPSeeOther(request.route_path("home"))
