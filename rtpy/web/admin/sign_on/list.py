"""The list of providers, with how many people each knows."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.resources import SystemResource
from rtpy.identity.oidc.provider import allowed_places
from rtpy.models import Organization, SignOnLink, SignOnProvider
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.sign_on.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_providers(resource: SystemResource, request: Request) -> dict[str, object]:
    """All by name: there are few, and a new one is switched off while it is set up. One query."""
    asked = read_asked(request)
    known = (
        select(func.count(SignOnLink.id))
        .where(SignOnLink.provider_id == SignOnProvider.id, SignOnLink.subject != "")
        .correlate(SignOnProvider)
        .scalar_subquery()
    )
    query = (
        select(SignOnProvider, Organization.name, known)
        .outerjoin(Organization, Organization.id == SignOnProvider.organization_id)
        .order_by(func.lower(SignOnProvider.name))
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    for word in asked.words.split()[:5]:
        query = query.where(SignOnProvider.name.icontains(word, autoescape=True))
    lines = [
        Line(
            row.name,
            request.route_path("admin.sign_on.modify", id=row.id),
            (row.issuer, _whose(row, organization), str(count)),
            "off" if row.disabled else "",
        )
        for row, organization, count in request.db.execute(query)
    ]
    intro = "Each has a button on the login page: whoever logs in there is logged in here, without a password of ours."
    wrong = allowed_places(request.app.config).wrong
    if wrong:
        intro += (
            f" The option sign_on.allow has words that make no sense and allow nothing: {', '.join(wrong)}."
        )
    return list_values(
        request,
        asked,
        route="admin.sign_on.list",
        title="Single sign-on",
        intro=intro,
        columns=("Name", "Issuer", "Speaks for", "People known"),
        lines=lines,
        create_url=request.route_path("admin.sign_on.create"),
        create_label="New provider",
        can_be_disabled=False,
        empty="People log in with a password only.",
    )


def _whose(row: SignOnProvider, organization: str | None) -> str:
    if organization:
        return f"people of {organization}"
    return "staff and customers" if row.for_staff else "customers"
