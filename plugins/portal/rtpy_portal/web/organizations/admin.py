"""Organisations, with how many of their people something was said of."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy_portal.models import MemberRow
from rtpy_portal.rights import MANAGE_PORTAL_PEOPLE


@view_config(
    route_name="portal.organizations.admin",
    request_method="GET",
    renderer="admin/list.pt",
    permission=MANAGE_PORTAL_PEOPLE,
)
def list_organizations(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name, `?disabled=1`. One query."""
    asked = read_asked(request)
    said = (
        select(func.count(MemberRow.id))
        .where(MemberRow.organization_id == Organization.id)
        .correlate(Organization)
        .scalar_subquery()
    )
    wanted = select(Organization.id, Organization.name, Organization.disabled, said.label("said"))
    for word in asked.words.lower().split():
        wanted = wanted.where(func.lower(Organization.name).contains(word, autoescape=True))
    if not asked.with_disabled:
        wanted = wanted.where(Organization.disabled.is_(False))
    rows = request.db.execute(
        wanted.order_by(func.lower(Organization.name)).offset(asked.offset).limit(PER_PAGE + 1)
    )
    return list_values(
        request,
        asked,
        route="portal.organizations.admin",
        title="People of organisations",
        intro="What people of organisations see of each other’s requests, and what they may do in the portal.",
        columns=("Organisation", "Said of"),
        lines=[
            Line(
                row.name,
                request.route_path("portal.organizations.people", _query={"organization": row.id}),
                (_people(row.said),),
                "closed" if row.disabled else "",
            )
            for row in rows
        ],
        empty="No organisation yet. They are made on the page Organisations.",
    )


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people" if number else "nobody: the usual holds"
