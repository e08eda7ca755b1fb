"""Values of custom fields as programs write them, read into what changes take; and RT's words when one does not fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields
from rtpy.content.part import Part
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import FieldType
from rtpy.customfields.matching import comment_of
from rtpy.customfields.parsing import Given, Reading, Unfit, check_values, read_value
from rtpy.errors import Invalid, Problem
from rtpy.fields.allowed import sees, sets
from rtpy.fields.contents import Contents
from rtpy.fields.definitions import field_named
from rtpy.rest.files import ON_FIELD, read_file
from rtpy.work import Work

ALIASES = ("CustomFields", "CustomField")


@dataclass(frozen=True, slots=True)
class ReadFields:
    """What a document says about custom fields.

    `given`: all values of each field by its id, in the order of the document. `kept`: for fields of files, the names of
    files that stay. `unknown`: names that no field has which the caller sees. `problems`: RT's sentences.
    """

    given: GivenFields = NO_FIELDS
    kept: Mapping[int, frozenset[str]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    definitions: Mapping[int, FieldDefinition] = field(default_factory=dict)


def read_fields(
    work: Work,
    lookup: str,
    container_id: int,
    value: Any,
    *,
    roles: frozenset[str] = frozenset(),
    uploads: Mapping[str, Part] | None = None,
    creating: bool = False,
) -> ReadFields:
    """Read the `CustomFields` of a body: names or numbers to values. No query.

    null and [] empty a field; of a list a field of one value takes the first. Files are objects with `FileName`,
    `FileType` and `FileContent`, or with `UploadField`, a name in `uploads`; a text is the name of a file that stays.
    Raises Invalid when it is no object, or a value is one where a text is needed.
    """
    if value is None or value == "":
        return ReadFields()
    if not isinstance(value, Mapping):
        raise Invalid(Problem("CustomFields", "CustomFields must be an object of names and values"))
    values: dict[int, tuple[Given, ...]] = {}
    kept: dict[int, frozenset[str]] = {}
    definitions: dict[int, FieldDefinition] = {}
    unknown: list[str] = []
    problems: list[str] = []
    for name, given in value.items():
        definition = field_named(work.app, work.db, lookup, str(name), container_id)
        if (
            definition is None
            or definition.disabled
            or not (
                sees(work, definition, container_id, roles)
                or sets(work, definition, container_id, roles, creating=creating)
            )
        ):
            unknown.append(str(name))
            continue
        items = given if isinstance(given, list) else [] if given is None else [given]
        items = items[:1] if definition.is_single else items
        if definition.facts.is_file:
            try:
                values[definition.id], kept[definition.id] = _files(items, uploads or {})
            except Invalid as invalid:
                problems.append(str(invalid))
                continue
        else:
            values[definition.id] = tuple(_text(definition, each) for each in items)
        definitions[definition.id] = definition
    return ReadFields(GivenFields(values, UTC), kept, tuple(unknown), tuple(problems), definitions)


def leave_out_unfit(read: ReadFields) -> GivenFields:
    """For what is made: values that a field's list does not offer are left out, as in RT."""
    values = {
        key: tuple(each for each in given if _is_offered(read.definitions[key], each))
        for key, given in read.given.values.items()
    }
    return GivenFields(
        {key: given for key, given in values.items() if given or not read.given.values[key]}, read.given.zone
    )


def removed_files(read: ReadFields, held: Contents) -> frozenset[int]:
    """The rows of files that an update does not name any more."""
    return frozenset(
        value.id
        for key, names in read.kept.items()
        for value in held.get(key, ())
        if value.content not in names
    )


def say_unfit(definition: FieldDefinition, given: Sequence[Given], reading: Reading | None = None) -> str:
    """RT's sentence for why these values were not taken; the reason must be one of the field's own."""
    texts = [each for each in given if isinstance(each, str) and each.strip()]
    for text in texts:
        try:
            value = read_value(definition, text, reading or Reading())
        except Unfit:
            return "Invalid value for custom field"
        if value is not None and check_values(definition, [value]):
            pattern = f"Input must match {_pattern(definition)}"
            if definition.is_single:
                return f"Could not add a new value to custom field '{definition.name}': {pattern}"
            return f"Could not add new custom field value: {pattern}"
    if not texts and not any(isinstance(each, Part) for each in given) and check_values(definition, ()):
        return f"Input must match {_pattern(definition)}"
    return ""


def _pattern(definition: FieldDefinition) -> str:
    words = comment_of(definition.pattern)
    return f"[{words}]" if words else definition.pattern


def _is_offered(definition: FieldDefinition, given: Given) -> bool:
    if definition.type != FieldType.SELECT or not isinstance(given, str) or not given.strip():
        return True
    return definition.choice(" ".join(given.split())) is not None


def _text(definition: FieldDefinition, given: Any) -> str:
    match given:
        case None:
            return ""
        case bool():
            return "1" if given else "0"
        case str():
            return given
        case int() | float():
            return str(given)
    raise Invalid(Problem("CustomFields", f"The value of {definition.name} must be a text"))


def _files(items: Sequence[Any], uploads: Mapping[str, Part]) -> tuple[tuple[Given, ...], frozenset[str]]:
    found: list[Given] = []
    kept: set[str] = set()
    for each in items:
        if isinstance(each, str):
            kept.add(each)
        elif isinstance(each, Mapping) and isinstance(each.get("UploadField"), str):
            part = uploads.get(each["UploadField"])
            if part is None:
                raise Invalid(
                    Problem("CustomFields", f"There is no part {each['UploadField'][:60]} in the form")
                )
            found.append(part)
        elif isinstance(each, Mapping):
            found.append(read_file(each, ON_FIELD))
        else:
            raise Invalid(Problem("CustomFields", ON_FIELD.format("FileName")))
    return tuple(found), frozenset(kept - {""})
