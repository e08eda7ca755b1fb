"""What one person sees and may do for one organisation, said by staff."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, NotFound
from rtpy.http.resources import SystemResource
from rtpy.plugin_settings import setting
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.members import USUAL_GRADE
from rtpy_portal.models import MemberRow
from rtpy_portal.organizations.people import Person, person_of
from rtpy_portal.organizations.saving import SWITCHES, read_said, row_of, save_by_staff
from rtpy_portal.rights import MANAGE_PORTAL_PEOPLE
from rtpy_portal.web.organizations.people import find_organization
from rtpy_portal.web.organizations.words import GRADE_WORDS, SWITCH_WORDS


@view_config(
    route_name="portal.organizations.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=MANAGE_PORTAL_PEOPLE,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """As it stands."""
    person = _person(request)
    row = row_of(request.db, person.member.organization_id, person.user_id)
    return _form(request, person, _given(person, row))


@view_config(
    route_name="portal.organizations.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=MANAGE_PORTAL_PEOPLE,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Fields `grade`, a box for each switch, `is_off`."""
    person, given = _person(request), texts_of(request)
    organization_id = person.member.organization_id
    try:
        save_by_staff(request.work, organization_id, person.user_id, read_said(given))
    except Invalid as invalid:
        return _form(request, person, given, problems_of(invalid))
    except NotFound:
        raise HTTPNotFound() from None
    request.flash(f"What {person.name} sees and may do for {person.member.name} is saved.")
    return HTTPSeeOther(
        request.route_path("portal.organizations.people", _query={"organization": organization_id})
    )


def _person(request: Request) -> Person:
    organization = find_organization(request, request.matchdict["id"])
    found = person_of(request.app, request.db, organization.id, int(request.matchdict["user_id"]))
    if found is None:
        raise HTTPNotFound("Nobody of that number belongs to this organisation.")
    return found


def _given(person: Person, row: MemberRow | None) -> dict[str, str]:
    ticked = {name: "1" for name in SWITCHES if getattr(person.member, name)}
    return {
        "grade": row.grade if row is not None else "",
        "is_off": "1" if person.member.is_off else "",
        **ticked,
    }


def _form(
    request: Request, person: Person, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    path, place = request.route_path, {"organization": person.member.organization_id}
    usual = GRADE_WORDS[Grade(setting(request.app, request.db, USUAL_GRADE))]
    chosen = given.get("grade", "")
    grades = [
        ("", f"As usual: {usual[:1].lower()}{usual[1:]}"),
        *((each.value, GRADE_WORDS[each]) for each in Grade),
    ]
    grade = Field(
        "grade",
        "Requests that they see",
        kind="select",
        required=True,
        hint="Private requests are seen by who takes part in them, and by who sees everything."
        + ("" if person.site else " Nobody has said at which site they are: that shows no more than copies."),
        options=tuple(Option(value, label, value == chosen) for value, label in grades),
    )
    boxes = tuple(
        Field(name, label, "1", "checkbox", help_, checked=given.get(name) == "1")
        for name, (label, help_) in SWITCH_WORDS.items()
    )
    off = Field(
        "is_off",
        "The organisation is closed for them",
        "1",
        "checkbox",
        "They see what they asked for themselves, and nothing else of it. What is said above holds again later.",
        checked=given.get("is_off") == "1",
    )
    return form_values(
        request,
        title=f"{person.name} in {person.member.name}",
        intro=" · ".join(filter(None, (person.address, person.title, person.site))),
        post_url=path(
            "portal.organizations.modify", id=person.member.organization_id, user_id=person.user_id
        ),
        sections=(
            Section("Sees", (grade,)),
            Section("May", boxes, "Holds for requests of this organisation."),
            Section("Closed", (off,)),
        ),
        problems=problems,
        crumbs=(
            Link("People of organisations", path("portal.organizations.admin")),
            Link(person.member.name, path("portal.organizations.people", _query=place)),
        ),
        links=(Link("Their page", path("people.display", id=person.user_id)),),
    )
