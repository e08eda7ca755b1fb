"""One offered value of a custom field at a time, as programs change the list: added, renamed, moved, struck out."""

from dataclasses import dataclass

from sqlalchemy import func, select

from rtpy.changes.configuring import note_configuration
from rtpy.changes.customfields.defining import KIND, field_as_written, need_to_administer
from rtpy.changes.customfields.offering import MOST_CHOICES
from rtpy.errors import Invalid, Problem
from rtpy.models import CustomField, CustomFieldValue
from rtpy.rights.names import Right
from rtpy.work import Work

HIGHEST = 1_000_000


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """All that is known of an offered value; `sort_order` None is at the end of the list."""

    name: str
    description: str = ""
    category: str = ""
    sort_order: int | None = None


def add_value(work: Work, field: CustomField, settings: ValueSettings) -> CustomFieldValue:
    """Offer one more. Needs AdminCustomField or AdminCustomFieldValues on the field; raises Invalid."""
    need_to_administer(work, field.id, Right.ADMIN_CUSTOM_FIELD_VALUES)
    before = field_as_written(work, field.id)
    row = CustomFieldValue(custom_field_id=field.id, **_checked(work, field, settings, None))
    work.db.add(row)
    _note(work, field, before)
    return row


def change_value(work: Work, field: CustomField, row: CustomFieldValue, settings: ValueSettings) -> None:
    """Let it be like this; what things hold keeps its old name. Needs the same rights; raises Invalid."""
    need_to_administer(work, field.id, Right.ADMIN_CUSTOM_FIELD_VALUES)
    before = field_as_written(work, field.id)
    for column, value in _checked(work, field, settings, row).items():
        setattr(row, column, value)
    _note(work, field, before)


def delete_value(work: Work, field: CustomField, row: CustomFieldValue) -> None:
    """Offer it no more; what things hold stays. Needs the same rights."""
    need_to_administer(work, field.id, Right.ADMIN_CUSTOM_FIELD_VALUES)
    before = field_as_written(work, field.id)
    work.db.delete(row)
    _note(work, field, before)


def settings_of_value(row: CustomFieldValue) -> ValueSettings:
    """As it is, to be replaced one by one."""
    return ValueSettings(row.name, row.description, row.category, row.sort_order)


def _checked(
    work: Work, field: CustomField, given: ValueSettings, row: CustomFieldValue | None
) -> dict[str, str | int]:
    mine = CustomFieldValue.custom_field_id == field.id
    name, description, category = (
        " ".join(text.replace("\x00", "").split()) for text in (given.name, given.description, given.category)
    )
    order = given.sort_order
    problems = []
    if not 0 < len(name) <= 200 or len(description) > 255 or len(category) > 200:
        problems.append(
            Problem("name", "Give the value a name of 1 to 200 characters, and a short description.")
        )
    same = select(CustomFieldValue.id).where(mine, func.lower(CustomFieldValue.name) == name.lower())
    if work.db.scalar(same.where(CustomFieldValue.id != row.id) if row else same) is not None:
        problems.append(Problem("name", f"{field.name} offers {name} already."))
    if order is not None and abs(order) > HIGHEST:
        problems.append(Problem("sort_order", f"The place in the list is a number up to {HIGHEST}."))
    if row is None:
        last, count = work.db.execute(
            select(func.max(CustomFieldValue.sort_order), func.count()).where(mine)
        ).one()
        order = (-1 if last is None else last) + 1 if order is None else order
        if count >= MOST_CHOICES:
            problems.append(Problem("values", f"These are more than {MOST_CHOICES:,} values."))
    if problems:
        raise Invalid(*problems)
    return {"name": name, "description": description, "category": category, "sort_order": order or 0}


def _note(work: Work, field: CustomField, before: dict[str, object]) -> None:
    work.db.flush()  # what the log says is read from the rows
    note_configuration(work, KIND, field.id, field.name, before, field_as_written(work, field.id))
