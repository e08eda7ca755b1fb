"""Making and changing custom fields: their settings, checked as a whole, and what the log of changes says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, select

from rtpy.changes.configuring import note_configuration
from rtpy.changes.grants import GrantChange, change_grants
from rtpy.changes.people import system_groups
from rtpy.customfields.brought import all_types
from rtpy.customfields.definition import EVERYWHERE, FieldDefinition
from rtpy.customfields.kinds import (
    LOOKUPS,
    NOT_BASED,
    TYPES,
    FieldType,
    Lookup,
    render_types,
)
from rtpy.customfields.matching import BadPattern, compile_pattern
from rtpy.customfields.parsing import CANONICALIZERS
from rtpy.customfields.showing import fill_address
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.fields.definitions import all_fields
from rtpy.models import CustomField, CustomFieldContent, CustomFieldDefault, CustomFieldPlace
from rtpy.models.group import PRIVILEGED
from rtpy.rights.holders import Holder, Place, things_of
from rtpy.rights.names import Right
from rtpy.work import Work

KIND = "custom_field"
TEXTS = frozenset(
    {
        FieldType.SELECT,
        FieldType.FREEFORM,
        FieldType.TEXT,
        FieldType.WIKITEXT,
        FieldType.HTML,
        FieldType.COMBOBOX,
        FieldType.AUTOCOMPLETE,
    }
)
"""Types between which a field may change while it holds values: all are stored as text."""
FILES = frozenset({FieldType.IMAGE, FieldType.BINARY})


@dataclass(frozen=True, slots=True)
class FieldSettings:
    """All settings of a field but its values, places and defaults; named like the columns."""

    name: str
    lookup: str = Lookup.TICKET
    type: str = FieldType.FREEFORM
    max_values: int = 1
    render_type: str = ""
    based_on_id: int | None = None
    pattern: str = ""
    entry_hint: str = ""
    validation_hint: str = ""
    description: str = ""
    grouping: str = ""
    unique_values: bool = False
    canonicalizer: str = ""
    link_template: str = ""
    include_template: str = ""
    sort_order: int = 0
    disabled: bool = False


def create_field(
    work: Work, settings: FieldSettings, *, everywhere: bool = False, staff: str = "change"
) -> CustomField:
    """Make one. Needs AdminCustomField on the whole system; raises Invalid with every problem.

    `everywhere`: it applies to all at once. `staff` may `change` its values, `see` them, or (empty) neither: rights
    are granted on the field to Privileged.
    """
    if not work.rights.system(Right.ADMIN_CUSTOM_FIELD):
        raise Refused("You may not make custom fields: the right AdminCustomField is needed.")
    settings = _checked(work, settings, None)
    row = CustomField(**asdict(settings))
    work.db.add(row)
    work.db.flush()  # its places point at it
    if everywhere:
        work.db.add(CustomFieldPlace(custom_field_id=row.id, object_id=EVERYWHERE))
    work.db.flush()  # what the log says is read from the rows
    note_configuration(work, KIND, row.id, row.name, None, field_as_written(work, row.id))
    rights = {"change": (Right.SEE_CUSTOM_FIELD, Right.MODIFY_CUSTOM_FIELD), "see": (Right.SEE_CUSTOM_FIELD,)}
    granted = [
        GrantChange(Holder(system_groups(work, (PRIVILEGED,))[0]), right) for right in rights.get(staff, ())
    ]
    if granted:
        # By the system: who may make fields may open them to staff, without holding the rights for every field.
        change_grants(work.as_system(), Place(KIND, row.id), granted)
    return row


def change_field(work: Work, row: CustomField, settings: FieldSettings) -> None:
    """Change its settings. Needs AdminCustomField on the field; raises Invalid with every problem.

    On what it stands can change only while nothing holds a value; it then applies nowhere any more (RT).
    """
    need_to_administer(work, row.id)
    settings = _checked(work, settings, row)
    before = field_as_written(work, row.id)
    if settings.lookup != row.lookup:
        for model in (CustomFieldPlace, CustomFieldDefault):
            work.db.execute(delete(model).where(model.custom_field_id == row.id))
    for each in fields(settings):
        setattr(row, each.name, getattr(settings, each.name))
    work.db.flush()  # what the log says is read from the rows
    note_configuration(work, KIND, row.id, row.name, before, field_as_written(work, row.id))


def settings_of(row: CustomField) -> FieldSettings:
    """The present settings of a field, to be replaced one by one."""
    return FieldSettings(**{each.name: getattr(row, each.name) for each in fields(FieldSettings)})


def find_field(work: Work, field_id: int) -> CustomField:
    """The row of a field. Raises NotFound."""
    row = work.db.get(CustomField, field_id)
    if row is None:
        raise NotFound("There is no such custom field.")
    return row


def may_administer(work: Work, field_id: int) -> bool:
    """May the actor change everything about this field?"""
    return work.rights.of(Right.ADMIN_CUSTOM_FIELD).on(KIND, field_id)


def need_to_administer(work: Work, field_id: int, *others: str) -> None:
    """Raises Refused without AdminCustomField, or one of `others`, on this field."""
    if not any(work.rights.of(right).on(KIND, field_id) for right in (Right.ADMIN_CUSTOM_FIELD, *others)):
        raise Refused("You may not change this custom field: the right AdminCustomField is needed.")


def field_as_written(work: Work, field_id: int) -> dict[str, object]:
    """A field by names, as the log of changes and files of the set-up have it; what is usual is left out."""
    definition = all_fields(work.app, work.db)[field_id]
    base = all_fields(work.app, work.db).get(definition.based_on_id or 0)
    usual = FieldSettings(definition.name)
    written: dict[str, object] = {
        "name": definition.name,
        "lookup": definition.lookup,
        "type": definition.type_name,
        "max_values": definition.max_values,
    }
    for each in fields(FieldSettings):
        value = getattr(definition, each.name)
        if each.name not in written and each.name != "based_on_id" and value != getattr(usual, each.name):
            written[each.name] = value
    if base is not None:
        written["based_on"] = base.name
    names = container_names(work, definition)
    written["values"] = [
        {
            key: value
            for key, value in (
                ("name", each.name),
                ("description", each.description),
                ("category", each.category),
            )
            if value
        }
        for each in definition.choices
    ]
    ordered = sorted(definition.places, key=lambda each: (definition.places[each], each))
    written["applies_to"] = [names.get(each, str(each)) for each in ordered]
    written["defaults"] = {
        names.get(each, str(each)): list(texts) for each, texts in definition.defaults.items()
    }
    return written


def container_names(work: Work, definition: FieldDefinition) -> Mapping[int, str]:
    """The things that the field can be applied to one by one, by id; `everywhere` is among them."""
    kind = definition.container
    found = {EVERYWHERE: "everywhere"}
    if kind:
        found.update(things_of(work.db, kind))
    return found


def canonicalizer_names(work: Work) -> tuple[str, ...]:
    """Those of the core and of plugins."""
    return tuple(sorted({*CANONICALIZERS, *work.app.named("rtpy_canonicalizers")}))


def _checked(work: Work, given: FieldSettings, row: CustomField | None) -> FieldSettings:
    """The settings made tidy. Raises Invalid."""
    problems: list[Problem] = []

    def wrong(field: str, sentence: str) -> None:
        problems.append(Problem(field, sentence))

    name = " ".join(given.name.replace("\x00", "").split())
    if not 0 < len(name) <= 200:
        wrong("name", "Give the field a name of at most 200 characters.")
    types = all_types(work.app.named("rtpy_custom_field_kinds"))
    if given.type not in types and (row is None or given.type != row.type):
        wrong("type", "Choose a type of the list.")
    if given.lookup not in LOOKUPS:
        wrong("lookup", "Choose what the field stands on.")
    if problems:
        raise Invalid(*problems)
    facts = types.get(given.type, TYPES[FieldType.FREEFORM])  # its plugin is not listed now
    if not 0 <= given.max_values <= 1000:
        wrong("max_values", "Write how many values there may be: 1, another number, or 0 for any number.")
    elif given.max_values != 1 and not facts.may_be_many:
        wrong("max_values", f"“{facts.label}” takes one value only.")
    ways = render_types(given.type, given.max_values)
    render_type = given.render_type if given.render_type in ways else (ways[0] if ways else "")
    try:
        compile_pattern(given.pattern)
    except BadPattern as bad:
        wrong("pattern", f"This pattern cannot be used. {bad}")
    if given.unique_values and facts.is_file:
        wrong(
            "unique_values",
            "Files are not compared: unique values are for text, choices, days and addresses.",
        )
    canonicalizer = given.canonicalizer if facts.is_canonicalized else ""
    if canonicalizer and canonicalizer not in canonicalizer_names(work):
        wrong("canonicalizer", f"There is no rewriting named {canonicalizer}. A plugin may have brought it.")
    for column in ("link_template", "include_template"):
        template = getattr(given, column).strip()
        if template and fill_address(template, "https://example.com/", {"id": "1"}) is None:
            wrong(
                column, "Write an address that begins with https:// or /, with __CustomField__ for the value."
            )
    for column, most in (("entry_hint", 255), ("validation_hint", 255), ("grouping", 100)):
        if len(getattr(given, column)) > most:
            wrong(column, f"Keep it to {most} characters.")
    if abs(given.sort_order) > 1_000_000:
        wrong("sort_order", "Write a smaller number.")
    problems += _check_base(work, given, render_type, row)
    problems += _check_held(work, given, row)
    if problems:
        raise Invalid(*problems)
    tidy = {column: getattr(given, column).replace("\x00", "").strip() for column in _TEXT_COLUMNS}
    return FieldSettings(
        **tidy,
        name=name,
        lookup=given.lookup,
        type=given.type,
        max_values=given.max_values,
        render_type=render_type,
        based_on_id=given.based_on_id if facts.has_choices else None,
        unique_values=given.unique_values,
        canonicalizer=canonicalizer,
        sort_order=given.sort_order,
        disabled=given.disabled,
    )


_TEXT_COLUMNS = (
    "pattern",
    "entry_hint",
    "validation_hint",
    "description",
    "grouping",
    "link_template",
    "include_template",
)


def _check_base(work: Work, given: FieldSettings, render_type: str, row: CustomField | None) -> list[Problem]:
    if given.based_on_id is None or given.type not in TYPES or not TYPES[given.type].has_choices:
        return []
    known = all_fields(work.app, work.db)
    base = known.get(given.based_on_id)
    if base is None or base.lookup != given.lookup or not base.facts.has_choices:
        return [
            Problem("based_on_id", "Choose a field with a list of values that stands on the same things.")
        ]
    if render_type in NOT_BASED:
        return [Problem("render_type", f"“{render_type}” cannot depend on another field: choose a dropdown.")]
    seen = {row.id} if row is not None else set()
    each: FieldDefinition | None = base
    while each is not None:
        if each.id in seen:
            return [
                Problem("based_on_id", "That field depends on this one already: they would go in a circle.")
            ]
        seen.add(each.id)
        each = known.get(each.based_on_id or 0)
    return []


def _check_held(work: Work, given: FieldSettings, row: CustomField | None) -> list[Problem]:
    """What may not change while things hold values."""
    if row is None or (given.lookup == row.lookup and given.type == row.type):
        return []
    family = next((each for each in (TEXTS, FILES) if row.type in each), frozenset({row.type}))
    holds = select(CustomFieldContent.id).where(CustomFieldContent.custom_field_id == row.id).limit(1)
    if work.db.scalar(holds) is None:
        return []
    problems = []
    if given.lookup != row.lookup:
        problems.append(Problem("lookup", "Things hold values of this field: make another field for these."))
    if given.type not in family:
        problems.append(
            Problem(
                "type", "Things hold values of this field, and they do not fit this type: make another field."
            )
        )
    return problems
