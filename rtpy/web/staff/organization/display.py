"""An organisation's page: its domains, sites, people and tickets."""

from collections.abc import Mapping, Sequence

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
from rtpy.web.custom_fields.things import show_thing_fields
from rtpy.web.forms import Field
from rtpy.web.html import show_avatar
from rtpy.web.shown import Link, Person
from rtpy.web.staff.rows import show_rows

SHOWN = 25
MOST_MEMBERS = 200


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
        select(OrganizationSite.name, OrganizationSite.address)
        .where(OrganizationSite.organization_id == organization.id)
        .order_by(OrganizationSite.name)
    ).all()
    members = db.execute(
        select(User.id, User.name, User.real_name, User.email_address, OrganizationMember.title)
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .where(OrganizationMember.organization_id == organization.id)
        .order_by(User.real_name, User.name)
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
        "name": organization.name,
        "notes": organization.notes,
        "disabled": organization.disabled,
        "domains": domains,
        "sites": [(row.name, row.address) for row in sites],
        "members": [
            (
                row.id,
                Person(
                    row.real_name or row.name,
                    show_avatar(row.real_name or row.name),
                    " · ".join(filter(None, (row.title, row.email_address))),
                    path("people.display", id=row.id),
                ),
            )
            for row in members
        ],
        "tickets": show_rows(request, page.rows),
        "ticket_count": page.total,
        "tickets_url": path("ticket.list", _query={"organization": organization.id, "status": "all"}),
        "may": may,
        "modify_url": path("organization.modify", id=organization.id),
        "form": _fields(organization, domains, typed, wrong),
        **show_thing_fields(request, Lookup.ORGANIZATION, organization.id),
    }


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
