"""Actions that fill and empty custom fields (RT: ClearCustomFieldValues.pm, SetCustomFieldToNow.pm)."""

from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.errors import Invalid, Problem
from rtpy.mail.fields import fields_of, known_fields
from rtpy.scrips.facts import nearest
from rtpy.scrips.kinds import Commit, Occasion, Skip, Task
from rtpy.scrips.setting import change


def set_field(occasion: Occasion, task: Task) -> Commit | Skip:
    """`Name: value`; a field that may hold several takes one here."""
    name, value = read_filling(task.argument)
    if fields_of(occasion).get(name.casefold(), []) == [value]:
        return Skip(f"{name} is {value} already")
    return change(occasion, f"{name} is {value}", SetCustomField(_id(occasion, name), (value,)))


def clear_field(occasion: Occasion, task: Task) -> Commit | Skip:
    """The name of the field, or its number."""
    name = task.argument.strip()
    number = _id(occasion, name)
    if not name.isdigit() and not fields_of(occasion).get(name.casefold()):
        return Skip(f"{name} is empty already")
    return change(occasion, f"{name} emptied", SetCustomField(number, ()))


def set_field_to_now(occasion: Occasion, task: Task) -> Commit | Skip:
    """The name of a field that holds a date, or a date and a time."""
    name = task.argument.strip()
    now = occasion.work.now.strftime("%Y-%m-%d %H:%M:%S")
    return change(occasion, f"{name} is {now} UTC", SetCustomField(_id(occasion, name), (now,)))


def read_filling(argument: str) -> tuple[str, str]:
    """Name and value. Raises Invalid."""
    name, colon, value = (piece.strip() for piece in argument.partition(":"))
    if not colon or not name or not value:
        raise Invalid(Problem("argument", "Write a field and its value: for example Site: Hamburg."))
    return name, value


def _id(occasion: Occasion, name: str) -> int:
    known = known_fields(occasion.work.db)
    for each, number in known.items():
        if each.casefold() == name.casefold() or str(number) == name:
            return number
    raise Invalid(Problem("argument", f"There is no custom field “{name}”.{nearest(name, known)}"))
