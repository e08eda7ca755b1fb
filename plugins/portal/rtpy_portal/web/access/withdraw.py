"""Keys of customers, for staff: who holds one for a ticket, and taking it away."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Refused
from rtpy.http.resources import TicketResource
from rtpy.http.security import STAFF
from rtpy.models import User
from rtpy.rights.names import Right
from rtpy_portal.models import Key
from rtpy_portal.rights import MANAGE_PORTAL_PEOPLE
from rtpy_portal.web.ticket_facts import ticket_facts


def show_keys(request: Request, about: TicketResource) -> Mapping[str, object] | None:
    """The piece beside a ticket: each person with a link that was mailed. No query of its own."""
    keys = ticket_facts(request, about.ticket.id).keys
    if not keys or not may_withdraw(about):
        return None
    lines = [
        {
            "name": user.display_name,
            "made": request.when(key.made),
            "url": request.route_path("portal.access.withdraw", id=about.ticket.id, key=key.id),
        }
        for key, user in keys
    ]
    return {"lines": lines}


@view_config(route_name="portal.access.withdraw", request_method="POST", permission=STAFF)
def withdraw(about: TicketResource, request: Request) -> Response:
    """The link opens nothing from now on; the log of configuration says who did it."""
    if not may_withdraw(about):
        raise Refused(f"You need the right {MANAGE_PORTAL_PEOPLE}, or ModifyTicket on this ticket.")
    work = about.work
    key = work.db.get(Key, int(request.matchdict["key"]), with_for_update=True)
    if key is None or key.ticket_id != about.ticket.id:
        raise HTTPNotFound()
    user = work.db.get_one(User, key.user_id)
    if key.withdrawn is None:
        key.withdrawn = work.now
        name = f"ticket {about.ticket.id}, {user.name}"
        note_configuration(work, "portal key", key.id, name, {"good": True}, {"good": False})
    request.flash(
        f"The link of {user.display_name} opens nothing any more. The next mail to them has a new one."
    )
    return HTTPSeeOther(request.route_path("ticket.display", id=about.ticket.id))


def may_withdraw(about: TicketResource) -> bool:
    """ManagePortalPeople, or ModifyTicket on the ticket. No query."""
    return about.work.rights.system(MANAGE_PORTAL_PEOPLE) or about.allows(Right.MODIFY_TICKET)
