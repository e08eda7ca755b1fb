"""Checking values of custom fields: the one place that every face, mail and bulk change alike, is judged by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from sqlalchemy import select

from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.parsing import (
    CANONICALIZERS,
    Given,
    Reading,
    check_values,
    is_mandatory,
    read_values,
)
from rtpy.errors import Invalid, Problem
from rtpy.fields.contents import Contents, as_texts, contents_of
from rtpy.fields.definitions import all_fields, field_named, fields_for
from rtpy.models import CustomFieldContent, Ticket
from rtpy.work import Face, Work

ASKED = frozenset({Face.WEB, Face.REST2, Face.REST1, Face.CLI})
"""Faces that are asked for mandatory fields when something is made: a customer's mail is not turned away for one."""


@dataclass(frozen=True, slots=True)
class GivenFields:
    """What somebody gave: values by the id of the field, and by which clock their dates are meant."""

    values: Mapping[int, Sequence[Given]] = field(default_factory=dict)
    zone: tzinfo = UTC


NO_FIELDS = GivenFields()


@dataclass(frozen=True, slots=True)
class Checked:
    """Values of one field that are ready to be stored; `given` are the files, in the order of the values."""

    definition: FieldDefinition
    values: tuple[FieldValue, ...]
    given: tuple[Given, ...] = ()


def reading_of(work: Work, zone: tzinfo = UTC) -> Reading:
    """How values are read: with the canonicalizers of the core and of all plugins."""
    return Reading(zone, {**CANONICALIZERS, **work.app.named("rtpy_canonicalizers")})


def check_field(
    work: Work,
    definition: FieldDefinition,
    given: Sequence[Given],
    *,
    object_id: int | None = None,
    base: Sequence[str] | None = None,
    zone: tzinfo = UTC,
) -> Checked:
    """The values for one field of one thing. Raises Invalid with all that is wrong.

    `object_id`: of the thing, None while it is made. `base`: values of the field that this one is based on; found
    when not given. One query for unique values, one for a base.
    """
    if base is None and definition.based_on_id is not None and object_id is not None:
        base = base_texts(work, definition, contents_of(work.db, definition.lookup, object_id))
    values, problems = read_values(definition, given, reading_of(work, zone), base=base)
    if not problems and definition.unique_values:
        problems = [
            Problem(
                definition.input_name,
                f"{definition.name}: {_where(definition, taken)} has this value already; each needs its own.",
            )
            for value in values
            if (taken := _taken(work, definition, value, object_id)) is not None
        ]
    if problems:
        raise Invalid(*problems)
    files = tuple(each for each in given if not isinstance(each, str)) if definition.facts.is_file else ()
    return Checked(definition, tuple(values), files)


def check_all(
    work: Work,
    definitions: Collection[FieldDefinition],
    given: GivenFields,
    *,
    object_id: int | None = None,
    held: Contents | None = None,
    asked: Collection[int] = (),
) -> list[Checked]:
    """The values of all fields that were given, every problem told at once by Invalid.

    `asked` are ids of fields that must have a value if they are mandatory, given or not. What one field is based on
    counts as it will be afterwards.
    """
    checked: dict[int, Checked] = {}
    problems: list[Problem] = []
    for definition in _bases_first(definitions):
        if definition.id not in given.values:
            if definition.id in asked and not (held or {}).get(definition.id):
                sentences = check_values(definition, ())
                problems += [Problem(definition.input_name, sentence) for sentence in sentences]
            continue
        try:
            checked[definition.id] = check_field(
                work,
                definition,
                given.values[definition.id],
                object_id=object_id,
                base=_base_given(work, definition, checked, held),
                zone=given.zone,
            )
        except Invalid as invalid:
            problems += invalid.problems
    if problems:
        raise Invalid(*problems)
    return list(checked.values())


def missing_fields(
    work: Work, ticket: Ticket, names: Collection[str], given: Mapping[str, Sequence[Given]]
) -> list[Problem]:
    """Which of these fields (names, or numbers) of the ticket would be empty: one problem for each.

    `given` are values that the same bundle brings, by the same names. A name that no field of the ticket's queue has
    is no problem: it can be asked of nobody. One query, none when all are given.
    """
    wanted = []
    for name in dict.fromkeys(names):
        definition = field_named(work.app, work.db, Lookup.TICKET, name, ticket.queue_id)
        if definition is None or definition.disabled:
            continue
        if not any(not isinstance(each, str) or each.strip() for each in given.get(name, ())):
            wanted.append(definition)
    if not wanted:
        return []
    held = contents_of(work.db, Lookup.TICKET, ticket.id) if ticket.id else {}
    return [
        Problem(definition.input_name, f"{definition.name} is needed first: give it a value.")
        for definition in wanted
        if not held.get(definition.id)
    ]


def missing_mandatory(work: Work, ticket: Ticket, held: Contents) -> list[FieldDefinition]:
    """The mandatory fields of the ticket that have no value, such as after a mail made it. No query."""
    fields = fields_for(work.app, work.db, Lookup.TICKET, ticket.queue_id)
    return [each for each in fields if is_mandatory(each) and not held.get(each.id)]


def base_texts(work: Work, definition: FieldDefinition, held: Contents) -> tuple[str, ...] | None:
    """The values of the field that this one is based on; None when there is no such field."""
    base = all_fields(work.app, work.db).get(definition.based_on_id or 0)
    return None if base is None else as_texts(base, held.get(base.id, ()))


def _base_given(
    work: Work, definition: FieldDefinition, checked: Mapping[int, Checked], held: Contents | None
) -> Sequence[str] | None:
    base_id = definition.based_on_id
    if base_id is None:
        return None
    if base_id in checked:
        return as_texts(checked[base_id].definition, checked[base_id].values)
    return base_texts(work, definition, held) if held is not None else None


def _bases_first(definitions: Collection[FieldDefinition]) -> list[FieldDefinition]:
    by_id = {each.id: each for each in definitions}
    ordered: dict[int, FieldDefinition] = {}

    def add(each: FieldDefinition, depth: int = 0) -> None:
        base = by_id.get(each.based_on_id or 0)
        if base is not None and base.id not in ordered and depth < len(by_id):
            add(base, depth + 1)
        ordered.setdefault(each.id, each)

    for each in definitions:
        add(each)
    return list(ordered.values())


def _taken(work: Work, definition: FieldDefinition, value: FieldValue, object_id: int | None) -> int | None:
    """The id of another thing that has this value; deleted tickets do not count (RT)."""
    query = select(CustomFieldContent.object_id).where(
        CustomFieldContent.custom_field_id == definition.id,
        CustomFieldContent.content == value.content,
        CustomFieldContent.large_content == value.large,
        CustomFieldContent.object_type == definition.lookup,
        CustomFieldContent.disabled.is_(False),
    )
    if object_id is not None:
        query = query.where(CustomFieldContent.object_id != object_id)
    if definition.lookup == Lookup.TICKET:
        query = query.join(Ticket, Ticket.id == CustomFieldContent.object_id).where(
            Ticket.status != "deleted"
        )
    return work.db.scalar(query.limit(1))


def _where(definition: FieldDefinition, object_id: int) -> str:
    """The other thing in words: a ticket by its number, else only its kind."""
    return f"ticket #{object_id}" if definition.lookup == Lookup.TICKET else f"another {definition.lookup}"
