"""What posted forms say about custom fields: values that were shown, uploads, and files to be taken away."""

from collections.abc import Collection

from pyramid.request import Request

from rtpy.changes.change import Change
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.ticket import (
    AddCustomFieldValue,
    DeleteCustomFieldValue,
    set_fields_of,
)
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.parsing import Given
from rtpy.fields.definitions import all_fields
from rtpy.models import Ticket
from rtpy.web.custom_fields.inputs import posted_texts
from rtpy.web.staff.forms import files_of


def given_fields(request: Request, *lookups: str) -> GivenFields:
    """The fields of these kinds that the form showed, with what stands in them, by the reader's clock.

    A file field is there only when something was uploaded, or ticked to be taken away.
    """
    values: dict[int, tuple[Given, ...]] = {}
    for definition in _shown(request, lookups):
        if definition.facts.is_file:
            files = files_of(request, definition.input_name)
            if files or removed_rows(request, definition):
                values[definition.id] = files
        else:
            values[definition.id] = tuple(posted_texts(request, definition) or ())
    return GivenFields(values, request.zone)


def removed_rows(request: Request, definition: FieldDefinition | None = None) -> frozenset[int]:
    """The files that were ticked to be taken away: of one field, or of all that the form showed."""
    names = (
        [definition.input_name]
        if definition
        else [each.input_name for each in _shown(request, tuple(Lookup))]
    )
    found = [
        each for name in names for each in request.POST.getall(f"{name}_remove") if isinstance(each, str)
    ]
    return frozenset(int(each) for each in found if each.isascii() and each.isdigit() and len(each) < 19)


def posted_changes(request: Request, ticket: Ticket) -> tuple[Change, ...]:
    """The changes of a ticket that its fields in the form ask for."""
    given = given_fields(request, Lookup.TICKET)
    known = all_fields(request.app, request.db)
    changes: list[Change] = []
    plain = {}
    for field_id, values in given.values.items():
        definition = known[field_id]
        if not definition.facts.is_file:
            plain[field_id] = values
            continue
        gone = [DeleteCustomFieldValue(field_id, row) for row in sorted(removed_rows(request, definition))]
        came = [AddCustomFieldValue(field_id, each) for each in values]
        # A mandatory file may be exchanged: the new one comes first where it does not push another one out.
        changes += [*gone, *came] if definition.max_values else [*came, *gone]
    return (*changes, *set_fields_of(request.work, ticket, GivenFields(plain, given.zone)))


def _shown(request: Request, lookups: Collection[str]) -> list[FieldDefinition]:
    known = all_fields(request.app, request.db)
    numbers = [each for each in request.POST.getall("cf_shown") if isinstance(each, str)]
    found = (known.get(int(each)) for each in dict.fromkeys(numbers) if each.isascii() and each.isdigit())
    return [each for each in found if each is not None and each.lookup in lookups]
