"""The custom fields that there are: found by words, by what they stand on."""

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.changes.customfields.defining import container_names
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import LOOKUPS
from rtpy.customfields.parsing import is_mandatory
from rtpy.fields.definitions import all_fields
from rtpy.http.field_resources import ADMINISTERS
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF, Missing
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.shown import Link

ROUTE = "admin.custom_field.list"


@view_config(route_name=ROUTE, request_method="GET", renderer="admin/list.pt", permission=STAFF)
def list_fields(resource: SystemResource, request: Request) -> dict[str, object]:
    """Those that the reader may change something about. At most one query for the names of each kind of place."""
    asked, work = read_asked(request), request.work
    rights = [work.rights.of(right) for right in ADMINISTERS]
    if all(each.nowhere for each in rights):
        raise HTTPForbidden(result=Missing("You need the right AdminCustomField for this."))
    on = request.GET.get("on", "")
    known = [
        each
        for each in all_fields(request.app, request.db).values()
        if (asked.with_disabled or not each.disabled)
        and (not on or each.lookup == on)
        and any(grants.on("custom_field", each.id) or grants.queues for grants in rights)
        and all(word in _words(each) for word in asked.words.casefold().split())
    ]
    known.sort(key=lambda each: (list(LOOKUPS).index(each.lookup), each.sort_order, each.name.casefold()))
    names = {lookup: _places(request, known, lookup) for lookup in {each.lookup for each in known}}
    shown = known[asked.offset : asked.offset + PER_PAGE + 1]
    tabs = [Link("All", request.route_path(ROUTE), current=not on)]
    tabs += [
        Link(facts.label, request.route_path(ROUTE, _query={"on": lookup}), current=on == lookup)
        for lookup, facts in LOOKUPS.items()
        if any(each.lookup == lookup for each in all_fields(request.app, request.db).values())
    ]
    return list_values(
        request,
        asked,
        route=ROUTE,
        title="Custom fields",
        intro="Fields of your own on tickets, messages, people and other things.",
        columns=("Name", "Kind", "On", "Applies to", "Rule"),
        lines=[_line(request, each, names[each.lookup]) for each in shown],
        create_url=request.route_path("admin.custom_field.create")
        if work.rights.system(Right.ADMIN_CUSTOM_FIELD)
        else None,
        create_label="New field",
        empty="There are no custom fields yet. Make one for what your tickets always need: a serial number, a site, "
        "a contract.",
        tabs=tabs if len(tabs) > 2 else (),
        kept={"on": on} if on else None,
    )


def _words(definition: FieldDefinition) -> str:
    return f"{definition.name} {definition.description} {definition.type_name} {definition.facts.label}".casefold()


def _places(request: Request, known: list[FieldDefinition], lookup: str) -> dict[int, str]:
    first = next(each for each in known if each.lookup == lookup)
    return dict(container_names(request.work, first))


def _line(request: Request, definition: FieldDefinition, names: dict[int, str]) -> Line:
    many = (
        ""
        if definition.is_single
        else ", several"
        if not definition.max_values
        else f", up to {definition.max_values}"
    )
    places = sorted(names.get(each, str(each)) for each in definition.places)
    applies = ", ".join(places[:4]) + (f" and {len(places) - 4} more" if len(places) > 4 else "")
    rules = [
        "mandatory" if is_mandatory(definition) else "",
        "unique" if definition.unique_values else "",
    ]
    return Line(
        definition.name,
        request.route_path("admin.custom_field.modify", id=definition.id),
        (
            f"{definition.facts.label}{many}",
            LOOKUPS[definition.lookup].label,
            applies or "nowhere yet",
            ", ".join(filter(None, rules)) or "–",
        ),
        "switched off" if definition.disabled else "",
    )
