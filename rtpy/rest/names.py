"""Names for the numbers in transactions, as programs know them: login names, not real names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import may_in_queue
from rtpy.changes.roles import roles_of
from rtpy.history.brought import Sentence
from rtpy.models import CustomField, Group, Organization, OrganizationSite, Queue, Transaction, User
from rtpy.models.custom_role import PREFIX
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class KnownField:
    """A custom field as sentences speak of it."""

    id: int
    name: str
    is_single: bool


@dataclass(frozen=True, slots=True)
class WireNames:
    """What the numbers in transactions stand for.

    `users` are login names, `addresses` their mail addresses (the name, of one without), `roles` the names of custom
    roles by what watchers have for them.
    """

    users: Mapping[int, str] = field(default_factory=dict)
    addresses: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    queues: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[int, KnownField] = field(default_factory=dict)
    places: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Names of client organisations and their sites, by the field that holds their numbers."""
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    """Of plugins, by the types of their transactions."""

    def place(self, field: str, number: str) -> str:
        """What the organisation or site of that number is called; empty for none."""
        return self.places.get(field, {}).get(_id(number), number)

    def principal(self, number: str, *, by_address: bool = False) -> str:
        """Who that is: a user's login name (or mail address), or a group's name."""
        key = _id(number)
        known = self.addresses if by_address else self.users
        return known.get(key) or self.groups.get(key) or number


PLACES: Mapping[str, type[Organization] | type[OrganizationSite]] = {
    "Organization": Organization,
    "Site": OrganizationSite,
}
WITH_PLACES = ("ticket", "asset")
"""Of people `Organization` is a text."""
_PRINCIPALS = frozenset({"Owner", "Requestor", "Cc", "AdminCc", "HeldBy", "Contact", "Member", "Membership"})


def read_names(work: Work, transactions: Iterable[Transaction]) -> WireNames:
    """All names that these transactions need: at most one query for each kind of thing.

    A queue that the actor may not know, such as one that a ticket has left, keeps its number, as in RT.
    """
    principals: set[int] = set()
    queues: set[int] = set()
    fields: set[int] = set()
    places: dict[str, set[int]] = {field: set() for field in PLACES}
    for each in transactions:
        principals.add(each.creator_id)
        values = {_id(each.old_value), _id(each.new_value)}
        if each.type == "CustomField":
            fields.add(_id(each.field))
        elif each.field in _PRINCIPALS or each.field.startswith(PREFIX) or each.type in _ABOUT_PRINCIPALS:
            principals |= values
        elif each.field == "Queue":
            queues |= values
        elif each.field in PLACES and each.object_type in WITH_PLACES:
            places[each.field] |= values
    db = work.db
    people = _people(db, principals - {-1})
    users = {number: name for number, (name, _) in people.items()}
    return WireNames(
        users,
        {number: address or name for number, (name, address) in people.items()},
        _named(db, Group, principals - {-1} - users.keys()),
        _named(db, Queue, {number for number in queues - {-1} if _knows_queue(work, number)}),
        {each.role: each.name for each in roles_of(work.app, db).by_role.values()},
        _fields(db, fields - {-1}),
        {name: _named(db, PLACES[name], ids - {-1}) for name, ids in places.items()},
        work.app.named("rtpy_transaction_texts"),
    )


def read_principal_names(work: Work, ids: Collection[int]) -> WireNames:
    """The names of these people and groups alone. At most two queries."""
    people = _people(work.db, set(ids))
    users = {number: name for number, (name, _) in people.items()}
    addresses = {number: address or name for number, (name, address) in people.items()}
    return WireNames(users, addresses, _named(work.db, Group, set(ids) - users.keys()))


_ABOUT_PRINCIPALS = frozenset(
    {
        "AddWatcher",
        "DelWatcher",
        "SetWatcher",
        "AddMember",
        "DeleteMember",
        "AddMembership",
        "DeleteMembership",
    }
)


def _knows_queue(work: Work, number: int) -> bool:
    return any(may_in_queue(work, number, right) for right in (Right.SEE_QUEUE, Right.CREATE_TICKET))


def _people(db: Session, ids: set[int]) -> dict[int, tuple[str, str]]:
    if not ids:
        return {}
    rows = db.execute(select(User.id, User.name, User.email_address).where(User.id.in_(ids)))
    return {row.id: (row.name, row.email_address or "") for row in rows}


def _named(
    db: Session,
    model: type[Group] | type[Queue] | type[Organization] | type[OrganizationSite],
    ids: set[int],
) -> dict[int, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in db.execute(select(model.id, model.name).where(model.id.in_(ids)))}


def _fields(db: Session, ids: set[int]) -> dict[int, KnownField]:
    if not ids:
        return {}
    rows = db.execute(
        select(CustomField.id, CustomField.name, CustomField.max_values).where(CustomField.id.in_(ids))
    )
    return {row.id: KnownField(row.id, row.name, row.max_values == 1) for row in rows}


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else -1
