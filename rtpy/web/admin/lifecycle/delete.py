"""Deleting a lifecycle that nothing uses."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.lifecycles import delete_lifecycle
from rtpy.errors import Refused
from rtpy.http.resources import SystemResource
from rtpy.rights.names import Right
from rtpy.web.admin.lifecycle.frame import find_row


@view_config(route_name="admin.lifecycle.delete", request_method="POST", permission=Right.SUPER_USER)
def drop_lifecycle(resource: SystemResource, request: Request) -> Response:
    """It goes with its maps; one in use stays, and the answer says what uses it."""
    row = find_row(request)
    name = row.name
    try:
        delete_lifecycle(request.work, row)
    except Refused as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(request.route_path("admin.lifecycle.modify", id=row.id))
    request.flash(f"The lifecycle {name} is deleted.")
    return HTTPSeeOther(request.route_path("admin.lifecycle.list"))
