"""People in the fields of tickets: addresses, names and numbers become principals."""

from collections.abc import Sequence

from rtpy.changes.own_addresses import is_ours, own_addresses
from rtpy.changes.people import find_by_name
from rtpy.errors import Invalid, Problem
from rtpy.rest.naming import find_group, read_number
from rtpy.rest.people import MOST_PEOPLE, read_people
from rtpy.rest1.call import Call


def principals_of(call: Call, items: Sequence[str], field: str) -> list[int]:
    """Whom these items name: an address (made a contact where it is new), a login name, a number, or a group.

    Ask for the right to give the role first. Raises Invalid with the field for what is nobody, and for our own
    addresses.
    """
    work = call.work
    items = list(dict.fromkeys(items))
    if not items:
        return []
    if len(items) > MOST_PEOPLE:
        raise Invalid(Problem(field.lower(), f"At most {MOST_PEOPLE} people at once."))
    ours = own_addresses(work.app, work.db)
    for item in items:
        if is_ours(item, ours):
            raise Invalid(Problem(field.lower(), f"{item} is our own address: mail to it would come back."))
    read = read_people(work, [_spelled(call, item) for item in items], make=True)
    if read.problems:
        raise Invalid(*(Problem(field.lower(), f"{problem}.") for problem in read.problems))
    return list(read.ids)


def _spelled(call: Call, item: str) -> str:
    """A group's name as such, where no person is called so."""
    if "@" in item or read_number(item) is not None or find_by_name(call.work.db, item) is not None:
        return item
    return f"group:{item}" if find_group(call.work.db, item) is not None else item
