"""Making and changing a custom role."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.custom_roles import (
    RoleValues,
    change_custom_role,
    create_custom_role,
    delete_custom_role,
)
from rtpy.changes.roles import KnownRole, roles_of
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import Queue
from rtpy.rights.names import Right
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_named, texts_of


@view_config(
    route_name="admin.custom_role.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_ROLES,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, None, RoleValues(""), {})


@view_config(
    route_name="admin.custom_role.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_ROLES,
)
def create_role(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it and go to the list."""
    values = _values(request, "ticket")
    try:
        with request.db.begin_nested():
            role = create_custom_role(request.work, values)
    except Invalid as invalid:
        return _form(request, None, values, problems_of(invalid))
    request.flash(f"The role {role.name} is made.")
    return HTTPSeeOther(request.route_path("admin.custom_role.list"))


@view_config(
    route_name="admin.custom_role.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_ROLES,
)
def modify_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The role as it is."""
    role = _role(request)
    values = RoleValues(
        role.name,
        role.description,
        role.entry_hint,
        role.is_single,
        role.lookup,
        not role.is_enabled,
        role.queues,
    )
    return _form(request, role, values, {})


@view_config(
    route_name="admin.custom_role.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_ROLES,
)
def modify_role(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Change it, or with `deed`=delete delete it."""
    role = _role(request)
    values = _values(request, role.lookup)
    try:
        with request.db.begin_nested():
            if texts_of(request).get("deed") == "delete":
                delete_custom_role(request.work, role.id)
            else:
                change_custom_role(request.work, role.id, values)
    except Invalid as invalid:
        return _form(request, role, values, problems_of(invalid))
    deleted = texts_of(request).get("deed") == "delete"
    request.flash(f"The role {role.name} is deleted." if deleted else f"The role {values.name} is saved.")
    return HTTPSeeOther(request.route_path("admin.custom_role.list"))


def _role(request: Request) -> KnownRole:
    number = int(request.matchdict["id"])
    for role in roles_of(request.app, request.db).by_role.values():
        if role.id == number:
            return role
    raise HTTPNotFound()


def _values(request: Request, lookup: str) -> RoleValues:
    given = texts_of(request)
    places = (each for each in texts_named(request, "places") if each.isascii() and each.isdigit())
    return RoleValues(
        name=" ".join(given.get("name", "").split()),
        description=" ".join(given.get("description", "").split()),
        entry_hint=" ".join(given.get("entry_hint", "").split()),
        single=given.get("single") == "one",
        lookup=lookup,
        disabled=given.get("enabled") != "1",
        places=frozenset(int(each) for each in places if len(each) < 19),
    )


def _form(
    request: Request, role: KnownRole | None, values: RoleValues, wrong: Mapping[str, str]
) -> dict[str, object]:
    path = request.route_path
    url = path("admin.custom_role.modify", id=role.id) if role else path("admin.custom_role.create")
    return form_values(
        request,
        title=f"Role {role.name}" if role else "New role",
        post_url=url,
        problems=wrong,
        crumbs=(Link("Custom roles", path("admin.custom_role.list")),),
        buttons=(SAVE, Button("Delete", "delete", "quiet")) if role else (SAVE,),
        sections=(
            Section(
                "The role",
                (
                    Field("name", "Name", values.name, required=True, autocomplete="off"),
                    Field("description", "What it is for", values.description),
                    Field(
                        "entry_hint",
                        "Hint beside the field",
                        values.entry_hint,
                        hint="Such as: the person at the client who signs.",
                    ),
                    Field(
                        "single",
                        "Who plays it",
                        kind="select",
                        required=True,
                        options=(
                            Option("many", "any number of people and groups", not values.single),
                            Option("one", "exactly one person, nobody at first", values.single),
                        ),
                        hint="With any number, people and groups can also play it on all tickets of a queue.",
                    ),
                    Field(
                        "enabled",
                        "In use",
                        kind="checkbox",
                        checked=not values.disabled,
                        hint="Switched off, it gives no rights and no mail; who plays it stays stored.",
                    ),
                ),
            ),
            Section(
                "Where it applies",
                (
                    Field(
                        "places",
                        "Queues",
                        kind="select",
                        multiple=True,
                        options=_queues(request, values.places),
                    ),
                ),
                "On tickets of other queues nobody sees it, and it gives neither rights nor mail.",
            ),
        ),
    )


def _queues(request: Request, chosen: frozenset[int]) -> tuple[Option, ...]:
    rows = request.db.execute(select(Queue.id, Queue.name, Queue.disabled).order_by(Queue.name))
    return tuple(
        Option(str(row.id), row.name + (" (off)" if row.disabled else ""), row.id in chosen) for row in rows
    )
