"""The form of a catalog of assets: making one, changing one."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.catalogs import CatalogValues, change_catalog, make_catalog, values_of
from rtpy.changes.roles import roles_of
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.lifecycle.lifecycle import ASSET
from rtpy.models import Catalog
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.asset.people import read_people, role_hints, typed_people
from rtpy.web.staff.forms import problems_of, texts_of

LABELS = {"HeldBy": "Holders of all its assets", "Contact": "Contacts for all its assets"}


@view_config(
    route_name="admin.catalog.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CATALOG,
)
def show_new(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form."""
    return _form(request, None, {}, {})


@view_config(
    route_name="admin.catalog.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CATALOG,
)
def create(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it."""
    given = texts_of(request)
    try:
        with request.db.begin_nested():
            made = make_catalog(request.work, _read(request, None, given))
    except Invalid as invalid:
        return _form(request, None, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, None, given, {"": str(refused)})
    request.flash(f"The catalog {made.name} is made. Grant rights on it, so that people can see its assets.")
    return HTTPSeeOther(request.route_path("admin.catalog.list"))


@view_config(
    route_name="admin.catalog.modify", request_method="GET", renderer="admin/form.pt", permission=STAFF
)
def show_catalog(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form with the catalog as it is."""
    catalog = _find(request)
    values = values_of(request.work, catalog)
    given = {
        "name": values.name,
        "description": values.description,
        "lifecycle": values.lifecycle,
        "sort_order": str(values.sort_order),
        "disabled": "1" if values.disabled else "",
    }
    for role in _roles(request, catalog):
        ids = sorted(number for each, number in values.people if each == role)
        given[role] = typed_people(request.work, ids)
    return _form(request, catalog, given, {})


@view_config(
    route_name="admin.catalog.modify", request_method="POST", renderer="admin/form.pt", permission=STAFF
)
def modify(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Keep it."""
    catalog, given = _find(request), texts_of(request)
    try:
        with request.db.begin_nested():
            change_catalog(request.work, catalog, _read(request, catalog, given))
    except Invalid as invalid:
        return _form(request, catalog, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, catalog, given, {"": str(refused)})
    request.flash(f"The catalog {catalog.name} is saved.")
    return HTTPSeeOther(request.route_path("admin.catalog.modify", id=catalog.id))


def _find(request: Request) -> Catalog:
    """The catalog `id` of the route; 404 for one that the reader may not change."""
    number = int(request.matchdict["id"])
    found: Catalog | None = request.db.get(Catalog, number)
    if found is None or not request.work.rights.of(Right.ADMIN_CATALOG).on("catalog", number):
        raise HTTPNotFound()
    return found


def _roles(request: Request, catalog: Catalog | None) -> dict[str, tuple[str, str]]:
    """The roles that one can play on all of its assets: what the field is called, and what helps to fill it."""
    number = catalog.id if catalog else 0
    known = roles_of(request.app, request.db).in_catalog(number)
    custom = {each.role: f"{each.name} of all its assets" for each in known if not each.is_single}
    hints = role_hints(request.work, number)
    return {role: (label, hints[role]) for role, label in (LABELS | custom).items()}


def _read(request: Request, catalog: Catalog | None, given: Mapping[str, str]) -> CatalogValues:
    problems: list[Problem] = []
    order = given.get("sort_order", "").strip() or "0"
    digits = order.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 7:
        problems.append(Problem("sort_order", "The place in lists is a number."))
        order = "0"
    roles = _roles(request, catalog)
    people = [
        (role, number)
        for role in roles
        for number in read_people(request.work, role, given.get(role, ""), problems)
    ]
    if catalog is not None:  # who plays a role that does not apply here any more stays stored
        people += [each for each in values_of(request.work, catalog).people if each[0] not in roles]
    if problems:
        raise Invalid(*problems)
    return CatalogValues(
        given.get("name", ""),
        given.get("lifecycle", ""),
        given.get("description", ""),
        int(order),
        given.get("disabled") == "1",
        frozenset(people),
    )


def _form(
    request: Request, catalog: Catalog | None, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    path = request.route_path
    chosen = given.get("lifecycle", "").lower()
    lives = [
        life
        for life in request.app.lifecycles
        if life.type == ASSET and (not life.is_disabled or life.name.lower() == chosen)
    ]
    fields = (
        Field("name", "Name", given.get("name", ""), required=True, autocomplete="off"),
        Field("description", "What it holds", given.get("description", ""), autocomplete="off"),
        Field(
            "lifecycle",
            "Lifecycle",
            kind="select",
            required=True,
            options=tuple(Option(life.name, life.name, life.name.lower() == chosen) for life in lives),
            hint="Which statuses its assets have.",
        ),
        Field("sort_order", "Place in lists", given.get("sort_order", "0"), "number"),
        Field(
            "disabled",
            "Switched off: its assets stay, and no new ones are made",
            "1",
            "checkbox",
            checked=given.get("disabled") == "1",
        ),
    )
    people = tuple(
        Field(role, label, given.get(role, ""), hint=hint, autocomplete="off")
        for role, (label, hint) in _roles(request, catalog).items()
    )
    return form_values(
        request,
        title=f"Catalog {catalog.name}" if catalog else "New catalog",
        post_url=path("admin.catalog.modify", id=catalog.id) if catalog else path("admin.catalog.create"),
        sections=(
            Section("Catalog", fields),
            Section("People", people, "Rights that are granted to these roles hold for all assets here."),
        ),
        problems=wrong,
        crumbs=(Link("Catalogs", path("admin.catalog.list")),),
    )
