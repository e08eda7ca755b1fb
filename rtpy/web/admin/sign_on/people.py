"""Whom a provider knows, and letting it know somebody or nobody any more."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.identity.oidc.saving import connect_person, disconnect_person
from rtpy.models import SignOnLink, SignOnProvider, User
from rtpy.rights.names import Right
from rtpy.web.admin.editing import at_the_top, beside
from rtpy.web.admin.listing import PER_PAGE, read_asked
from rtpy.web.admin.sign_on.frame import crumbs_of, provider_asked, tabs_of
from rtpy.web.forms import Field
from rtpy.web.staff.forms import number_in, problems_of, texts_of


@view_config(
    route_name="admin.sign_on.people",
    request_method="GET",
    renderer="admin/sign_on/people.pt",
    permission=Right.SUPER_USER,
)
def show_people(resource: SystemResource, request: Request) -> dict[str, object]:
    """By login name, a page at a time."""
    return _page(request, provider_asked(request), {})


@view_config(
    route_name="admin.sign_on.people",
    request_method="POST",
    renderer="admin/sign_on/people.pt",
    permission=Right.SUPER_USER,
)
def change_people(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed=connect` with `who` and `subject`, or `drop=` the number of a line."""
    row, given = provider_asked(request), texts_of(request)
    here = HTTPSeeOther(request.route_path("admin.sign_on.people", id=row.id))
    if "drop" in given:
        link = request.db.get(SignOnLink, number_in(given["drop"]) or 0)
        if link is None or link.provider_id != row.id:
            raise HTTPNotFound()
        disconnect_person(request.work, row, link)
        request.flash(
            f"“{row.name}” does not know them any more. Their open sessions stay: end them on their page."
        )
        return here
    try:
        with request.db.begin_nested():
            user = connect_person(request.work, row, given.get("who", ""), given.get("subject", ""))
    except Invalid as invalid:
        return _page(request, row, given, problems_of(invalid))
    request.flash(f"{user.display_name} may log in by “{row.name}”.")
    return here


def _page(
    request: Request, row: SignOnProvider, given: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> dict[str, object]:
    asked = read_asked(request)
    query = (
        select(SignOnLink, User.name, User.real_name)
        .join(User, User.id == SignOnLink.user_id)
        .where(SignOnLink.provider_id == row.id)
        .order_by(User.name, SignOnLink.id)
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    if asked.words:
        query = query.where(
            User.name.icontains(asked.words, autoescape=True) | (SignOnLink.subject == asked.words)
        )
    found = request.db.execute(query).all()

    def page_url(number: int) -> str:
        words = {"q": asked.words} if asked.words else {}
        query = {**words, "page": str(number)}
        url: str = request.route_path("admin.sign_on.people", id=row.id, _query=query)
        return url

    fields = (
        Field("who", "Person", given.get("who", ""), hint="A login name or address.", required=True),
        Field(
            "subject",
            "Subject",
            given.get("subject", ""),
            hint="The provider's own id of the person (the claim sub). Empty: whoever next logs in there with a "
            "confirmed address of theirs.",
        ),
    )
    return {
        "crumbs": crumbs_of(request),
        "title": row.name,
        "tabs": tabs_of(request, row, "admin.sign_on.people"),
        "fields": beside(fields, wrong or {}),
        "problems": at_the_top(request, fields, wrong or {}),
        "here": request.route_path("admin.sign_on.people", id=row.id),
        "words": asked.words,
        "lines": [
            {
                "id": link.id,
                "name": real_name or name,
                "login": name,
                "url": request.route_path("admin.users.modify", id=link.user_id),
                "subject": link.subject,
                "is_old": link.issuer != row.issuer,
                "used": request.when(link.used) if link.used else "never",
            }
            for link, name, real_name in found[:PER_PAGE]
        ],
        "previous_url": page_url(asked.number - 1) if asked.number > 1 else None,
        "next_url": page_url(asked.number + 1) if len(found) > PER_PAGE else None,
    }
