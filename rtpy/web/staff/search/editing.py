"""One row of a result, edited in place: status, owner, priority and due."""

from dataclasses import dataclass

from pyramid.request import Request

from rtpy.models import Queue, Ticket, User
from rtpy.web.forms import Option
from rtpy.web.staff.search.offered import staff_names


@dataclass(frozen=True, slots=True)
class Edited:
    """The values of the form; `url` takes them, `return_to` is the page that is shown afterwards."""

    id: int
    subject: str
    url: str
    return_to: str
    statuses: tuple[Option, ...]
    owners: tuple[Option, ...]
    priority: int
    due: str


def edit_in_place(request: Request, ticket_id: int, return_to: str) -> Edited | None:
    """The form for a ticket that the search has found. Four queries."""
    ticket = request.db.get(Ticket, ticket_id)
    if ticket is None:
        return None
    owner, queue = request.db.get(User, ticket.owner_id), request.db.get(Queue, ticket.queue_id)
    life = request.app.lifecycles.get(queue.lifecycle)
    moves = [Option(move.new, life.shown(move.new)) for move in life.moves_from(ticket.status)]
    names = [name for name in staff_names(request) if name not in ("__CurrentUser__", "Nobody")]
    present = "nobody" if ticket.owner_id == request.app.nobody_id(request.db) else owner.name
    owners = dict.fromkeys(("nobody", present, *names))
    due = ticket.due.astimezone(request.zone).strftime("%Y-%m-%dT%H:%M") if ticket.due else ""
    return Edited(
        ticket.id,
        ticket.subject or "(no subject)",
        request.route_path("ticket.modify", id=ticket.id),
        return_to,
        (Option("", life.shown(ticket.status), True), *moves),
        tuple(Option(name, name, name == present) for name in owners),
        ticket.priority,
        due,
    )
