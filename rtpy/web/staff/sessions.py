"""Where one is logged in: the list of one's own sessions, ending them, and who tried to get in."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.identity.login_history import logins_of
from rtpy.identity.sessions import end_sessions_of, sessions_of
from rtpy.web.login_words import name_browser, say_how, say_result
from rtpy.web.shown import Link
from rtpy.web.staff.people.account import account_tabs

SHOWN = 50
"""Lines of the history."""


@view_config(route_name="sessions", request_method="GET", renderer="staff/sessions.pt", permission=STAFF)
def sessions(resource: SystemResource, request: Request) -> dict[str, object]:
    """All logins of the reader, this one is marked; and the history of the attempts at their account."""
    work = request.work
    return {
        "sessions": sessions_of(work.db, work.actor.user_id, work.now),
        "this": request.login.session_id,
        "browser": name_browser,
        "history": logins_of(work.db, work.actor.user_id, limit=SHOWN),
        "say_how": say_how,
        "say_result": say_result,
        "crumbs": (Link("Home", request.route_path("home")),),
        "tabs": account_tabs(request),
        "here_url": request.route_path("sessions"),
    }


@view_config(route_name="sessions", request_method="POST", permission=STAFF)
def sessions_post(resource: SystemResource, request: Request) -> Response:
    """End one of them (`end` is its number), or all but this one (`end` is `others`)."""
    work, wanted = request.work, request.POST.get("end", "")
    if wanted == "others":
        ended = end_sessions_of(work.db, work.actor.user_id, but=request.login.session_id)
    else:
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 18 else 0
        ended = end_sessions_of(work.db, work.actor.user_id, session_id=number)
    if ended:
        request.flash(f"{ended} login{'' if ended == 1 else 's'} ended.")
    else:
        request.flash("There was nothing to end: that login is over already.", "info")
    return HTTPSeeOther(request.route_path("sessions"))
