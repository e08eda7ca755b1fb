"""Taking a link to a statement back: it opens nothing from then on."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Refused
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import number_in
from rtpy_billing.models import StatementLink
from rtpy_billing.rights import SEE_MONEY
from rtpy_billing.statements.links import withdraw_link


@view_config(route_name="billing.statements.withdraw", request_method="POST", permission=SEE_MONEY)
def withdraw(resource: SystemResource, request: Request) -> Response:
    """Then the statement's page again."""
    number, of = (number_in(request.matchdict[name]) for name in ("link", "id"))
    link = request.db.get(StatementLink, number) if number is not None else None
    if link is None or link.organization_id != of:
        raise HTTPNotFound()
    try:
        withdraw_link(request.work, link)
        request.flash("The link opens nothing any more.")
    except Refused as refused:
        request.flash(str(refused), "bad")
    return HTTPSeeOther(request.route_path("billing.statements.display", id=of))
