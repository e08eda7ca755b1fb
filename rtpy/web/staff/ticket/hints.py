"""What was made of a mail and may be wrong: a line on the ticket's page, and one click to put it right."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import NotFound, Refused
from rtpy.history.entry import Entry
from rtpy.http.resources import TicketResource
from rtpy.mail.hints import may_have_hints, open_hints, settle_hint
from rtpy.rights.names import Right
from rtpy.web.staff.forms import texts_of


@dataclass(frozen=True, slots=True)
class HintLine:
    """A sentence with two buttons: `back` undoes what was made of the mail, `right` lets it be."""

    id: int
    url: str
    said: str
    back: str
    right: str


def show_hints(request: Request, resource: TicketResource, entries: Sequence[Entry]) -> list[HintLine]:
    """What nobody has settled yet. One query, none where no message of the page tells of one."""
    remarks = [remark for entry in entries for remark in entry.remarks]
    if not may_have_hints(remarks) or not resource.allows(Right.MODIFY_TICKET):
        return []
    url = request.route_path("ticket.hint", id=resource.ticket.id)
    lifecycle = request.app.lifecycles.get(resource.ticket.queue.lifecycle)
    lines = []
    for hint, original, sender in open_hints(request.work, resource.numbers):
        if hint.kind == "forwarded":
            said = f"{sender} forwarded this mail. {original} was taken as requestor."
            lines.append(HintLine(hint.id, url, said, f"Make {sender} the requestor", "That is right"))
        elif lifecycle.is_inactive(resource.ticket.status):
            said = f"{sender} said thanks, and the ticket stayed {resource.ticket.status}."
            lines.append(HintLine(hint.id, url, said, "Open it again", "Leave it"))
    return lines


@view_config(route_name="ticket.hint", request_method="POST", permission=Right.MODIFY_TICKET)
def settle(resource: TicketResource, request: Request) -> Response:
    """Fields `hint` and `deed`: back or right."""
    given, ticket = texts_of(request), resource.ticket
    number, deed = given.get("hint", ""), given.get("deed", "")
    if deed not in ("back", "right") or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise HTTPNotFound()
    try:
        with request.work.db.begin_nested():
            settle_hint(request.work, ticket, resource.numbers, int(number), right=deed == "right")
    except NotFound as gone:
        request.flash(str(gone), "warn")
    except Refused as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash("That is noted." if deed == "right" else "It is put right.")
    return HTTPSeeOther(request.route_path("ticket.display", id=ticket.id))
