"""People of tickets for result columns: who plays which role, and what of them can be shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from rtpy.models import Group, User, Watcher
from rtpy.models.watcher import OWNER

PERSON_FIELDS = {
    "EmailAddress": ("e-mail address", "email_address"),
    "Name": ("login name", "name"),
    "RealName": ("real name", "real_name"),
    "NickName": ("nickname", "nick_name"),
    "Organization": ("organisation line", "organization"),
    "Address1": ("address", "address1"),
    "Address2": ("address, second line", "address2"),
    "City": ("city", "city"),
    "State": ("state", "state"),
    "Zip": ("post code", "zip"),
    "Country": ("country", "country"),
    "WorkPhone": ("work phone", "work_phone"),
    "HomePhone": ("home phone", "home_phone"),
    "MobilePhone": ("mobile phone", "mobile_phone"),
    "PagerPhone": ("pager", "pager_phone"),
}
"""What may follow a role and a dot: in words, and the column of users."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person or a group; `fields` are by RT's names, those that are empty left out."""

    id: int
    shown: str
    fields: Mapping[str, str]
    is_group: bool = False


def people_by_id(db: Session, ids: Collection[int]) -> dict[int, Person]:
    """Users of these ids. One query."""
    if not ids:
        return {}
    rows = db.connection().execute(_PEOPLE, {"ids": list(ids)})
    return {row.id: _person(row) for row in rows}


def watchers_of(db: Session, ticket_ids: Collection[int]) -> dict[int, dict[str, list[Person]]]:
    """Who plays which role on these tickets, in the order in which they came to it. One query."""
    found: dict[int, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for row in db.connection().execute(_WATCHERS, {"ids": list(ticket_ids)}) if ticket_ids else ():
        if row.group_name is not None:
            fields = {"Name": row.group_name}
            found[row.ticket_id][row.role].append(Person(row.principal_id, row.group_name, fields, True))
        elif row.id is not None:
            found[row.ticket_id][row.role].append(_person(row))
    return found


def roles_of_reader(
    db: Session, principals: Collection[int], tickets: Mapping[int, tuple[int, int]]
) -> dict[int, frozenset[str]]:
    """Which roles any of `principals` plays on tickets or their queues; `tickets`: (queue, owner) by id. One query."""
    if not tickets or not principals:
        return {}
    values = {
        "ids": list(tickets),
        "queues": list({queue for queue, _ in tickets.values()}),
        "principals": list(principals),
    }
    on_ticket: dict[int, set[str]] = defaultdict(set)
    on_queue: dict[int, set[str]] = defaultdict(set)
    for ticket_id, queue_id, role in db.connection().execute(_ROLES, values):
        if ticket_id is not None:
            on_ticket[ticket_id].add(role)
        elif queue_id is not None:
            on_queue[queue_id].add(role)
    return {
        ticket_id: frozenset(
            on_ticket[ticket_id] | on_queue[queue_id] | ({OWNER} if owner in principals else set())
        )
        for ticket_id, (queue_id, owner) in tickets.items()
    }


def names_of(people: Iterable[Person]) -> tuple[str, ...]:
    """As pages name them."""
    return tuple(person.shown for person in people)


def _person(row: Any) -> Person:  # Any: a row of a select
    values = {name: getattr(row, column) for name, (_, column) in PERSON_FIELDS.items()}
    shown = row.real_name or row.nick_name or row.name
    return Person(row.id, shown, {name: value for name, value in values.items() if value})


def _columns() -> Sequence[Any]:
    return (User.id, *(getattr(User, column) for _, column in PERSON_FIELDS.values()))


# Built once: to build these costs more than to run them.
_PEOPLE = select(*_columns()).where(User.id.in_(bindparam("ids", expanding=True)))
_WATCHERS = (
    select(Watcher.ticket_id, Watcher.role, Watcher.principal_id, Group.name.label("group_name"), *_columns())
    .outerjoin(User, User.id == Watcher.principal_id)
    .outerjoin(Group, Group.id == Watcher.principal_id)
    .where(Watcher.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(Watcher.id)
)
_ROLES = select(Watcher.ticket_id, Watcher.queue_id, Watcher.role).where(
    or_(
        Watcher.ticket_id.in_(bindparam("ids", expanding=True)),
        Watcher.queue_id.in_(bindparam("queues", expanding=True)),
    ),
    Watcher.principal_id.in_(bindparam("principals", expanding=True)),
)
