"""What a new thing gets in a custom field when nobody says anything: everywhere, or in one queue."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.customfields.defining import container_names
from rtpy.changes.customfields.offering import set_default
from rtpy.customfields.definition import EVERYWHERE, FieldDefinition
from rtpy.customfields.kinds import FieldType
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import all_fields
from rtpy.http.field_resources import CustomFieldResource
from rtpy.rights.names import Right
from rtpy.web.admin.custom_fields.modify import field_crumbs, field_tabs
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.staff.forms import problems_of, texts_of

ROUTE = "admin.custom_field.defaults"


@view_config(
    route_name=ROUTE, request_method="GET", renderer="admin/form.pt", permission=Right.ADMIN_CUSTOM_FIELD
)
def defaults_form(resource: CustomFieldResource, request: Request) -> dict[str, object]:
    """A field for each place where it applies."""
    return _page(request, resource, None, {})


@view_config(
    route_name=ROUTE, request_method="POST", renderer="admin/form.pt", permission=Right.ADMIN_CUSTOM_FIELD
)
def defaults_post(resource: CustomFieldResource, request: Request) -> dict[str, object] | Response:
    """Save all of them, or none."""
    given = texts_of(request)
    try:
        with request.db.begin_nested():
            _save(request, resource, given)
    except Invalid as invalid:
        return _page(request, resource, given, problems_of(invalid))
    request.flash("Saved.")
    return HTTPSeeOther(request.route_path(ROUTE, id=resource.field.id))


def _save(request: Request, resource: CustomFieldResource, given: Mapping[str, str]) -> None:
    definition = all_fields(request.app, request.db)[resource.field.id]
    problems: list[Problem] = []
    for place in container_names(request.work, definition):
        if f"default_{place}" in given:
            typed = given[f"default_{place}"]
            texts = [typed] if definition.is_single else typed.splitlines()
            try:
                set_default(request.work, resource.field, place, texts)
            except Invalid as invalid:
                problems += invalid.problems
    if problems:
        raise Invalid(*problems)


def _page(
    request: Request,
    resource: CustomFieldResource,
    given: Mapping[str, str] | None,
    wrong: Mapping[str, str],
) -> dict[str, object]:
    definition = all_fields(request.app, request.db)[resource.field.id]
    names = container_names(request.work, definition)
    places = [EVERYWHERE, *(each for each in names if each and _is_here(definition, each))]
    return form_values(
        request,
        title=f"Defaults of {definition.name}",
        post_url=request.route_path(ROUTE, id=definition.id),
        sections=[
            Section(
                "What a new one gets",
                tuple(_field(definition, each, names[each], given) for each in places),
                "The system puts it in when nobody says anything, by mail too. A queue's own comes before the common "
                "one.",
            )
        ],
        problems=wrong,
        crumbs=field_crumbs(request),
        tabs=field_tabs(request, resource, "defaults"),
    )


def _is_here(definition: FieldDefinition, place: int) -> bool:
    return EVERYWHERE in definition.places or place in definition.places or place in definition.defaults


def _field(definition: FieldDefinition, place: int, name: str, given: Mapping[str, str] | None) -> Field:
    label = "Everywhere" if place == EVERYWHERE else name
    present = "\n".join(definition.defaults.get(place, ()))
    value = present if given is None else given.get(f"default_{place}", "")
    common = ", ".join(definition.defaults.get(EVERYWHERE, ())) if place != EVERYWHERE else ""
    if definition.type == FieldType.SELECT and definition.is_single:
        options = (
            Option("", f"as everywhere ({common})" if common else "nothing"),
            *(Option(each.name, each.name, each.name == value) for each in definition.choices),
        )
        return Field(f"default_{place}", label, value, "select", options=options)
    kind = "textarea" if not definition.is_single or definition.facts.is_long else "text"
    hints = (
        "" if definition.is_single else "One value a line.",
        f"Empty: as everywhere ({common})." if common else "",
    )
    return Field(f"default_{place}", label, value, kind, " ".join(filter(None, hints)), rows=3)
