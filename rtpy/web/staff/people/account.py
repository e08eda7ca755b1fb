"""One's own account: name, address, phones, time zone, signature, and the password."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.accounts import COLUMNS, OWN_COLUMNS, change_person_confirmed
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.identity.accounts import TooManyGuesses, change_own_password, confirm_password
from rtpy.identity.password_rules import password_hint
from rtpy.models import User
from rtpy.rights.names import Right
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.admin.users.fields import account_sections
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(route_name="people.account", request_method="GET", renderer="admin/form.pt", permission=STAFF)
def account_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The reader's own values."""
    me = _me(request)
    return _account(request, {column: getattr(me, column) or "" for column in COLUMNS}, {})


@view_config(route_name="people.account", request_method="POST", renderer="admin/form.pt", permission=STAFF)
def account_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save what changed; `change_person_confirmed` asks for ModifySelf."""
    work, given = request.work, texts_of(request)
    try:
        if given.get("email_address", "").strip() not in ("", _me(request).email_address):
            confirm_password(work, given.get("old", ""))  # with the address goes who gets new passwords
        with work.db.begin_nested():
            change_person_confirmed(
                work, _me(request), **{name: given[name] for name in _columns(request) if name in given}
            )
    except Invalid as invalid:
        return _account(request, given, problems_of(invalid))
    except TooManyGuesses as many:
        page = _account(request, given, {"": str(many)})
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(many.wait)
        return page
    except Refused as refused:
        return _account(request, given, {"": str(refused)})
    request.flash("Saved.")
    return HTTPSeeOther(request.route_path("people.account"))


@view_config(route_name="people.password", request_method="GET", renderer="admin/form.pt", permission=STAFF)
def password_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _password(request, {})


@view_config(route_name="people.password", request_method="POST", renderer="admin/form.pt", permission=STAFF)
def password_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Fields `old`, `password`, `again`; all other logins end, and with no `keep` tokens and feeds too."""
    work, given = request.work, texts_of(request)
    if given.get("password", "") != given.get("again", ""):
        return _password(request, {"again": "The two new passwords are not the same."})
    try:
        change_own_password(
            work,
            given.get("old", ""),
            given.get("password", ""),
            session_id=request.login.session_id,
            keep_keys=given.get("keep") == "1",
        )
    except TooManyGuesses as many:
        page = _password(request, {"": str(many)})
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(many.wait)
        return page
    except Invalid as invalid:
        return _password(request, problems_of(invalid))
    except Refused as refused:
        return _password(request, {"": str(refused)})
    request.flash("The password is changed, and all your other logins have ended.")
    return HTTPSeeOther(request.route_path("people.account"))


_CONFIRMED = Section(
    "Is it you?",
    (Field("old", "Present password", kind="password", autocomplete="current-password"),),
    "Needed only when the mail address changes: it is where new passwords are sent.",
)


def _me(request: Request) -> User:
    me: User = request.db.get_one(User, request.login.user_id)
    return me


def _columns(request: Request) -> frozenset[str]:
    everything = request.work.rights.system(Right.ADMIN_USERS)
    return frozenset(COLUMNS if everything else OWN_COLUMNS)


def _may(request: Request) -> bool:
    rights = request.work.rights
    return bool(rights.system(Right.MODIFY_SELF) or rights.system(Right.ADMIN_USERS))


def _account(request: Request, values: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    may = _may(request)
    columns = (_columns(request) - {"comments", "gecos"}) if may else frozenset()
    sections = list(account_sections(values, columns))
    if "email_address" in columns and _me(request).password_hash is not None:
        sections.insert(1, _CONFIRMED)
    page = form_values(
        request,
        title="My account",
        post_url=request.route_path("people.account"),
        sections=sections,
        problems=wrong,
        intro="" if may else "You may not change your account: the right ModifySelf is needed.",
        tabs=account_tabs(request),
        buttons=(SAVE,) if may else (),
    )
    return {**page, "crumbs": (Link("Home", request.route_path("home")),)}


def _password(request: Request, wrong: Mapping[str, str]) -> dict[str, object]:
    may, has_one = _may(request), _me(request).password_hash is not None
    old = Field(
        "old",
        "Present password",
        kind="password",
        required=True,
        autocomplete="current-password",
    )
    new = (
        Field(
            "password",
            "New password",
            kind="password",
            hint=password_hint(request.app.config),
            required=True,
            autocomplete="new-password",
        ),
        Field("again", "New password again", kind="password", required=True, autocomplete="new-password"),
    )
    keep = Field(
        "keep",
        "Let my tokens and feeds go on working",
        "1",
        "checkbox",
        hint="Leave it empty when somebody else may know your password.",
    )
    fields = (old, *new, keep) if has_one else new
    help = "All your other logins end, and your tokens and feeds too."
    page = form_values(
        request,
        title="My password",
        post_url=request.route_path("people.password"),
        sections=(Section("Password", fields, help),) if may else (),
        problems=wrong,
        intro="" if may else "You may not change your password: the right ModifySelf is needed.",
        tabs=account_tabs(request),
        buttons=(Button("Change the password", "save", "primary"),) if may else (),
    )
    return {**page, "crumbs": (Link("Home", request.route_path("home")),)}


def account_tabs(request: Request) -> tuple[Link, ...]:
    """The pages about the reader's own account."""
    parts = (
        ("people.account", "Account"),
        ("people.own_photo", "Photo"),
        ("people.password", "Password"),
        ("people.mail", "Mail to me"),
        ("people.tokens", "Tokens"),
        ("second_factor.overview", "Second factor"),
        ("sessions", "Logins"),
    )
    here = request.matched_route.name
    return tuple(Link(label, request.route_path(route), route == here) for route, label in parts)
