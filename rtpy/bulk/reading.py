"""What a bulk update asks for: the changes that every face reads, and people, links and custom fields besides."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import partial

from rtpy.bulk.updating import hidden
from rtpy.changes.change import Change
from rtpy.changes.customfields.ticket import (
    AddCustomFieldValue,
    DeleteCustomFieldValue,
    SetCustomField,
)
from rtpy.changes.people import find_by_name, find_person
from rtpy.changes.reader import Reader
from rtpy.changes.reading import read_changes
from rtpy.changes.ticket.links import NAMES, AddLink
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Refused
from rtpy.fields.allowed import sees, sets
from rtpy.fields.definitions import all_fields
from rtpy.models import Ticket, User
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.work import Work

PLAIN = ("status", "owner", "priority", "queue", "due", "starts", "minutes", "reply", "comment")
"""Fields that `read_changes` reads."""
ROLES = {"requestor": REQUESTOR, "cc": CC, "admin_cc": ADMIN_CC}
PEOPLE = tuple(f"{way}_{role}" for role in ROLES for way in ("add", "delete"))
LINKS = ("link", "link_to")
SET, ADD, DELETE, CLEAR = "set", "add", "delete", "clear"
WAYS = (SET, ADD, DELETE, CLEAR)
"""What can be done to a custom field: `set:7` lets the field 7 hold just this value, and so on."""
MOST_LINKS = 20

Changes = Callable[[Ticket], Sequence[Change]]


def fields_to_change(work: Work, queue_ids: Collection[int]) -> list[FieldDefinition]:
    """Custom fields of one line that the actor may change somewhere in these queues, in their order; no query."""
    found = [
        each
        for each in all_fields(work.app, work.db).values()
        if each.lookup == Lookup.TICKET
        and not (each.facts.is_file or each.facts.is_long)
        and any(
            each.applies(queue) and sees(work, each, queue) and sets(work, each, queue) for queue in queue_ids
        )
    ]
    return sorted(found, key=lambda each: (each.order_in(0), each.name))


def read_bulk(
    work: Work, values: Mapping[str, str], *, zone: tzinfo = UTC
) -> tuple[Changes, dict[str, object]]:
    """What to do to each ticket, and the same in words for the log, texts of messages and of custom fields left out.

    `values`: PLAIN, PEOPLE (addresses and names between commas), LINKS (a name of `NAMES`, and numbers or addresses
    between blanks), and custom fields as `set:7`, `add:7`, `delete:7`, `clear:7`. Empty ones change nothing. Raises
    Invalid. People who do not exist yet are made when the changes of the first ticket are asked for.
    """
    given = {name: value for name, value in values.items() if value.strip()}
    people = _people(work, given)
    always = (*_links(work, given), *_fields(work, given, zone))
    plain = {name: value for name, value in given.items() if name in PLAIN}
    made: list[Change] = []

    def changes_for(ticket: Ticket) -> Sequence[Change]:
        if people and not made:
            made.extend(each for make in people for each in make())
        return (*read_changes(work, ticket, plain, zone=zone), *made, *always)

    return changes_for, _said(work, given)


def is_bulk_field(name: str) -> bool:
    """Is it the name of a field that `read_bulk` reads?"""
    return name in (*PLAIN, *PEOPLE, *LINKS) or _field_of(name) is not None


def _people(work: Work, given: Mapping[str, str]) -> list[Callable[[], Sequence[Change]]]:
    reader = Reader(work, given)
    adds = {name: reader.people(f"add_{name}", ours=False) for name in ROLES}
    gone: dict[str, list[User]] = {}
    for name in ROLES:
        for each in reader.people(f"delete_{name}"):
            user = find_person(work.db, each.address) or find_by_name(work.db, each.address)
            if user is None:
                reader.problem(f"delete_{name}", f"There is nobody with the address {each.address[:80]}.")
            else:
                gone.setdefault(name, []).append(user)
    reader.done()

    def change(name: str, role: str) -> Sequence[Change]:
        added = (AddWatcher(role, user.id) for user in reader.make(adds[name]))
        return (*added, *(DeleteWatcher(role, user.id) for user in gone.get(name, ())))

    return [partial(change, name, role) for name, role in ROLES.items() if adds[name] or name in gone]


def _links(work: Work, given: Mapping[str, str]) -> list[Change]:
    others = given.get("link_to", "").replace(",", " ").split()
    if not others:
        return []
    reader = Reader(work, given)
    name = reader.word("link")
    if name not in NAMES:
        reader.problem("link", "Choose how they are linked.")
    if len(others) > MOST_LINKS:
        reader.problem("link_to", f"Make at most {MOST_LINKS} links at once.")
    reader.done()
    return [AddLink(name, other) for other in others]


def _fields(work: Work, given: Mapping[str, str], zone: tzinfo) -> list[Change]:
    found: list[Change] = []
    for name, value in given.items():
        field = _field_of(name)
        if field is None:
            continue
        way, number = field
        definition = all_fields(work.app, work.db).get(number)
        if definition is None or definition.lookup != Lookup.TICKET or definition.facts.is_file:
            raise Refused("There is no such custom field.")
        match way:
            case "set":
                found.append(SetCustomField(number, (value.strip(),), zone))
            case "add":
                found.append(AddCustomFieldValue(number, value.strip(), zone))
            case "delete":
                found.append(DeleteCustomFieldValue(number, value.strip()))
            case _:
                found.append(SetCustomField(number, ()))
    return found


def _field_of(name: str) -> tuple[str, int] | None:
    way, _, number = name.partition(":")
    is_field = way in WAYS and number.isascii() and number.isdigit() and len(number) < 19
    return (way, int(number)) if is_field else None


def _said(work: Work, given: Mapping[str, str]) -> dict[str, object]:
    """By name; of what only readers of the tickets may read, just that it was changed."""
    known = all_fields(work.app, work.db)
    said: dict[str, object] = {}
    for name, value in given.items():
        field = _field_of(name)
        if field is not None and field[1] in known:
            said[f"{field[0]} {known[field[1]].name}"] = "" if field[0] == CLEAR else hidden(value)
        elif name in (*PLAIN, *PEOPLE, *LINKS):
            said[name] = value
    return said
