"""Changing a person's account: names and address, password, switching off and on."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.accounts import COLUMNS, change_person, may_administer
from rtpy.changes.photos import remove_photo
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.identity.accounts import set_disabled, set_password
from rtpy.rights.names import Right
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.staff.people.display import find_user, person_page


@view_config(
    route_name="people.modify",
    request_method="POST",
    renderer="staff/people/display.pt",
    permission=Right.ADMIN_USERS,
)
def modify_person(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The field `deed` says what: save, password, photo (take it away), disable or enable."""
    user, work, given = find_user(request), request.work, texts_of(request)
    if not may_administer(work, user):
        raise Refused("Only a super-user changes the account of a super-user.")
    here = request.route_path("people.display", id=user.id)
    deed = given.get("deed", "save")
    try:
        with work.db.begin_nested():
            if deed == "password":
                set_password(work, user, given.get("password", ""))
                said = "The password is changed."
            elif deed == "photo":
                remove_photo(work, user)
                said = "The photo is gone."
            elif deed in ("disable", "enable"):
                if user.id == work.actor.user_id:
                    raise Refused("You cannot switch yourself off.")
                set_disabled(work, user, disabled=deed == "disable")
                said = "The account is switched off." if deed == "disable" else "The account is switched on."
            else:
                change_person(work, user, **{name: given[name] for name in COLUMNS if name in given})
                said = "Saved."
    except Invalid as invalid:
        request.response.status_int = 422
        return person_page(request, user, given, problems_of(invalid))
    except Refused as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(here)
    request.flash(said)
    return HTTPSeeOther(here)
