"""Children: a new ticket that is part of another one."""

from collections.abc import Mapping, Sequence

from pyramid.request import Request

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink
from rtpy.http.resources import TicketResource
from rtpy.models import Ticket
from rtpy.models.watcher import REQUESTOR
from rtpy.rights.names import Right
from rtpy.web.staff.ticket.sidebar import WatcherLine
from rtpy.work import Work


def child_url(request: Request, resource: TicketResource, watchers: Sequence[WatcherLine]) -> str | None:
    """The form for a new ticket with the queue and the people of this one; None for who may not link it."""
    ticket = resource.ticket
    may_create = not request.work.rights.of(Right.CREATE_TICKET).nowhere
    if not may_create or not resource.allows(Right.MODIFY_TICKET):
        return None
    people = [line.address for line in watchers if line.role == REQUESTOR and line.address]
    query = {"parent": ticket.id, "queue": ticket.queue_id, "requestor": ", ".join(people)}
    url: str = request.route_path("ticket.create", _query=query)
    return url


def read_parent(given: Mapping[str, str]) -> str:
    """The number of the parent that a form names; empty without one."""
    parent = given.get("parent", "")
    return parent if parent.isascii() and parent.isdigit() and len(parent) < 19 else ""


def adopt(work: Work, ticket: Ticket, given: Mapping[str, str]) -> None:
    """Link the new ticket to the parent that its form names. Raises Refused."""
    if parent := read_parent(given):
        change_ticket(work, ticket, AddLink("MemberOf", parent))
