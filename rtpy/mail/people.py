"""The people of a ticket, read in one query for all scrips of a transaction; whom to write to is not here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from rtpy.changes.people import system_groups
from rtpy.changes.roles import roles_of
from rtpy.models import Group, GroupClosure, Principal, Squelch, User, UserAddress, Watcher
from rtpy.models.custom_role import PREFIX
from rtpy.models.group import PRIVILEGED
from rtpy.models.user import SYSTEM_USER
from rtpy.models.watcher import OWNER
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Person:
    """A user as far as mail is concerned. `failures`: permanent delivery failures of the address in a row."""

    id: int
    name: str
    address: str
    is_staff: bool
    is_enabled: bool = True
    failures: int = 0
    via: str = ""
    """The group through which a role is played."""


@dataclass(slots=True)
class People:
    """Who plays which role on a ticket, groups unfolded to their enabled members."""

    actor: Person
    """Who did what the mail is about."""
    owner: Person | None
    """None when nobody owns the ticket."""
    on_ticket: dict[str, tuple[Person, ...]]
    on_queue: dict[str, tuple[Person, ...]]
    by_system: bool
    """The system itself did it."""
    squelched: frozenset[str] = frozenset()
    """Addresses, in lower case, that get no mail of this ticket."""

    def playing(self, role: str) -> tuple[Person, ...]:
        """Everybody who plays a role, on the ticket or through the queue, each once."""
        if role == OWNER:
            return (self.owner,) if self.owner else ()
        both = self.on_ticket.get(role, ()) + self.on_queue.get(role, ())
        return tuple({person.id: person for person in both}.values())

    def roles_of(self, person_id: int) -> frozenset[str]:
        """The roles that somebody plays, on the ticket or through the queue."""
        found = {
            role
            for where in (self.on_ticket, self.on_queue)
            for role, persons in where.items()
            if any(person.id == person_id for person in persons)
        }
        if self.owner and self.owner.id == person_id:
            found.add(OWNER)
        return frozenset(found)

    def customers(self) -> Iterator[Person]:
        """Everybody with a role here who is no staff."""
        return (person for person in self.everybody().values() if not person.is_staff)

    def everybody(self) -> dict[int, Person]:
        """All who are named here, by id."""
        named = [person for person in (self.owner, self.actor) if person]
        for where in (self.on_ticket, self.on_queue):
            for them in where.values():
                named += them
        return {person.id: person for person in named}


def load_people(work: Work, queue_id: int, ticket_id: int, owner_id: int, actor_id: int) -> People:
    """Read them. One query."""
    staff_group = system_groups(work, (PRIVILEGED,))[0]
    rows = (
        work.db.connection()
        .execute(
            _PEOPLE,
            {
                "ticket": ticket_id,
                "queue": queue_id,
                "owner": owner_id,
                "actor": actor_id,
                "staff": staff_group,
            },
        )
        .all()
    )
    on_ticket: dict[str, list[Person]] = defaultdict(list)
    on_queue: dict[str, list[Person]] = defaultdict(list)
    named: dict[int, Person] = {}
    squelched: set[str] = set()
    actor_name = ""
    for role, level, user_id, name, real_name, nick_name, address, failures, disabled, is_staff, via in rows:
        if role == _SQUELCHED:
            squelched.add(address)
            continue
        if role.startswith(PREFIX) and not roles_of(work.app, work.db).holds(role, queue_id):
            continue
        person = Person(
            user_id,
            real_name or nick_name or name,
            address or "",
            bool(is_staff),
            not disabled,
            failures,
            via,
        )
        if not role:
            named[user_id] = person
            if user_id == actor_id:
                actor_name = name
        elif person.is_enabled:
            (on_queue if level else on_ticket)[role].append(person)
    owner = named.get(owner_id)
    if owner_id == work.app.nobody_id(work.db) or owner is None or not owner.is_enabled:
        owner = None
    return People(
        actor=named[actor_id],
        owner=owner,
        on_ticket={role: tuple(them) for role, them in on_ticket.items()},
        on_queue={role: tuple(them) for role, them in on_queue.items()},
        by_system=actor_name == SYSTEM_USER,
        squelched=frozenset(squelched),
    )


def find_people(work: Work, addresses: Iterable[str]) -> dict[str, Person]:
    """The enabled users with these addresses, be it the first or a further one, by folded address.

    `Person.address` is the first one, which we write to. One query, none for no address.
    """
    wanted = sorted({address.strip().lower() for address in addresses})
    if not wanted:
        return {}
    staff_group = system_groups(work, (PRIVILEGED,))[0]
    rows = work.db.execute(_KNOWN, {"staff": staff_group, "wanted": wanted})
    return {
        asked: Person(user_id, real_name or name, address or "", bool(is_staff), True, failures)
        for asked, user_id, name, real_name, address, failures, is_staff in rows
    }


def _is_staff() -> ColumnElement[bool]:
    membership = aliased(GroupClosure)
    return (
        exists()
        .where(membership.group_id == bindparam("staff"), membership.member_id == User.id)
        .label("is_staff")
    )


_IS_STAFF = _is_staff()

_addressed = union_all(
    select(func.lower(User.email_address).label("asked"), User.id.label("user_id")).where(
        func.lower(User.email_address).in_(bindparam("wanted", expanding=True))
    ),
    select(UserAddress.address, UserAddress.user_id).where(
        UserAddress.address.in_(bindparam("wanted", expanding=True))
    ),
).subquery("addressed")
_KNOWN = (
    select(
        _addressed.c.asked,
        User.id,
        User.name,
        User.real_name,
        User.email_address,
        User.undeliverable,
        _IS_STAFF,
    )
    .join(User, User.id == _addressed.c.user_id)
    .join(Principal, Principal.id == User.id)
    .where(Principal.disabled.is_(False))
)

_COLUMNS = (User.id, User.name, User.real_name, User.nick_name, User.email_address, User.undeliverable)

# The few watchers first, and people and groups apart: with one join for all, PostgreSQL read every user each time
# while its statistics were young.
_watchers = (
    select(Watcher.role, (Watcher.ticket_id.is_(None)).label("level"), Watcher.principal_id)
    .join(Principal, Principal.id == Watcher.principal_id)
    .where(
        or_(Watcher.ticket_id == bindparam("ticket"), Watcher.queue_id == bindparam("queue")),
        Principal.disabled.is_(False),
    )
    .cte("here")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_role = (_watchers.c.role, _watchers.c.level)
_SQUELCHED = "-squelched"
_none, _no = literal(""), literal(False)
_zero = cast(literal(0), BigInteger)

_PEOPLE: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(*_role, *_COLUMNS, Principal.disabled, _IS_STAFF, _none)
    .join(User, User.id == _watchers.c.principal_id)
    .join(Principal, Principal.id == User.id),
    select(*_role, *_COLUMNS, Principal.disabled, _IS_STAFF, Group.name)
    .join(
        Group, Group.id == _watchers.c.principal_id + 0
    )  # + 0: SQLite begins with the watchers, not with all members
    .join(GroupClosure, GroupClosure.group_id == Group.id)
    .join(User, User.id == GroupClosure.member_id)
    .join(Principal, Principal.id == User.id),
    select(_none, _no, *_COLUMNS, Principal.disabled, _IS_STAFF, _none)
    .join(Principal, Principal.id == User.id)
    .where(User.id.in_((bindparam("owner"), bindparam("actor")))),
    select(
        literal(_SQUELCHED), _no, _zero, _none, _none, _none, Squelch.address, _zero, _no, _no, _none
    ).where(Squelch.ticket_id == bindparam("ticket")),
)
