"""The organisations that a user belongs to, with site, title and who is asked first."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.changes.organizations import add_organization_member, remove_organization_member
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.models import Organization, OrganizationMember, OrganizationSite, User
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.users.frame import crumbs_of, find_account, tabs_of
from rtpy.web.forms import Field
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy.web.staff.people.display import link


@view_config(
    route_name="admin.users.organizations",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def show_organizations(resource: SystemResource, request: Request) -> dict[str, object]:
    """The memberships, and a field to add one."""
    return _page(request, find_account(request), {}, {})


@view_config(
    route_name="admin.users.organizations",
    request_method="POST",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def change_organizations(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed` join with the name in `organization`, or leave with the organisation's id in `item`."""
    user, work, given = find_account(request), request.work, texts_of(request)
    try:
        with work.db.begin_nested():
            if given.get("deed") == "leave":
                organization = _by_id(request, given.get("item", ""))
                remove_organization_member(work, organization, user.id)
                said = f"{user.display_name} belongs to {organization.name} no more."
            else:
                organization = _by_name(request, given.get("organization", ""))
                add_organization_member(work, organization, user)
                said = f"{user.display_name} belongs to {organization.name} now."
    except Invalid as invalid:
        return _page(request, user, given, problems_of(invalid))
    request.flash(said)
    return HTTPSeeOther(request.route_path("admin.users.organizations", id=user.id))


def _page(
    request: Request, user: User, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    path = request.route_path
    rows = request.db.execute(
        select(
            Organization.id,
            Organization.name,
            OrganizationSite.name.label("site"),
            OrganizationMember.title,
            OrganizationMember.is_contact,
        )
        .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
        .outerjoin(OrganizationSite, OrganizationSite.id == OrganizationMember.site_id)
        .where(OrganizationMember.user_id == user.id)
        .order_by(func.lower(Organization.name))
    )
    return panel_values(
        request,
        title=user.display_name,
        post_url=path("admin.users.organizations", id=user.id),
        panels=(
            Panel(
                "Organisations",
                ("Organisation", "Site", "Title", "Contact"),
                tuple(
                    Row(
                        (
                            link(path("organization.display", id=row.id), row.name),
                            row.site or "",
                            row.title,
                            "asked first" if row.is_contact else "",
                        ),
                        str(row.id),
                        Button("Take out", "leave", "quiet"),
                        f"of {row.name}",
                    )
                    for row in rows
                ),
                help="Site, title and contact are changed on the organisation's page.",
                empty="No membership by name. Who writes from a mail domain of one belongs to it all the same.",
                fields=(
                    Field(
                        "organization",
                        "Name of an organisation",
                        given.get("organization", ""),
                        required=True,
                        autocomplete="off",
                    ),
                ),
                buttons=(Button("Add to the organisation", "join"),),
            ),
        ),
        problems=wrong,
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )


def _by_id(request: Request, given: str) -> Organization:
    found: Organization | None = request.db.get(Organization, number_in(given) or 0)
    if found is None:
        raise Invalid(Problem("organization", "Choose an organisation of the list."))
    return found


def _by_name(request: Request, given: str) -> Organization:
    name = " ".join(given.split())
    found: Organization | None = request.db.scalar(
        select(Organization).where(func.lower(Organization.name) == name.lower())
    )
    if found is None:
        raise Invalid(Problem("organization", f"There is no organisation “{name[:60]}”."))
    return found
