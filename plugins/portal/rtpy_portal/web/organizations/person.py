"""What a colleague sees and may do, said by one who manages the organisation's people."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.http.security import LOGGED_IN
from rtpy.web.staff.forms import texts_of
from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.organizations.people import Person, person_of
from rtpy_portal.organizations.saving import SWITCHES, exceeds, read_said, save_by_manager
from rtpy_portal.web.frame import frame
from rtpy_portal.web.organizations.place import member_here
from rtpy_portal.web.organizations.spoken import grade_words, switch_labels
from rtpy_portal.web.visitors import PersonResource


@view_config(
    route_name="portal.organizations.person",
    request_method="GET",
    renderer="portal/organizations/person.pt",
    permission=LOGGED_IN,
)
def show_person(resource: PersonResource, request: Request) -> Mapping[str, object]:
    """As it stands, with what the visitor may change of it."""
    mine, person = _found(resource, request)
    return _page(request, mine, person, _given(person))


@view_config(
    route_name="portal.organizations.person",
    request_method="POST",
    renderer="portal/organizations/person.pt",
    permission=LOGGED_IN,
)
def save_person(resource: PersonResource, request: Request) -> Mapping[str, object] | Response:
    """Fields `grade`, a box for each switch, `is_off`."""
    mine, person = _found(resource, request)
    given, say = texts_of(request), request.portal_say
    try:
        said = read_said(given)
        save_by_manager(resource.work, resource.visitor, mine.organization_id, person.user_id, said, say)
    except NotFound:
        raise HTTPNotFound() from None
    except Invalid as invalid:
        return _page(request, mine, person, given, invalid.problems)
    except Refused as refused:
        return _page(request, mine, person, given, (Problem("main", str(refused)),))
    request.flash(say("What ${name} sees and may do is saved.", name=person.name))
    return HTTPSeeOther(request.route_path("portal.organizations.display", id=mine.organization_id))


def _found(resource: PersonResource, request: Request) -> tuple[Membership, Person]:
    mine, number = member_here(resource, request, manages=True), int(request.matchdict["user_id"])
    person = person_of(request.app, request.db, mine.organization_id, number)
    if person is None or number == resource.visitor.user_id or exceeds(person.member, mine):
        raise HTTPNotFound()
    return mine, person


def _given(person: Person) -> dict[str, str]:
    ticked = {name: "1" for name in (*SWITCHES, "is_off") if getattr(person.member, name)}
    return {"grade": person.member.grade.value, **ticked}


def _page(
    request: Request,
    mine: Membership,
    person: Person,
    given: Mapping[str, str],
    problems: Sequence[Problem] = (),
) -> Mapping[str, object]:
    say, path = request.portal_say, request.route_path
    return frame(
        request,
        person.name,
        problems=problems,
        organization=mine.name,
        address=person.address,
        back_url=path("portal.organizations.display", id=mine.organization_id),
        grades=[
            (each.value, grade_words(each, say), each.value == given.get("grade"))
            for each in Grade
            if each.rank <= mine.grade.rank
        ],
        switches=[
            (name, label, given.get(name) == "1")
            for name, label in switch_labels(say).items()
            if getattr(mine, name)
        ],
        is_off=given.get("is_off") == "1",
    )
