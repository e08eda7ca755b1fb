"""Where one is logged in: the list of one's own sessions, and ending them."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import LOGGED_IN
from rtpy.identity.sessions import end_sessions_of, sessions_of


@view_config(route_name="sessions", request_method="GET", renderer="staff/sessions.pt", permission=LOGGED_IN)
def sessions(resource: SystemResource, request: Request) -> dict[str, object]:
    """All logins of the reader; this one is marked."""
    work = request.work
    return {
        "sessions": sessions_of(work.db, work.actor.user_id, work.now),
        "this": request.login.session_id,
        "here_url": request.route_path("sessions"),
    }


@view_config(route_name="sessions", request_method="POST", permission=LOGGED_IN)
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
