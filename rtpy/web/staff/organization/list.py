"""All organisations, and making one."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.changes.organizations import create_organization
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Organization, OrganizationDomain, OrganizationMember, Ticket
from rtpy.rights.names import Right
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

MOST = 500


@dataclass(frozen=True, slots=True)
class OrganizationLine:
    """A client company in the list."""

    name: str
    url: str
    domains: str
    members: int
    tickets: int
    disabled: bool


@view_config(
    route_name="organization.list",
    request_method="GET",
    renderer="staff/organization/list.pt",
    permission=STAFF,
)
def list_organizations(resource: SystemResource, request: Request) -> dict[str, object]:
    """By name, with how many open tickets each has that the reader may see. Four queries."""
    return _page(request, {}, {})


@view_config(
    route_name="organization.create",
    request_method="POST",
    renderer="staff/organization/list.pt",
    permission=Right.ADMIN_USERS,
)
def create_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Fields `name` and `domains` (between commas or blanks)."""
    work, given = request.work, texts_of(request)
    try:
        with work.db.begin_nested():
            domains = given.get("domains", "").replace(",", " ").split()
            made = create_organization(work, given.get("name", ""), domains)
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(request, given, problems_of(invalid))
    request.flash(f"{made.name} is made.")
    return HTTPSeeOther(request.route_path("organization.display", id=made.id))


def _page(request: Request, typed: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    db, path = request.db, request.route_path
    sees = request.work.rights.of(Right.SHOW_TICKET)
    rows = db.execute(
        select(Organization.id, Organization.name, Organization.disabled)
        .order_by(func.lower(Organization.name))
        .limit(MOST)
    ).all()
    domains: dict[int, list[str]] = {}
    for row in db.execute(
        select(OrganizationDomain.organization_id, OrganizationDomain.domain).order_by(
            OrganizationDomain.domain
        )
    ):
        domains.setdefault(row.organization_id, []).append(row.domain)
    members = dict(
        db.execute(
            select(OrganizationMember.organization_id, func.count()).group_by(
                OrganizationMember.organization_id
            )
        ).all()
    )
    tickets = dict(
        db.execute(
            select(Ticket.organization_id, func.count())
            .where(
                Ticket.organization_id.is_not(None),
                Ticket.status.in_(request.app.lifecycles.active_statuses()),
                Ticket.merged_into_id.is_(None),
                sees.visible(),
            )
            .group_by(Ticket.organization_id)
        ).all()
    )
    may = request.work.rights.system(Right.ADMIN_USERS)
    return {
        "crumbs": (Link("Home", path("home")),),
        "lines": [
            OrganizationLine(
                row.name,
                path("organization.display", id=row.id),
                ", ".join(domains.get(row.id, ())),
                members.get(row.id, 0),
                tickets.get(row.id, 0),
                row.disabled,
            )
            for row in rows
        ],
        "create_url": path("organization.create") if may else None,
        "form": {
            "name": Field("name", "Name", typed.get("name", ""), error=wrong.get("name", ""), required=True),
            "domains": Field(
                "domains",
                "Mail domains",
                typed.get("domains", ""),
                error=wrong.get("domains", ""),
                placeholder="client.example, client.test",
                hint="Who writes from one of them belongs to the organisation.",
            ),
        },
    }
