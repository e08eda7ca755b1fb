"""The people of an organisation, for staff: what each of them sees and may do."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.staff.forms import number_in
from rtpy_portal.organizations.people import MOST, people_of
from rtpy_portal.rights import MANAGE_PORTAL_PEOPLE
from rtpy_portal.web.organizations.words import said_shortly


@view_config(
    route_name="portal.organizations.people",
    request_method="GET",
    renderer="admin/list.pt",
    permission=MANAGE_PORTAL_PEOPLE,
)
def list_people(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?organization=` which, `?q=` words of name or address, `?disabled=1`. Four queries."""
    organization = find_organization(request, request.GET.get("organization", ""))
    asked = read_asked(request)
    people = [
        each
        for each in people_of(request.app, request.db, organization.id)
        if asked.finds(f"{each.name} {each.address}", disabled=each.member.is_off)
    ]
    path = request.route_path
    lines = [
        Line(
            each.name,
            path("portal.organizations.modify", id=organization.id, user_id=each.user_id),
            (each.address, said_shortly(each.member), "for them" if each.is_said else "as usual"),
            "off" if each.member.is_off else "",
        )
        for each in people[asked.offset : asked.offset + PER_PAGE + 1]
    ]
    return list_values(
        request,
        asked,
        route="portal.organizations.people",
        title=organization.name,
        intro=f"Its people by membership and mail domain, at most {MOST}.",
        columns=("Person", "Address", "Sees and may do", "Said"),
        lines=lines,
        empty="Nobody belongs to this organisation yet.",
        kept={"organization": str(organization.id)},
    )


def find_organization(request: Request, number: str) -> Organization:
    """The organisation of that number, or 404."""
    id_ = number_in(number)
    found: Organization | None = request.db.get(Organization, id_) if id_ is not None else None
    if found is None:
        raise HTTPNotFound("There is no such organisation.")
    return found
