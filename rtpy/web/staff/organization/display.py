"""An organisation's page: its domains, sites, people and tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.customfields.kinds import Lookup
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Organization, OrganizationDomain, OrganizationMember, OrganizationSite, User
from rtpy.rights.names import Right
from rtpy.search.lists import TicketFilter, list_tickets
from rtpy.web.admin.people_history import history_panel
from rtpy.web.avatars import person_avatar
from rtpy.web.custom_fields.things import show_thing_fields
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link, Person
from rtpy.web.staff.asset.list import assets_of
from rtpy.web.staff.rows import show_rows

SHOWN = 25
MOST_MEMBERS = 200


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A place where it works."""

    id: int
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member, with the choices of sites for the form."""

    id: int
    person: Person
    title: str
    is_contact: bool
    sites: tuple[Option, ...]


@view_config(
    route_name="organization.display",
    request_method="GET",
    renderer="staff/organization/display.pt",
    permission=STAFF,
)
def show_organization(resource: SystemResource, request: Request) -> dict[str, object]:
    """What staff should know about a client."""
    return organization_page(request, find_organization(request), {}, {})


def find_organization(request: Request) -> Organization:
    """The organisation `id` of the route, or 404."""
    found: Organization | None = request.db.get(Organization, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def organization_page(
    request: Request, organization: Organization, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    """The values of staff/organization/display.pt; `typed` and `wrong` are what could not be saved."""
    db, path = request.db, request.route_path
    domains = db.scalars(
        select(OrganizationDomain.domain)
        .where(OrganizationDomain.organization_id == organization.id)
        .order_by(OrganizationDomain.domain)
    ).all()
    sites = db.execute(
        select(OrganizationSite.id, OrganizationSite.name, OrganizationSite.address)
        .where(OrganizationSite.organization_id == organization.id)
        .order_by(OrganizationSite.name)
    ).all()
    members = db.execute(
        select(
            User.id,
            User.name,
            User.real_name,
            User.email_address,
            OrganizationMember.title,
            OrganizationMember.is_contact,
            OrganizationMember.site_id,
        )
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .where(OrganizationMember.organization_id == organization.id)
        .order_by(OrganizationMember.is_contact.desc(), User.real_name, User.name)
        .limit(MOST_MEMBERS)
    ).all()
    page = list_tickets(
        db,
        request.work.rights.of(Right.SHOW_TICKET),
        TicketFilter(statuses=request.app.lifecycles.active_statuses(), organization_id=organization.id),
        per_page=SHOWN,
    )
    may = request.work.rights.system(Right.ADMIN_USERS)
    return {
        "crumbs": (Link("Home", path("home")), Link("Organisations", path("organization.list"))),
        "panel_subject": organization,
        "name": organization.name,
        "notes": organization.notes,
        "disabled": organization.disabled,
        "domains": domains,
        "sites": [SiteLine(row.id, row.name, row.address) for row in sites],
        "members": [_member_line(request, row, sites) for row in members],
        "history": history_panel(request, "organization", [organization.id]),
        "tickets": show_rows(request, page.rows),
        "ticket_count": page.total,
        "tickets_url": path("ticket.list", _query={"organization": organization.id, "status": "all"}),
        "may": may,
        **assets_of(request, organization_id=organization.id),
        "modify_url": path("organization.modify", id=organization.id),
        "form": _fields(organization, domains, typed, wrong),
        **show_thing_fields(request, Lookup.ORGANIZATION, organization.id),
    }


def _member_line(request: Request, row: Any, sites: Sequence[Any]) -> MemberLine:  # Any: rows of columns
    site = next((each.name for each in sites if each.id == row.site_id), "")
    name = row.real_name or row.name
    said = (row.title, site, "asked first" if row.is_contact else "", row.email_address)
    options = [Option("", "no site", row.site_id is None)]
    options += [Option(str(each.id), each.name, each.id == row.site_id) for each in sites]
    person = Person(
        name,
        person_avatar(request, row.id, name),
        " · ".join(filter(None, said)),
        request.route_path("people.display", id=row.id),
    )
    return MemberLine(row.id, person, row.title, row.is_contact, tuple(options))


def _fields(
    organization: Organization, domains: Sequence[str], typed: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, Field]:
    values = {"name": organization.name, "domains": ", ".join(domains), "notes": organization.notes}

    def field(name: str, label: str, kind: str = "text", hint: str = "", *, required: bool = False) -> Field:
        value = typed.get(name, values.get(name, ""))
        return Field(
            name, label, value, kind, hint, wrong.get(name, ""), required, autocomplete="off", rows=4
        )

    return {
        "name": field("name", "Name", required=True),
        "domains": field("domains", "Mail domains", hint="Who writes from one of them belongs to it."),
        "notes": field("notes", "Notes", "textarea"),
        "site": field("site", "Name of the site", required=True),
        "address": field("address", "Address"),
        "member": field("member", "Mail address or login name", required=True),
    }
