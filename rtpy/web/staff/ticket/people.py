"""The people of a ticket: requestors, copies, internal copies; and the organisation it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.reading import Reader
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.resources import TicketResource
from rtpy.models import Group, Organization, OrganizationSite
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.rights.names import Right
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html, show_avatar
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.rows import status_badge
from rtpy.web.staff.ticket.sidebar import ROLES, WatcherLine, read_belonging, read_watchers

HELP = {
    REQUESTOR: "Whose request it is. They get every reply and may answer.",
    CC: "They get every reply, as the requestors do.",
    ADMIN_CC: "Staff who get everything, internal comments too.",
}
GROUPS_TOO = (CC, ADMIN_CC)


@dataclass(frozen=True, slots=True)
class RoleCard:
    """One role with who plays it and the field that adds somebody."""

    role: str
    label: str
    help: str
    lines: tuple[WatcherLine, ...]
    add: Field


@view_config(
    route_name="ticket.people",
    request_method="GET",
    renderer="staff/ticket/people.pt",
    permission=Right.SHOW_TICKET,
)
def show_people(resource: TicketResource, request: Request) -> dict[str, object]:
    """Who plays which role, with forms to add and take away."""
    return _page(resource, request, {}, {})


@view_config(
    route_name="ticket.people",
    request_method="POST",
    renderer="staff/ticket/people.pt",
    permission=Right.SHOW_TICKET,
)
def change_people(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """Fields `role` with `add` (addresses and names), or with `remove` (an id)."""
    work, given = resource.work, texts_of(request)
    role = given.get("role", "")
    here = request.route_path("ticket.people", id=resource.ticket.id)
    try:
        with work.db.begin_nested():
            outcome = change_ticket(work, resource.ticket, *_changes(resource, given))
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(resource, request, {role: given.get("add", "")}, {role: str(invalid)})
    except (Refused, Conflict) as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(here)
    if outcome.transactions:
        request.flash("The people of the ticket are changed.")
    else:
        request.flash("Nothing changed: it was like that already.", "info")
    return HTTPSeeOther(here)


def _changes(resource: TicketResource, given: dict[str, str]) -> Sequence[Change]:
    role, remove = given.get("role", ""), given.get("remove", "")
    if remove:
        if not remove.isascii() or not remove.isdigit() or len(remove) > 18:
            raise Invalid(Problem("remove", "Choose somebody of the list."))
        return [DeleteWatcher(role, int(remove))]
    reader = Reader(resource.work, given)
    if not reader.word("add"):
        raise Invalid(Problem("add", "Write a mail address or a name."))
    group = _group(resource, reader.word("add")) if role in GROUPS_TOO else None
    if group is not None:
        return [AddWatcher(role, group.id)]
    addresses = reader.people("add")
    reader.done()
    if not resource.allows(Right.MODIFY_TICKET) and any("@" in each.address for each in addresses):
        raise Refused(
            f"You may not add people to ticket #{resource.ticket.id}: the right ModifyTicket is needed."
        )
    return [AddWatcher(role, user.id) for user in reader.make(addresses)]


def _group(resource: TicketResource, name: str) -> Group | None:
    return resource.work.db.scalar(
        select(Group).where(func.lower(Group.name) == name.lower(), Group.domain == "UserDefined")
    )


def _page(
    resource: TicketResource, request: Request, typed: dict[str, str], wrong: dict[str, str]
) -> dict[str, object]:
    ticket, path = resource.ticket, request.route_path
    watchers = read_watchers(request.db, ticket.id)
    may = resource.allows(Right.MODIFY_TICKET)
    cards = [
        RoleCard(
            role,
            label,
            HELP[role],
            tuple(line for line in watchers if line.role == role),
            Field(
                "add",
                "Add by mail address or name" + (", or a group" if role in GROUPS_TOO else ""),
                typed.get(role, ""),
                error=wrong.get(role, ""),
                required=True,
                autocomplete="off",
            ),
        )
        for role, label in ROLES
    ]
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "status": status_badge(request.app, ticket.status),
        "cards": cards,
        "may": may,
        "people_url": path("ticket.people", id=ticket.id),
        "modify_url": path("ticket.modify", id=ticket.id),
        "people_avatar": lambda line: Html(show_avatar(line.name)),
        "person_url": lambda line: None if line.is_group else path("people.display", id=line.id),
        "organization": read_belonging(request.db, ticket),
        "organizations": _organizations(request, ticket.organization_id) if may else (),
        "sites": _sites(request, ticket.organization_id, ticket.site_id) if may else (),
    }


def _organizations(request: Request, current: int | None) -> tuple[Option, ...]:
    rows = request.db.execute(
        select(Organization.id, Organization.name)
        .where(Organization.disabled.is_(False) | (Organization.id == (current or 0)))
        .order_by(Organization.name)
        .limit(1000)
    )
    none = Option("", "none", current is None)
    return (none, *(Option(str(row.id), row.name, row.id == current) for row in rows))


def _sites(request: Request, organization_id: int | None, current: int | None) -> tuple[Option, ...]:
    if organization_id is None:
        return ()
    rows = request.db.execute(
        select(OrganizationSite.id, OrganizationSite.name)
        .where(OrganizationSite.organization_id == organization_id)
        .order_by(OrganizationSite.name)
    ).all()
    if not rows:
        return ()
    return (
        Option("", "none", current is None),
        *(Option(str(row.id), row.name, row.id == current) for row in rows),
    )
