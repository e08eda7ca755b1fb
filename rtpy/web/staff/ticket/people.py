"""The people of a ticket: who plays which role, who gets no mail of it, and the organisation it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.reader import Reader
from rtpy.changes.roles import roles_of
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.changes.ticket.squelching import SquelchAddress, UnsquelchAddress
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.resources import TicketResource
from rtpy.models import Group, Organization, OrganizationSite, Principal, Squelch
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.rights.names import Right
from rtpy.web.avatars import person_avatar
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy.web.staff.queue.watching import read_queue_watchers
from rtpy.web.staff.rows import status_badge
from rtpy.web.staff.ticket.sidebar import ROLES, WatcherLine, belonging_of, read_watchers

HELP = {
    REQUESTOR: "Whose request it is. They get every reply and may answer.",
    CC: "They get every reply, as the requestors do.",
    ADMIN_CC: "Staff who get everything, internal comments too.",
}
MOST_GIVEN = 320


@dataclass(frozen=True, slots=True)
class RoleCard:
    """One role with who plays it, on the ticket and through its queue, and the field that adds or replaces somebody."""

    role: str
    label: str
    help: str
    lines: tuple[WatcherLine, ...]
    of_queue: tuple[WatcherLine, ...]
    add: Field
    is_single: bool = False


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
    """Fields `role` with `add` (addresses, names, `group:NAME`) or `remove` (an id); or `squelch` or `unsquelch`
    with an address."""
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
    if "squelch" in given:
        return [SquelchAddress(given["squelch"][:MOST_GIVEN])]
    if "unsquelch" in given:
        return [UnsquelchAddress(given["unsquelch"][:MOST_GIVEN])]
    if remove:
        if not remove.isascii() or not remove.isdigit() or len(remove) > 18:
            raise Invalid(Problem("remove", "Choose somebody of the list."))
        return [DeleteWatcher(role, int(remove))]
    reader = Reader(resource.work, given)
    if not reader.word("add"):
        raise Invalid(Problem("add", "Write a mail address or a name."))
    group = find_group(resource.work.db, reader.word("add"))
    if group is not None:
        return [AddWatcher(role, group.id)]
    addresses = reader.people("add", ours=False)
    reader.done()
    known = roles_of(resource.work.app, resource.work.db).by_role.get(role)
    if known is not None and known.is_single and len(addresses) > 1:
        raise Invalid(Problem("add", f"{known.name} is one person: write one address or name."))
    if not resource.allows(Right.MODIFY_TICKET) and any("@" in each.address for each in addresses):
        raise Refused(
            f"You may not add people to ticket #{resource.ticket.id}: the right ModifyTicket is needed."
        )
    return [AddWatcher(role, user.id) for user in reader.make(addresses)]


def find_group(db: Session, text: str) -> Group | None:
    """The group in use that is named, with or without `group:` before it. Raises Invalid when it says group: and
    there is none."""
    name = text.strip()
    explicit = name.lower().startswith("group:")
    if explicit:
        name = name[len("group:") :].strip()
    found = db.scalar(
        select(Group)
        .join(Principal, Principal.id == Group.id)
        .where(
            func.lower(Group.name) == name.lower(),
            Group.domain == "UserDefined",
            Principal.disabled.is_(False),
        )
    )
    if explicit and found is None:
        raise Invalid(Problem("add", f"There is no group “{name[:80]}”."))
    return found


def _page(
    resource: TicketResource, request: Request, typed: dict[str, str], wrong: dict[str, str]
) -> dict[str, object]:
    ticket, path = resource.ticket, request.route_path
    watchers, of_queue = (
        read_watchers(request.db, ticket.id),
        read_queue_watchers(request.db, ticket.queue_id),
    )
    may = resource.allows(Right.MODIFY_TICKET)
    squelched = set(request.db.scalars(select(Squelch.address).where(Squelch.ticket_id == ticket.id)))
    named = {line.address.lower() for line in (*watchers, *of_queue)}
    named.add((ticket.owner.email_address or "").lower())
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
        ),
        "ticket_id": ticket.id,
        "status": status_badge(request.app, ticket.status),
        "cards": _cards(request, resource, watchers, of_queue, typed, wrong),
        "may": may,
        "is_squelched": lambda line: line.address.lower() in squelched,
        "other_squelched": sorted(squelched - named),
        "people_url": path("ticket.people", id=ticket.id),
        "queue_watchers_url": path("admin.queue.watchers", id=ticket.queue_id)
        if resource.work.rights.of(Right.MODIFY_QUEUE_WATCHERS).in_queue(ticket.queue_id)
        else None,
        "modify_url": path("ticket.modify", id=ticket.id),
        "people_avatar": lambda line: person_avatar(request, line.id, line.name),
        "person_url": lambda line: None if line.is_group else path("people.display", id=line.id),
        "organization": belonging_of(resource),
        "organizations": _organizations(request, ticket.organization_id) if may else (),
        "sites": _sites(request, ticket.organization_id, ticket.site_id) if may else (),
    }


def _cards(
    request: Request,
    resource: TicketResource,
    watchers: Sequence[WatcherLine],
    of_queue: Sequence[WatcherLine],
    typed: dict[str, str],
    wrong: dict[str, str],
) -> list[RoleCard]:
    custom = roles_of(request.app, request.db).in_queue(resource.ticket.queue_id)
    roles = [(role, label, HELP[role], "", False) for role, label in ROLES]
    roles += [(each.role, each.name, each.description, each.entry_hint, each.is_single) for each in custom]
    return [
        RoleCard(
            role,
            label,
            words,
            tuple(line for line in watchers if line.role == role),
            tuple(line for line in of_queue if line.role == role),
            Field(
                "add",
                "Give it to (mail address or name)"
                if single
                else "Add by mail address or name, or a group (group:NAME)",
                typed.get(role, ""),
                hint=hint,
                error=wrong.get(role, ""),
                required=True,
                autocomplete="off",
            ),
            single,
        )
        for role, label, words, hint, single in roles
    ]


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
