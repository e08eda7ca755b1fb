"""Making an account, for staff as a rule: customers come by themselves when they write."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.accounts import create_account
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.identity.accounts import set_password
from rtpy.identity.password_rules import password_hint
from rtpy.rights.names import Right
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="people.create",
    request_method="GET",
    renderer="staff/people/create.pt",
    permission=Right.ADMIN_USERS,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, {}, {})


@view_config(
    route_name="people.create",
    request_method="POST",
    renderer="staff/people/create.pt",
    permission=Right.ADMIN_USERS,
)
def create_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it; with a password they can log in at once."""
    work, given = request.work, texts_of(request)
    try:
        with work.db.begin_nested():
            user = create_account(
                work,
                name=given.get("name", ""),
                real_name=given.get("real_name", ""),
                email_address=given.get("email_address", ""),
                privileged=given.get("privileged") == "1",
            )
            if given.get("password"):
                set_password(work, user, given["password"])
    except Invalid as invalid:
        request.response.status_int = 422
        return _form(request, given, problems_of(invalid))
    except Refused as refused:
        request.response.status_int = 409
        return _form(request, given, {"": str(refused)})
    request.flash(f"{user.display_name} has an account now.")
    return HTTPSeeOther(request.route_path("people.display", id=user.id))


def _form(request: Request, given: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    def field(name: str, label: str, kind: str = "text", hint: str = "", *, required: bool = False) -> Field:
        value = "" if kind == "password" else given.get(name, "")
        auto = "new-password" if kind == "password" else "off"
        return Field(name, label, value, kind, hint, wrong.get(name, ""), required, autocomplete=auto)

    fields = {
        "name": field("name", "Login name", required=True),
        "real_name": field("real_name", "Name", hint="As people know them."),
        "email_address": field("email_address", "Mail address", "email"),
        "password": field(
            "password", "Password", "password", password_hint(request.app.config) + " Empty: no login."
        ),
        "privileged": Field(
            "privileged",
            "Staff: sees these pages and works on tickets",
            "1",
            "checkbox",
            checked=not given or given.get("privileged") == "1",
        ),
    }
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("People", request.route_path("people.list")),
        ),
        "form": fields,
        "problems": [(fields[name].id if name in fields else None, words) for name, words in wrong.items()],
        "create_url": request.route_path("people.create"),
    }
