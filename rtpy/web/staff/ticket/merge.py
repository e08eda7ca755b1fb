"""Merging a ticket into another one: choose it, look at what moves, do it."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, or_, select

from rtpy.changes.allowed import may
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.roles import roles_of
from rtpy.changes.ticket.merge import MergeInto
from rtpy.errors import Conflict, Refused
from rtpy.http.resources import TicketResource
from rtpy.links.uris import ticket_id_of
from rtpy.mail.return_address import queue_of
from rtpy.models import Link as LinkRow
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.rows import status_badge
from rtpy.web.staff.ticket.sidebar import WatcherLine, read_watchers
from rtpy.web.times import show_minutes

SAID = ("Create", "Correspond", "Comment")


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would do: the ticket it goes into, and what comes to it, a sentence each."""

    id: int
    subject: str
    status: Html
    queue: str
    url: str
    moves: tuple[str, ...]
    stays: tuple[str, ...]


@view_config(
    route_name="ticket.merge",
    request_method="GET",
    renderer="staff/ticket/merge.pt",
    permission=Right.MODIFY_TICKET,
)
def show_merge(resource: TicketResource, request: Request) -> dict[str, object]:
    """`?into=17`: what merging into that one would do."""
    into = request.GET.get("into", "")
    if not into.strip():
        return _page(resource, request, "", None, "")
    try:
        target = _target(resource, into)
        MergeInto(target).check(resource.work, resource.ticket)
    except Refused as refused:
        return _page(resource, request, into, None, str(refused), 422)
    return _page(resource, request, into, _preview(request, resource, target), "")


@view_config(
    route_name="ticket.merge",
    request_method="POST",
    renderer="staff/ticket/merge.pt",
    permission=Right.MODIFY_TICKET,
)
def merge_ticket(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """Field `into`. Both numbers lead to the other ticket from then on."""
    into, ticket = texts_of(request).get("into", ""), resource.ticket
    try:
        target = _target(resource, into)
        change_ticket(resource.work, ticket, MergeInto(target))
    except (Refused, Conflict) as refused:
        return _page(resource, request, into, None, str(refused), 422)
    request.flash(f"Ticket #{ticket.id} goes on in #{target.id}; both numbers lead here.")
    return HTTPSeeOther(request.route_path("ticket.display", id=target.id))


def _target(resource: TicketResource, text: str) -> Ticket:
    work = resource.work
    number = ticket_id_of(text.strip(), work.app.config.organization)
    found = work.db.get(Ticket, number) if number is not None else None
    if found is not None and found.merged_into_id is not None:
        found = work.db.get(Ticket, found.merged_into_id)
    if found is None or not may(work, found, Right.SHOW_TICKET):
        raise Refused(f"There is no ticket “{text.strip()[:40]}” that you can see: write its number.")
    return found


def _preview(request: Request, resource: TicketResource, target: Ticket) -> MergePreview:
    db, ticket = request.db, resource.ticket
    mine, theirs = read_watchers(db, ticket.id), read_watchers(db, target.id)
    there = {(line.role, line.id) for line in theirs}
    messages = db.scalar(
        select(func.count(Transaction.id)).where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type.in_(SAID),
        )
    )
    links = db.scalar(
        select(func.count(LinkRow.id)).where(
            LinkRow.type != "MergedInto",
            or_(LinkRow.local_base_id == ticket.id, LinkRow.local_target_id == ticket.id),
            or_(LinkRow.local_base_id.is_(None), LinkRow.local_base_id != target.id),
            or_(LinkRow.local_target_id.is_(None), LinkRow.local_target_id != target.id),
        )
    )
    target_queue = queue_of(db, target).name
    moves = [f"{messages or 0} message{'' if messages == 1 else 's'} and the rest of the history"]
    moves += _people(request, [line for line in mine if (line.role, line.id) not in there], there)
    if links:
        moves.append(f"{links} link{'s' if links > 1 else ''}")
    if ticket.time_worked:
        moves.append(
            f"{show_minutes(ticket.time_worked)} of work, added to {show_minutes(target.time_worked)}"
        )
    stays = ["Its status, owner, priority and dates: those of the other ticket count."]
    if target.queue_id != ticket.queue_id:
        stays.append(f"Its queue {ticket.queue.name}: the other ticket is in {target_queue}.")
    if target.organization_id != ticket.organization_id:
        stays.append("Its organisation: the two tickets belong to different ones.")
    return MergePreview(
        target.id,
        target.subject or "(no subject)",
        status_badge(request.app, target.status),
        target_queue,
        request.route_path("ticket.display", id=target.id),
        tuple(moves),
        tuple(stays),
    )


def _people(request: Request, lines: list[WatcherLine], there: set[tuple[str, int]]) -> list[str]:
    """Who comes along; a role for one person stays with who plays it there."""
    roles = roles_of(request.app, request.db)
    played = {role for role, _ in there}
    single = {role for role, known in roles.by_role.items() if known.is_single and role in played}
    return [f"{line.name} as {roles.words(line.role)}" for line in lines if line.role not in single]


def _page(
    resource: TicketResource,
    request: Request,
    into: str,
    preview: MergePreview | None,
    wrong: str,
    status: int = 200,
) -> dict[str, object]:
    request.response.status_int = status
    ticket, path = resource.ticket, request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "subject": ticket.subject or "(no subject)",
        "status": status_badge(request.app, ticket.status),
        "preview": preview,
        "into": Field(
            "into",
            "Merge into ticket",
            into.strip()[:40],
            hint="The number of the ticket that stays, such as 17.",
            error=wrong,
            required=True,
            autofocus=True,
            autocomplete="off",
        ),
        "merge_url": path("ticket.merge", id=ticket.id),
        "back_url": path("ticket.display", id=ticket.id),
    }
