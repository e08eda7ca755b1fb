"""A user's account: every field, staff or customer, further addresses, password, switching off and on."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.accounts import COLUMNS, change_person, create_account, is_privileged, set_privileged
from rtpy.changes.addresses import addresses_of, set_addresses
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.identity.accounts import set_disabled, set_password
from rtpy.identity.password_rules import password_hint
from rtpy.models import Principal, User
from rtpy.rights.names import Right
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.admin.users.fields import account_sections
from rtpy.web.admin.users.frame import crumbs_of, find_account, links_of, need_changeable, tabs_of
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.users.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_USERS,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, None, {"privileged": "1"}, {})


@view_config(
    route_name="admin.users.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_USERS,
)
def create_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make the account; with a password they can log in at once."""
    work, given = request.work, texts_of(request)
    try:
        with work.db.begin_nested():
            values = {name: given[name] for name in COLUMNS if name in given}
            user = create_account(work, privileged=given.get("privileged") == "1", **values)
            set_addresses(work, user, _addresses(given))
            if given.get("password"):
                set_password(work, user, given["password"])
    except Invalid as invalid:
        return _form(request, None, given, problems_of(invalid))
    request.flash(f"{user.display_name} has an account now.")
    return HTTPSeeOther(request.route_path("admin.users.modify", id=user.id))


@view_config(
    route_name="admin.users.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_USERS,
)
def modify_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The account as it is."""
    user = find_account(request)
    return _form(request, user, _values(request, user), {})


@view_config(
    route_name="admin.users.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_USERS,
)
def modify_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The field `deed`: save, disable or enable. All of it or nothing."""
    user, work, given = find_account(request), request.work, texts_of(request)
    need_changeable(request, user)
    deed = given.get("deed", "save")
    try:
        with work.db.begin_nested():
            if deed in ("disable", "enable"):
                said = _switch(request, user, disabled=deed == "disable")
            else:
                _save(request, user, given)
                said = "Saved."
    except Invalid as invalid:
        return _form(request, user, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, user, given if deed == "save" else _values(request, user), {"": str(refused)})
    request.flash(said)
    return HTTPSeeOther(request.route_path("admin.users.modify", id=user.id))


def _save(request: Request, user: User, given: Mapping[str, str]) -> None:
    work = request.work
    change_person(work, user, **{name: given[name] for name in COLUMNS if name in given})
    if "addresses" in given:
        set_addresses(work, user, _addresses(given))
        set_privileged(work, user, privileged=given.get("privileged") == "1")
    if given.get("password"):
        set_password(work, user, given["password"])


def _switch(request: Request, user: User, *, disabled: bool) -> str:
    if user.id == request.work.actor.user_id:
        raise Refused("You cannot switch yourself off.")
    set_disabled(request.work, user, disabled=disabled)
    if disabled:
        return "The account is switched off: no login, no rights, no mail."
    return "The account is switched on."


def _addresses(given: Mapping[str, str]) -> list[str]:
    return given.get("addresses", "").replace(",", " ").split()


def _values(request: Request, user: User) -> dict[str, str]:
    values = {column: getattr(user, column) or "" for column in COLUMNS}
    values["addresses"] = "\n".join(addresses_of(request.db, user.id))
    values["privileged"] = "1" if is_privileged(request.work, user.id) else ""
    return values


def _form(
    request: Request, user: User | None, values: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    sections = list(account_sections(values, COLUMNS))
    sections.insert(1, _account_section(user, values, password_hint(request.app.config)))
    if user is None:
        return form_values(
            request,
            title="New user",
            post_url=request.route_path("admin.users.create"),
            sections=sections,
            problems=wrong,
            crumbs=crumbs_of(request),
            buttons=(Button("Make the account", "save", "primary"),),
        )
    off = request.db.get_one(Principal, user.id).disabled
    switch = Button("Switch the account on", "enable") if off else Button("Switch off", "disable", "danger")
    return form_values(
        request,
        title=user.display_name,
        post_url=request.route_path("admin.users.modify", id=user.id),
        sections=sections,
        problems=wrong,
        intro="This account is switched off: no login, no rights, no mail." if off else "",
        crumbs=(*crumbs_of(request), Link("Page", request.route_path("people.display", id=user.id))),
        tabs=tabs_of(request, user),
        links=links_of(request, user),
        buttons=(SAVE, switch),
    )


def _account_section(user: User | None, values: Mapping[str, str], hint: str) -> Section:
    has_one = user is not None and user.password_hash is not None
    return Section(
        "Account",
        (
            Field(
                "privileged",
                "Staff: sees these pages and works on tickets",
                "1",
                "checkbox",
                checked=values.get("privileged") == "1",
            ),
            Field(
                "password",
                "New password",
                kind="password",
                hint=f"{hint} All their logins, tokens and feeds end. Empty: it stays."
                if has_one
                else f"{hint} Empty: there is no login by password.",
                autocomplete="new-password",
            ),
            Field(
                "addresses",
                "Further mail addresses",
                values.get("addresses", ""),
                "textarea",
                "One a line. Mail from any of them is this person's; we write to the one above.",
                rows=3,
            ),
        ),
    )
