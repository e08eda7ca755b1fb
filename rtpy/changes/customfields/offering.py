"""What a custom field offers and where: its list of values, the places it applies to, and the defaults there."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from rtpy.changes.configuring import note_configuration
from rtpy.changes.customfields.checking import reading_of
from rtpy.changes.customfields.defining import (
    KIND,
    container_names,
    field_as_written,
    may_administer,
    need_to_administer,
)
from rtpy.customfields.definition import EVERYWHERE, Choice
from rtpy.customfields.parsing import read_values
from rtpy.errors import Invalid, Problem, Refused
from rtpy.fields.definitions import all_fields
from rtpy.models import CustomField, CustomFieldDefault, CustomFieldPlace, CustomFieldValue
from rtpy.rights.names import Right
from rtpy.work import Work

MOST_CHOICES = 10_000


def read_choices(text: str) -> list[Choice]:
    """A pasted list, one value a line: `name | description | category`; only the name is needed. Tabs do as well.

    A line `[Category]` puts those below it under that category, `[]` under none. Raises Invalid.
    """
    found: dict[str, Choice] = {}
    problems: list[Problem] = []
    category = ""
    for line in text.replace("\x00", "").splitlines():
        words = " ".join(line.replace("\t", "|").split())
        if not words:
            continue
        if words.startswith("[") and words.endswith("]"):
            category = words[1:-1].strip()
            continue
        name, description, own, *_ = (*(part.strip() for part in words.split("|", 2)), "", "", "")
        if not name or len(name) > 200 or len(description) > 255 or len(own or category) > 200:
            problems.append(Problem("values", f"“{words[:60]}”: a name has 1 to 200 characters."))
        elif name.casefold() in found:
            problems.append(Problem("values", f"“{name}” stands twice in the list."))
        else:
            found[name.casefold()] = Choice(name, description, own or category)
    if len(found) > MOST_CHOICES:
        problems = [Problem("values", f"These are more than {MOST_CHOICES:,} values.")]
    if problems:
        raise Invalid(*problems[:20])
    return list(found.values())


def write_choices(choices: Iterable[Choice]) -> str:
    """The list as `read_choices` reads it: those of one category that follow each other stand below its name."""
    lines: list[str] = []
    category = ""
    for each in choices:
        if each.category != category:
            lines += [*([""] if lines else []), f"[{each.category}]"]
            category = each.category
        lines.append(f"{each.name} | {each.description}" if each.description else each.name)
    return "\n".join(lines)


def set_choices(work: Work, row: CustomField, choices: Sequence[Choice]) -> None:
    """Let the field offer exactly these, in this order. Needs AdminCustomField or AdminCustomFieldValues on it.

    What things hold stays when it is no longer offered.
    """
    need_to_administer(work, row.id, Right.ADMIN_CUSTOM_FIELD_VALUES)
    before = field_as_written(work, row.id)
    mine = CustomFieldValue.custom_field_id == row.id
    rows = {each.name.casefold(): each for each in work.db.scalars(select(CustomFieldValue).where(mine))}
    for position, choice in enumerate(choices):
        value = rows.pop(choice.name.casefold(), None)
        if value is None:
            value = CustomFieldValue(custom_field_id=row.id)
            work.db.add(value)
        value.name, value.description, value.category = choice.name, choice.description, choice.category
        value.sort_order = position
    for value in rows.values():
        work.db.delete(value)
    work.db.flush()  # what the log says is read from the rows
    note_configuration(work, KIND, row.id, row.name, before, field_as_written(work, row.id))


def set_places(work: Work, row: CustomField, places: Mapping[int, int]) -> None:
    """Let the field apply exactly here: sort orders by the id of a queue, catalog or class; 0 is everywhere.

    Everywhere stands alone (RT). Needs AdminCustomField on the field, or for each queue that comes or goes
    AssignCustomFields on it. Raises Invalid.
    """
    definition = all_fields(work.app, work.db)[row.id]
    known = container_names(work, definition)
    wanted = {EVERYWHERE: places[EVERYWHERE]} if EVERYWHERE in places else dict(places)
    if any(each not in known for each in wanted):
        raise Invalid(Problem("places", "Choose places that exist."))
    changed = {
        each for each in {*wanted, *definition.places} if wanted.get(each) != definition.places.get(each)
    }
    if not may_administer(work, row.id):
        assigns = work.rights.of(Right.ASSIGN_CUSTOM_FIELDS)
        if definition.container != "queue" or not all(
            assigns.in_queue(each) if each else assigns.everywhere for each in changed
        ):
            raise Refused("You may not say where this field applies: the right AdminCustomField is needed.")
    before = field_as_written(work, row.id)
    mine = CustomFieldPlace.custom_field_id == row.id
    rows = {each.object_id: each for each in work.db.scalars(select(CustomFieldPlace).where(mine))}
    for object_id, order in wanted.items():
        place = rows.pop(object_id, None)
        if place is None:
            place = CustomFieldPlace(custom_field_id=row.id, object_id=object_id)
            work.db.add(place)
        place.sort_order = order
    for place in rows.values():
        work.db.delete(place)
    work.db.flush()  # what the log says is read from the rows
    note_configuration(work, KIND, row.id, row.name, before, field_as_written(work, row.id))


def set_default(work: Work, row: CustomField, container_id: int, texts: Sequence[str]) -> None:
    """What a new thing gets in this queue, catalog or class (0: everywhere); no text: nothing of its own.

    Needs AdminCustomField. Raises Invalid for values that the field would not take. A pattern is not asked about
    nothing: a mandatory field may well have no default.
    """
    need_to_administer(work, row.id)
    definition = all_fields(work.app, work.db)[row.id]
    kept = [text.strip() for text in texts if text.strip()]
    if container_id not in container_names(work, definition):
        raise Invalid(Problem("place", "Choose a place that exists."))
    if kept and not definition.facts.may_have_defaults:
        raise Invalid(Problem("default", "Pictures and files have no defaults."))
    if kept:
        _, problems = read_values(definition, kept, reading_of(work))
        if problems:
            raise Invalid(*(Problem(f"default_{container_id}", each.message) for each in problems))
    before = field_as_written(work, row.id)
    default = work.db.scalar(
        select(CustomFieldDefault).where(
            CustomFieldDefault.custom_field_id == row.id, CustomFieldDefault.object_id == container_id
        )
    )
    if default is not None and not kept:
        work.db.delete(default)
    elif default is not None:
        default.values = kept
    elif kept:
        work.db.add(CustomFieldDefault(custom_field_id=row.id, object_id=container_id, values=kept))
    work.db.flush()  # what the log says is read from the rows
    note_configuration(work, KIND, row.id, row.name, before, field_as_written(work, row.id))
