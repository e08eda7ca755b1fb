"""The buttons of a ticket: take, steal, give back, and the moves of its lifecycle."""

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.shown import Deed
from rtpy.web.staff.ticket.composer import COMMENT, REPLY

MOVE_ICONS = {"resolved": "check", "open": "refresh", "rejected": "x", "stalled": "pause", "deleted": "trash"}
MODES = {"Respond": REPLY, "Comment": COMMENT}


def show_deeds(request: Request, resource: TicketResource) -> tuple[Deed, ...]:
    """What the reader may do with one click; moves that want words lead to the composer."""
    return (*_owning(request, resource), *_moving(request, resource), *_forwarding(request, resource))


def _forwarding(request: Request, resource: TicketResource) -> list[Deed]:
    if not resource.allows(Right.FORWARD_MESSAGE):
        return []
    url = request.route_path("ticket.forward", id=resource.ticket.id)
    return [Deed("Forward", url, "", "", "quiet", "mail", is_link=True)]


def _owning(request: Request, resource: TicketResource) -> list[Deed]:
    ticket, allows = resource.ticket, resource.allows
    url = request.route_path("ticket.modify", id=ticket.id)
    nobody, me = request.app.nobody_id(request.db), resource.work.actor.user_id
    if ticket.owner_id == me:
        return [Deed("Give back", url, "action", "untake", "quiet")]
    if not allows(Right.OWN_TICKET):
        return []
    if ticket.owner_id == nobody:
        may = allows(Right.TAKE_TICKET) or allows(Right.MODIFY_TICKET)
        return [Deed("Take", url, "action", "take", "", "hand")] if may else []
    may = any(allows(right) for right in (Right.STEAL_TICKET, Right.REASSIGN_TICKET, Right.MODIFY_TICKET))
    return [Deed("Steal", url, "action", "steal", "quiet", "hand")] if may else []


def _moving(request: Request, resource: TicketResource) -> list[Deed]:
    ticket = resource.ticket
    lifecycle = request.app.lifecycles.get(ticket.queue.lifecycle)
    rights = {move.new: move.right for move in lifecycle.moves_from(ticket.status)}
    deeds = []
    for action in lifecycle.actions_from(ticket.status):
        if not resource.allows(rights[action.new]):
            continue
        tone = {"deleted": "danger", "rejected": "quiet"}.get(action.new, "")
        icon = MOVE_ICONS.get(action.new, "")
        if action.update is None:
            url = request.route_path("ticket.modify", id=ticket.id)
            deeds.append(Deed(action.label, url, "status", action.new, tone, icon))
        else:
            mode = MODES[action.update.value]
            query = {"compose": mode, "status": action.new}
            url = request.route_path("ticket.display", id=ticket.id, _query=query, _anchor=mode)
            deeds.append(Deed(action.label, url, "", "", tone, icon, is_link=True))
    return deeds
