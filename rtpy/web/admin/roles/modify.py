"""Making and changing a custom role."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.custom_roles import (
    LOOKUPS,
    PLACE_KINDS,
    PLACES,
    RoleValues,
    change_custom_role,
    create_custom_role,
    delete_custom_role,
)
from rtpy.changes.roles import KnownRole, roles_of
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.rights.names import Right
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import numbers_named, problems_of, texts_of

PLACE_FIELDS = {lookup: f"{kind}s" for lookup, kind in PLACE_KINDS.items()}
"""The field of the places in which a role of tickets, or of assets, applies."""


@view_config(
    route_name="admin.custom_role.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_ROLES,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form; `?lookup=asset` for a role of assets."""
    lookup = "asset" if request.GET.get("lookup") == "asset" else "ticket"
    return _form(request, None, RoleValues("", lookup=lookup), {})


@view_config(
    route_name="admin.custom_role.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_ROLES,
)
def create_role(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it and go to the list."""
    values = _values(request, "asset" if texts_of(request).get("lookup") == "asset" else "ticket")
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
        role.places,
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
    return RoleValues(
        name=" ".join(given.get("name", "").split()),
        description=" ".join(given.get("description", "").split()),
        entry_hint=" ".join(given.get("entry_hint", "").split()),
        single=given.get("single") == "one",
        lookup=lookup,
        disabled=given.get("enabled") != "1",
        places=numbers_named(request, PLACE_FIELDS[lookup]),
    )


def _form(
    request: Request, role: KnownRole | None, values: RoleValues, wrong: Mapping[str, str]
) -> dict[str, object]:
    path = request.route_path
    url = path("admin.custom_role.modify", id=role.id) if role else path("admin.custom_role.create")
    wrong = {PLACE_FIELDS[values.lookup] if name == "places" else name: said for name, said in wrong.items()}
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
                        hint="With any number, people and groups can also play it on all tickets of a queue, or all "
                        "assets of a catalog.",
                    ),
                    *(() if role else (_lookup(values.lookup, wrong),)),
                    Field(
                        "enabled",
                        "In use",
                        kind="checkbox",
                        checked=not values.disabled,
                        hint="Switched off, it gives no rights and no mail; who plays it stays stored.",
                    ),
                ),
            ),
            _where(request, role, values),
        ),
    )


def _lookup(chosen: str, wrong: Mapping[str, str]) -> Field:
    return Field(
        "lookup",
        "A role of",
        kind="select",
        required=True,
        options=tuple(Option(each, f"{each}s", each == chosen) for each in LOOKUPS),
        error=wrong.get("lookup", ""),
        hint="That stays so. A role of tickets applies in queues, a role of assets in catalogs.",
    )


def _where(request: Request, role: KnownRole | None, values: RoleValues) -> Section:
    """The places of its kind; of a new role those of both kinds, as the page cannot know which it will be."""
    helps = {
        "ticket": "On tickets of other queues nobody sees it, and it gives neither rights nor mail.",
        "asset": "On assets of other catalogs nobody sees it, and it gives no rights.",
    }
    lookups = (role.lookup,) if role else LOOKUPS
    fields = tuple(
        Field(
            PLACE_FIELDS[each],
            PLACE_FIELDS[each].capitalize(),
            kind="select",
            multiple=True,
            options=_places(request, each, values.places if each == values.lookup else frozenset()),
            hint="" if role else f"For a role of {each}s.",
        )
        for each in lookups
    )
    return Section("Where it applies", fields, " ".join(helps[each] for each in lookups))


def _places(request: Request, lookup: str, chosen: frozenset[int]) -> tuple[Option, ...]:
    model = PLACES[lookup]
    rows = request.db.execute(select(model.id, model.name, model.disabled).order_by(model.name))
    return tuple(
        Option(str(row.id), row.name + (" (off)" if row.disabled else ""), row.id in chosen) for row in rows
    )
