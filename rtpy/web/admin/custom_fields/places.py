"""Where a custom field applies: everywhere, or to the tickets of single queues (things of catalogs, classes)."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.customfields.defining import container_names
from rtpy.changes.customfields.offering import set_places
from rtpy.customfields.definition import EVERYWHERE, FieldDefinition
from rtpy.customfields.kinds import LOOKUPS
from rtpy.errors import Invalid
from rtpy.fields.definitions import all_fields
from rtpy.http.field_resources import CustomFieldResource
from rtpy.rights.names import Right
from rtpy.web.admin.custom_fields.modify import field_crumbs, field_tabs
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field
from rtpy.web.staff.forms import problems_of, texts_of

ROUTE = "admin.custom_field.places"


@view_config(
    route_name=ROUTE, request_method="GET", renderer="admin/form.pt", permission=Right.ASSIGN_CUSTOM_FIELDS
)
def places_form(resource: CustomFieldResource, request: Request) -> dict[str, object]:
    """A box for each place."""
    return _page(request, resource, None, {})


@view_config(
    route_name=ROUTE, request_method="POST", renderer="admin/form.pt", permission=Right.ASSIGN_CUSTOM_FIELDS
)
def places_post(resource: CustomFieldResource, request: Request) -> dict[str, object] | Response:
    """Apply it where a box is ticked."""
    given = texts_of(request)
    definition = all_fields(request.app, request.db)[resource.field.id]
    places = {}
    for each in container_names(request.work, definition):
        if given.get(f"place_{each}") == "1":
            typed = given.get(f"order_{each}", "").strip()
            is_number = (
                typed.removeprefix("-").isascii() and typed.removeprefix("-").isdigit() and len(typed) < 7
            )
            places[each] = int(typed) if is_number else definition.places.get(each, 0)
    try:
        with request.db.begin_nested():
            set_places(request.work, resource.field, places)
    except Invalid as invalid:
        return _page(request, resource, given, problems_of(invalid))
    request.flash("Saved." if places else f"{resource.field.name} applies nowhere now: nobody sees it.")
    return HTTPSeeOther(request.route_path(ROUTE, id=resource.field.id))


def _page(
    request: Request,
    resource: CustomFieldResource,
    given: Mapping[str, str] | None,
    wrong: Mapping[str, str],
) -> dict[str, object]:
    definition = all_fields(request.app, request.db)[resource.field.id]
    facts = LOOKUPS[definition.lookup]
    names = container_names(request.work, definition)
    sections = [
        Section(
            "Everywhere",
            tuple(_fields(definition, EVERYWHERE, f"All {facts.label.lower()}", given)),
            "Then the boxes below do not count." if len(names) > 1 else "",
        )
    ]
    if facts.container:
        plural = {"queue": "queues", "catalog": "catalogs", "class": "classes"}[facts.container]
        fields = [
            each
            for number, name in names.items()
            if number != EVERYWHERE
            for each in _fields(definition, number, name, given)
        ]
        sections.append(
            Section(
                f"Only in these {plural}",
                tuple(fields),
                "The order is the field's place among the others there; small numbers come first."
                if fields
                else f"There are no {plural} yet.",
            )
        )
    return form_values(
        request,
        title=f"Where {definition.name} applies",
        post_url=request.route_path(ROUTE, id=definition.id),
        sections=sections,
        problems=wrong,
        crumbs=field_crumbs(request),
        tabs=field_tabs(request, resource, "places"),
    )


def _fields(
    definition: FieldDefinition, number: int, name: str, given: Mapping[str, str] | None
) -> list[Field]:
    ticked = number in definition.places if given is None else given.get(f"place_{number}") == "1"
    fields = [Field(f"place_{number}", name, "1", "checkbox", checked=ticked)]
    if number in definition.places:
        order = str(definition.places[number]) if given is None else given.get(f"order_{number}", "")
        fields.append(Field(f"order_{number}", f"Order: {name}", order, "number"))
    return fields
