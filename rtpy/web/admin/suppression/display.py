"""One address that gets no mail, and taking it off the list."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.suppression import CAUSE_WORDS, Cause, let_mail_go_to
from rtpy.errors import NotFound
from rtpy.http.resources import SystemResource
from rtpy.models import SuppressedAddress
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.forms import Field
from rtpy.web.shown import Link


@view_config(
    route_name="admin.suppression.display",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def show_suppressed(resource: SystemResource, request: Request) -> dict[str, object]:
    """Address, reason and note, to be read."""
    row = request.db.get(SuppressedAddress, _number(request))
    if row is None:
        raise HTTPNotFound()
    fields = (
        Field("pattern", "Address or domain", row.pattern, disabled=True, required=True),
        Field("cause", "Why", CAUSE_WORDS[Cause(row.cause)], disabled=True, required=True),
        *(
            (Field("note", "Note", row.note, "textarea", disabled=True, required=True, rows=3),)
            if row.note
            else ()
        ),
    )
    return form_values(
        request,
        title=f"No mail to {row.pattern}",
        post_url=request.route_path("admin.suppression.display", id=row.id),
        sections=(Section("The address", fields, "Mail that was not sent meanwhile stays unsent."),),
        crumbs=(Link("Addresses that get no mail", request.route_path("admin.suppression.list")),),
        buttons=(Button("Let mail go there again", "remove", "primary"),),
    )


@view_config(route_name="admin.suppression.display", request_method="POST", permission=Right.SUPER_USER)
def remove_suppressed(resource: SystemResource, request: Request) -> Response:
    """Take it off the list."""
    try:
        pattern = let_mail_go_to(request.work, _number(request))
    except NotFound as gone:
        raise HTTPNotFound() from gone
    request.flash(f"Mail goes to {pattern} again.")
    return HTTPSeeOther(request.route_path("admin.suppression.list"))


def _number(request: Request) -> int:
    return int(request.matchdict["id"])
