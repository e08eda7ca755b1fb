"""Making a custom field, and changing its settings."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.customfields.defining import FieldSettings, change_field, create_field, settings_of
from rtpy.customfields.brought import facts_of
from rtpy.customfields.kinds import LOOKUPS, Lookup
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.http.field_resources import CustomFieldResource
from rtpy.http.resources import SystemResource
from rtpy.models import CustomField
from rtpy.rights.names import Right
from rtpy.web.admin.custom_fields.settings import kinds_explained, read_settings, settings_form
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

STAFF_MAY = (
    ("change", "see and change it"),
    ("see", "only see it"),
    ("", "neither: the rights page decides"),
)


@view_config(
    route_name="admin.custom_field.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_FIELD,
)
def create_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _create_page(request, {}, {})


@view_config(
    route_name="admin.custom_field.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_FIELD,
)
def create_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it; then its values or its places are the next thing to be said."""
    given = texts_of(request)
    try:
        with request.db.begin_nested():
            row = create_field(
                request.work,
                read_settings(given, FieldSettings("")),
                everywhere=given.get("everywhere") == "1",
                staff=given.get("staff", ""),
            )
    except Invalid as invalid:
        return _create_page(request, given, problems_of(invalid))
    except (Refused, Conflict) as refused:
        return _create_page(request, given, {"": str(refused)})
    request.flash(f"The field {row.name} is made.")
    route = "modify"
    if facts_of(request.app.named("rtpy_custom_field_kinds"), row.type).has_choices:
        route = "values"
    elif given.get("everywhere") != "1":
        route = "places"
    return HTTPSeeOther(request.route_path(f"admin.custom_field.{route}", id=row.id))


@view_config(
    route_name="admin.custom_field.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_FIELD,
)
def modify_form(resource: CustomFieldResource, request: Request) -> dict[str, object]:
    """The settings as they are."""
    return _modify_page(request, resource, {}, {})


@view_config(
    route_name="admin.custom_field.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_FIELD,
)
def modify_post(resource: CustomFieldResource, request: Request) -> dict[str, object] | Response:
    """Save them."""
    given = texts_of(request)
    try:
        with request.db.begin_nested():
            change_field(request.work, resource.field, read_settings(given, settings_of(resource.field)))
    except Invalid as invalid:
        request.db.refresh(resource.field)
        return _modify_page(request, resource, given, problems_of(invalid))
    request.flash("Saved.")
    return HTTPSeeOther(request.route_path("admin.custom_field.modify", id=resource.field.id))


def field_crumbs(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to the pages of a field."""
    return (Link("Custom fields", request.route_path("admin.custom_field.list")), *further)


def field_tabs(request: Request, resource: CustomFieldResource, current: str) -> list[Link]:
    """The pages about one field that the reader may open."""
    row = resource.field

    def tab(label: str, page: str) -> Link:
        return Link(
            label, request.route_path(f"admin.custom_field.{page}", id=row.id), current=page == current
        )

    tabs = []
    may = resource.allows(Right.ADMIN_CUSTOM_FIELD)
    if may:
        tabs.append(tab("Settings", "modify"))
    if facts_of(request.app.named("rtpy_custom_field_kinds"), row.type).has_choices and resource.allows(
        Right.ADMIN_CUSTOM_FIELD_VALUES
    ):
        tabs.append(tab("Values", "values"))
    if may or LOOKUPS[row.lookup].container == "queue":
        tabs.append(tab("Where it applies", "places"))
    if (
        may
        and facts_of(request.app.named("rtpy_custom_field_kinds"), row.type).may_have_defaults
        and row.lookup != Lookup.TRANSACTION
    ):
        tabs.append(tab("Defaults", "defaults"))
    if may:
        rights = request.route_path("admin.rights.list", _query={"kind": "custom_field", "id": row.id})
        tabs.append(Link("Rights", rights))
    if resource.work.rights.super_user:
        log = request.route_path("admin.log.list", _query={"kind": "custom_field", "object": row.id})
        tabs.append(Link("Log", log))
    return tabs


def _create_page(request: Request, given: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    first = Section(
        "Who has it",
        (
            Field(
                "everywhere",
                "It applies everywhere, in every queue",
                "1",
                "checkbox",
                "Without this you say next where it applies.",
                checked=not given or given.get("everywhere") == "1",
            ),
            Field(
                "staff",
                "Staff may",
                kind="select",
                required=True,
                options=tuple(
                    Option(value, label, value == given.get("staff", "change")) for value, label in STAFF_MAY
                ),
                hint="Rights on the field for the group Privileged. Customers see nothing until you grant it.",
            ),
        ),
    )
    return form_values(
        request,
        title="New custom field",
        post_url=request.route_path("admin.custom_field.create"),
        sections=[*settings_form(request, FieldSettings(""), given, None), first],
        problems=wrong,
        crumbs=field_crumbs(request),
        aside=kinds_explained(request),
    )


def _modify_page(
    request: Request, resource: CustomFieldResource, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    row: CustomField = resource.field
    return form_values(
        request,
        title=row.name,
        post_url=request.route_path("admin.custom_field.modify", id=row.id),
        sections=settings_form(request, settings_of(row), given, row.id),
        problems=wrong,
        crumbs=field_crumbs(request),
        tabs=field_tabs(request, resource, "modify"),
        aside=kinds_explained(request),
    )
