"""Opening and closing queues to everybody."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.grants import grant_right, revoke_right
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Queue
from rtpy.rights.holders import Holder, Place
from rtpy.rights.names import Right
from rtpy.web.admin.home import OPEN_RIGHTS, everyone_id
from rtpy.web.staff.forms import number_in, texts_of


@view_config(route_name="admin.grants", request_method="POST", permission=Right.SHOW_CONFIG_TAB)
def change_grant(resource: SystemResource, request: Request) -> Response:
    """Fields `queue` (id), `right` (CreateTicket or ReplyToTicket) and `deed` (grant or revoke)."""
    work, given = request.work, texts_of(request)
    right, queue = given.get("right", ""), work.db.get(Queue, number_in(given.get("queue", "")) or 0)
    if queue is None or right not in [each for each, _ in OPEN_RIGHTS]:
        raise Invalid(Problem("queue", "Choose a queue and a right of the list."))
    change = grant_right if given.get("deed") == "grant" else revoke_right
    try:
        change(work, Holder(everyone_id(work.db)), right, Place("queue", queue.id))
    except Refused as refused:
        request.flash(str(refused), "bad")
    else:
        said = "Everybody has" if change is grant_right else "Not everybody has"
        request.flash(f"{said} the right {right} in {queue.name} now.")
    return HTTPSeeOther(request.route_path("admin.home"))
