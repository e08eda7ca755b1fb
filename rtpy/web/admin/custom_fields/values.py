"""The list of values that a custom field offers: many lines pasted at once."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.customfields.offering import read_choices, set_choices, write_choices
from rtpy.customfields.brought import facts_of
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import FieldType
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import all_fields
from rtpy.http.field_resources import CustomFieldResource
from rtpy.rights.names import Right
from rtpy.web.admin.custom_fields.modify import field_crumbs, field_tabs
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field
from rtpy.web.staff.forms import problems_of, texts_of

ROUTE = "admin.custom_field.values"


@view_config(
    route_name=ROUTE,
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_FIELD_VALUES,
)
def values_form(resource: CustomFieldResource, request: Request) -> dict[str, object]:
    """The list as text."""
    definition = all_fields(request.app, request.db)[resource.field.id]
    return _page(request, resource, write_choices(definition.choices))


@view_config(
    route_name=ROUTE,
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CUSTOM_FIELD_VALUES,
)
def values_post(resource: CustomFieldResource, request: Request) -> dict[str, object] | Response:
    """Offer what is written, in this order."""
    typed = texts_of(request).get("values", "")
    try:
        if not facts_of(request.app.named("rtpy_custom_field_kinds"), resource.field.type).has_choices:
            raise Invalid(Problem("values", "This kind of field has no list of values."))
        choices = read_choices(typed)
        with request.db.begin_nested():
            set_choices(request.work, resource.field, choices)
    except Invalid as invalid:
        return _page(request, resource, typed, Invalid(*invalid.problems))
    request.flash(f"{resource.field.name} offers {len(choices)} value{'' if len(choices) == 1 else 's'} now.")
    base, lost = _base(request, resource), sorted({each.category for each in choices if each.category})
    if base is not None and base.type == FieldType.SELECT:
        lost = [each for each in lost if base.choice(each) is None]
        if lost:
            request.flash(
                f"{base.name} does not offer {', '.join(lost)}: nobody can choose what goes with it.", "warn"
            )
    return HTTPSeeOther(request.route_path(ROUTE, id=resource.field.id))


def _base(request: Request, resource: CustomFieldResource) -> FieldDefinition | None:
    return all_fields(request.app, request.db).get(resource.field.based_on_id or 0)


def _page(
    request: Request, resource: CustomFieldResource, typed: str, invalid: Invalid | None = None
) -> dict[str, object]:
    field = Field(
        "values",
        "Values",
        typed,
        "textarea",
        "One value a line, in the order of the list: name | description | category. Only the name is needed. A line "
        "[Category] puts those below it under that category, [] under none. Lines of a spreadsheet do as well.",
        rows=min(max(typed.count("\n") + 4, 10), 30),
    )
    words = "What things hold already stays there when it is taken off the list."
    base = _base(request, resource)
    if base is not None:
        words += f" The category of a value is the value of {base.name} it goes with; without one it goes with each."
    return form_values(
        request,
        title=f"Values of {resource.field.name}",
        post_url=request.route_path(ROUTE, id=resource.field.id),
        sections=[Section("The list", (field,), words)],
        problems=problems_of(invalid) if invalid else None,
        crumbs=field_crumbs(request),
        tabs=field_tabs(request, resource, "values"),
    )
