"""People as programs name them in roles: by login name, mail address, number, or the reference that a record shows."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rtpy.changes.addresses import read_addresses
from rtpy.changes.people import find_by_name, find_person, person_for_address
from rtpy.errors import Invalid, Problem
from rtpy.models import Principal, User
from rtpy.rest.customers import is_staff
from rtpy.rest.naming import find_group, read_number
from rtpy.work import Work

MOST_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class People:
    """Ids of principals in the order in which they were given, each once.

    `repeated` are those that were given again, `problems` sentences about what is nobody.
    """

    ids: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()


def read_people(work: Work, value: Any, *, make: bool) -> People:
    """Who is meant by the value of a role: one of them, or a list; nothing for null and "".

    Texts are login names, mail addresses (several between commas), numbers, or `group:NAME`. With `make` an address
    that nobody has makes a person: ask for the right to give the role first. Customers know of others by mail address
    alone: names and numbers are nobody for them, but their own. Raises Invalid for other JSON types.
    """
    ids: list[int] = []
    repeated: list[int] = []
    problems: list[str] = []
    knows_all = is_staff(work)
    for text, name, is_group in _texts(value):
        if len(ids) > MOST_PEOPLE or len(problems) > MOST_PEOPLE:
            break
        found = _find(work, text, name, is_group=is_group, make=make)
        if (
            found is not None
            and not knows_all
            and (is_group or "@" not in text)
            and found != work.actor.user_id
        ):
            found = None
        if found is None:
            problems.append(f"'{text[:80]}' is no mail address, and no user or group is called so")
        elif found in ids:
            repeated.append(found)
        else:
            ids.append(found)
    if len(ids) > MOST_PEOPLE or len(problems) > MOST_PEOPLE:
        raise Invalid(Problem("role", f"At most {MOST_PEOPLE} people can be named at once"))
    return People(tuple(ids), tuple(repeated), tuple(problems))


def role_difference(present: Collection[int], wanted: Iterable[int]) -> tuple[list[int], list[int]]:
    """Who comes, in the order of `wanted`, and who goes, by number: a list given in an update replaces the role."""
    kept = set(wanted)
    return [each for each in dict.fromkeys(wanted) if each not in present], sorted(set(present) - kept)


def find_one_user(work: Work, value: Any) -> User | None:
    """The user that a single role (Owner) is given to; of a list the first; None when there is none like that.

    Raises Invalid for a value of another JSON type.
    """
    if isinstance(value, list):
        value = value[0] if value else ""
    text = next((text for text, _, _ in _texts(value)), "")
    number = read_number(text)
    if number is not None and (user := work.db.get(User, number)) is not None:
        return work.db.get(User, user.merged_into_id) if user.merged_into_id else user
    return find_by_name(work.db, text) or find_person(work.db, text) if text else None


def _texts(value: Any) -> Iterator[tuple[str, str, bool]]:
    """(text, real name, is it surely a group) of each that is named."""
    match value:
        case None | "" | False:
            return
        case bool():
            raise Invalid(Problem("role", "A role is given to names, mail addresses or numbers"))
        case int():
            yield str(value), "", False
        case str():
            yield from _split(value)
        case Mapping():
            text = value.get("id")
            if not isinstance(text, str | int) or isinstance(text, bool):
                raise Invalid(Problem("role", "A reference to a person or group needs its id"))
            yield str(text).replace("\x00", ""), "", value.get("type") == "group"
        case list():
            for each in value:
                if isinstance(each, list):
                    raise Invalid(Problem("role", "A role is given to names, mail addresses or numbers"))
                yield from _texts(each)
        case _:
            raise Invalid(Problem("role", "A role is given to names, mail addresses or numbers"))


def _split(given: str) -> Iterator[tuple[str, str, bool]]:
    text = given.replace("\x00", "").strip()
    if text.lower().startswith("group:"):
        yield text[6:].strip(), "", True
        return
    if "@" not in text:
        yield text, "", False
        return
    found = [(address, name) for name, address in read_addresses(text) if address]
    for address, name in found or [(text, "")]:
        yield address, name, False


def _find(work: Work, text: str, name: str, *, is_group: bool, make: bool) -> int | None:
    number = read_number(text)
    if is_group:
        group = find_group(work.db, text)
        return group.id if group else None
    if number is not None:
        principal = work.db.get(Principal, number)
        user = work.db.get(User, number) if principal is not None else None
        return (user.merged_into_id or user.id) if user else principal.id if principal else None
    if "@" in text:
        found = find_person(work.db, text)
        if found is None and make:
            try:
                return person_for_address(work, text, name).id
            except Invalid:
                return None
        return found.id if found else None
    user = find_by_name(work.db, text)
    return user.id if user else None
