"""The links of a ticket on a page of their own: with subject, status and by whom; added and removed there."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink, DeleteLink
from rtpy.errors import Conflict, Refused
from rtpy.http.redirects import safe_path
from rtpy.http.resources import TicketResource
from rtpy.links.uris import ticket_uri
from rtpy.models import Transaction, User
from rtpy.rights.names import Right
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.rows import status_badge
from rtpy.web.staff.ticket.linkbox import LABELS, show_links
from rtpy.web.staff.ticket.linked import read_linked


@dataclass(frozen=True, slots=True)
class Origin:
    """By whom a link was made, and when."""

    who: str
    at: Html


@view_config(
    route_name="ticket.links",
    request_method="GET",
    renderer="staff/ticket/links.pt",
    permission=Right.SHOW_TICKET,
)
def show_link_page(resource: TicketResource, request: Request) -> dict[str, object]:
    """All links, each with its origin; a form to add one."""
    return _page(resource, request, {}, "")


@view_config(
    route_name="ticket.links",
    request_method="POST",
    renderer="staff/ticket/links.pt",
    permission=Right.SHOW_TICKET,
)
def change_links(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """Fields `kind` and `other` (numbers, #numbers and addresses, several between blanks) add; `remove` takes one away:
    the kind, a colon, the other end."""
    given, work, ticket = texts_of(request), resource.work, resource.ticket
    here = request.route_path("ticket.links", id=ticket.id)
    removed = given.get("remove", "")
    try:
        if removed:
            kind, _, other = removed.partition(":")
            outcome = change_ticket(work, ticket, DeleteLink(kind, other))
        else:
            words = given.get("other", "").replace(",", " ").split()[:20]
            if not words:
                return _page(
                    resource, request, given, "Write the number of a ticket or an address (https://…).", 422
                )
            with work.db.begin_nested():
                outcome = change_ticket(
                    work, ticket, *(AddLink(given.get("kind", ""), each) for each in words)
                )
    except (Refused, Conflict) as refused:
        if removed:
            request.flash(str(refused), "bad")
            return HTTPSeeOther(here)
        return _page(resource, request, given, str(refused), 422)
    if not outcome.transactions:
        request.flash("Nothing changed: it was like that already.", "info")
    else:
        request.flash("The link is removed." if removed else "The link is made.")
    return HTTPSeeOther(safe_path(request, given.get("return_to"), here) or here)


def _page(
    resource: TicketResource, request: Request, given: dict[str, str], wrong: str, status: int = 200
) -> dict[str, object]:
    request.response.status_int = status
    ticket, path = resource.ticket, request.route_path
    linked = read_linked(request.db, resource.work.rights.of(Right.SHOW_TICKET), resource.ticket.id)
    box = show_links(request, resource, linked.links)
    chosen = given.get("kind", "DependsOn")
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "status": status_badge(request.app, ticket.status),
        "links": box,
        "origin_of": _origins(request, ticket.id).get,
        "kind": Field(
            "kind",
            "This ticket",
            kind="select",
            required=True,
            options=tuple(Option(name, label.lower(), name == chosen) for name, label in LABELS.items()),
        ),
        "other": Field(
            "other",
            "Ticket or address",
            given.get("other", ""),
            hint="A number such as 17 or #17, several between blanks, or an address (https://…).",
            error=wrong,
            required=True,
            autocomplete="off",
        ),
        "links_url": path("ticket.links", id=ticket.id),
        "merge_url": path("ticket.merge", id=ticket.id),
    }


def _origins(request: Request, ticket_id: int) -> dict[tuple[str, str], Origin]:
    """Who made the links, by name and the other end as it was written; the last one counts. One query."""
    organization = request.app.config.organization
    rows = request.db.execute(
        select(Transaction.field, Transaction.new_value, Transaction.created, User.name, User.real_name)
        .join(User, User.id == Transaction.creator_id)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket_id,
            Transaction.type == "AddLink",
        )
        .order_by(Transaction.id)
    )
    prefix = ticket_uri(organization, 0).removesuffix("0")
    return {
        (row.field, row.new_value.removeprefix(prefix)): Origin(
            row.real_name or row.name, request.when(row.created)
        )
        for row in rows
    }
