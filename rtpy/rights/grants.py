"""Grants: where somebody holds a right, as one value with two readings (on this ticket? which tickets?)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from rtpy.db.among import one_of
from rtpy.models import Ace, CustomRole, CustomRolePlace, GroupMember, Principal, Ticket, Watcher
from rtpy.models.custom_role import PREFIX
from rtpy.models.watcher import OWNER
from rtpy.rights.names import Right
from rtpy.rights.standing import find_standing

AceRow = tuple[str, str | None, str, int, int]
"""A grant: the right, the role if it is to one, kind and id of the place, the custom field it is limited to or 0."""


@dataclass(frozen=True, slots=True)
class Grants:
    """Where one principal holds one right: everywhere, in some queues, or through a role.

    `principals` are the user and every group that contains it.
    """

    principals: frozenset[int] = frozenset()
    everywhere: bool = False
    queues: frozenset[int] = frozenset()
    roles_everywhere: frozenset[str] = frozenset()
    roles_in: frozenset[tuple[str, int]] = frozenset()
    objects: frozenset[tuple[str, int]] = frozenset()
    """Held on single things that are not queues: (kind, id), such as ("class", 3) or ("custom_field", 7)."""
    roles_on: frozenset[tuple[str, str, int]] = frozenset()
    """Through roles on what is in one thing that is no queue: (role, kind, id), such as ("HeldBy", "catalog", 2).

    ("Owner", "custom_field", 7) is the field 7 of all things that one owns.
    """
    roles_on_field: frozenset[tuple[str, int, str, int]] = frozenset()
    """Through custom roles on one field of what is where they apply: (role, field, kind, id of queue or catalog)."""

    @property
    def nowhere(self) -> bool:
        """Held on nothing, whatever roles one may play."""
        return not (self.everywhere or self.queues or self.objects or self.by_role)

    @property
    def by_role(self) -> bool:
        """Does it depend on the roles that one plays?"""
        return bool(self.roles_everywhere or self.roles_in or self.roles_on or self.roles_on_field)

    def in_queue(self, queue_id: int) -> bool:
        """Held on the whole queue, without any role."""
        return self.everywhere or queue_id in self.queues

    def on(self, kind: str, object_id: int, roles_held: frozenset[str] = frozenset()) -> bool:
        """Held on this group, custom field, class or catalog, or everywhere, or by one of `roles_held` in it?"""
        if self.everywhere or (kind, object_id) in self.objects or self.roles_everywhere & roles_held:
            return True
        return any((role, kind, object_id) in self.roles_on for role in roles_held)

    def on_field(
        self, field_id: int, kind: str = "", container_id: int = 0, roles_held: frozenset[str] = frozenset()
    ) -> bool:
        """Held on one custom field of a thing in this queue, class or catalog by who plays `roles_held` on the thing?

        `kind` is empty for fields of what is in nothing else: people, groups, organisations.
        """
        if self.on("custom_field", field_id, roles_held):
            return True
        if any((role, field_id, kind, container_id) in self.roles_on_field for role in roles_held):
            return True
        if kind == "queue":
            return self.allows(container_id, roles_held)
        return bool(kind) and self.on(kind, container_id, roles_held)

    def ids(self, kind: str) -> frozenset[int]:
        """The things of that kind it is held on; look at `everywhere` first."""
        return frozenset(object_id for each, object_id in self.objects if each == kind)

    def allows(self, queue_id: int, roles_held: frozenset[str]) -> bool:
        """First reading: held on a ticket in this queue by somebody who plays `roles_held` on it?"""
        if self.in_queue(queue_id) or self.roles_everywhere & roles_held:
            return True
        return any((role, queue_id) in self.roles_in for role in roles_held)

    def visible(self) -> ColumnElement[bool]:
        """Second reading: a clause over `tickets` that is true where `allows` is."""
        if self.everywhere:
            return true()
        clauses: list[ColumnElement[bool]] = []
        if self.queues:
            clauses.append(one_of(Ticket.queue_id, sorted(self.queues)))
        if self.roles_everywhere:
            clauses.append(_plays(self.roles_everywhere, self.principals))
        clauses += _play_in(self.roles_in, self.principals)
        return or_(*clauses) if clauses else false()

    def field_visible(self, field_id: int) -> ColumnElement[bool]:
        """The second reading of `on_field`, for a field of tickets: a clause over `tickets`."""
        if ("custom_field", field_id) in self.objects:
            return true()
        clauses = [self.visible()]
        anywhere = {role for role, kind, each in self.roles_on if (kind, each) == ("custom_field", field_id)}
        if anywhere:
            clauses.append(_plays(anywhere, self.principals))
        applying = (
            (role, place)
            for role, field, kind, place in self.roles_on_field
            if (field, kind) == (field_id, "queue")
        )
        return or_(*clauses, *_play_in(applying, self.principals))

    def within(self, queues: frozenset[int]) -> "Grants":
        """What is left of them in these queues alone, with the custom fields there; on nothing else."""
        roles_in = {(role, queue) for role, queue in self.roles_in if queue in queues}
        roles_in |= {(role, queue) for role in self.roles_everywhere for queue in queues}
        fields = {(kind, each) for kind, each in self.objects if kind == "custom_field"}
        on_fields = {(role, kind, each) for role, kind, each in self.roles_on if kind == "custom_field"}
        applying = {one for one in self.roles_on_field if one[2] == "queue" and one[3] in queues}
        return Grants(
            self.principals,
            everywhere=False,
            queues=queues if self.everywhere else self.queues & queues,
            roles_in=frozenset(roles_in),
            objects=frozenset(fields),
            roles_on=frozenset(on_fields),
            roles_on_field=frozenset(applying),
        )


@dataclass(frozen=True, slots=True)
class Rights:
    """All grants of one user, by right; a super-user's are everywhere."""

    principals: frozenset[int]
    super_user: bool = False
    by_right: dict[str, Grants] = field(default_factory=dict)
    all_within: frozenset[int] | None = None
    """Queues on whose tickets every right is held: of a super-user cut down to them."""

    def of(self, right: str) -> Grants:
        """The grants of one right."""
        if self.super_user:
            return Grants(self.principals, everywhere=True)
        if self.all_within is not None:
            is_limited = right != Right.SUPER_USER
            return Grants(self.principals, queues=self.all_within if is_limited else frozenset())
        return self.by_right.get(right, Grants(self.principals))

    def within(self, queues: frozenset[int]) -> "Rights":
        """A copy cut down to some queues: nothing is held on the system, and on no other queue or thing."""
        if self.super_user:
            return Rights(self.principals, all_within=queues)
        if self.all_within is not None:
            return Rights(self.principals, all_within=self.all_within & queues)
        cut = {name: grants.within(queues) for name, grants in self.by_right.items()}
        return Rights(self.principals, by_right=cut)

    def system(self, right: str) -> bool:
        """Held on the whole system."""
        return self.super_user or self.of(right).everywhere


def load_rights(db: Session, user_id: int) -> Rights:
    """What `user_id` holds, in two queries; nothing for a disabled user.

    Grants to a disabled group do not count, nor does a membership through one. Custom roles count where they apply,
    while they are enabled.
    """
    principals = find_standing(db, user_id).principals
    return rights_from(principals, read_aces(db, principals)) if principals else Rights(frozenset())


def read_holders(db: Session) -> frozenset[int]:
    """Every principal to whom anything is granted. One query."""
    return frozenset(db.connection().scalars(_HOLDERS))


def read_aces(db: Session, principals: frozenset[int]) -> tuple[AceRow, ...]:
    """What is granted to any of `principals`, and to roles; for `rights_from`. One query."""
    rows = db.connection().execute(_ACES, {"principals": list(principals)})
    return tuple((row[0], row[1], row[2], row[3], row[4]) for row in rows)


def would_be_super_user(db: Session, principal_id: int) -> bool:
    """Does the user or group hold SuperUser, or would it if nobody and no group were switched off? One query.

    Who touches an account or a group must ask this: one that is switched off now may be switched on later.
    """
    return bool(db.connection().scalar(_WOULD_BE_SUPER, {"user_id": principal_id}))


def _would_be_super() -> Select[bool]:
    up = select(Principal.id).where(Principal.id == bindparam("user_id")).cte("all_above", recursive=True)
    up = up.union(select(GroupMember.group_id).join(up, up.c.id == GroupMember.member_id))
    held = (
        select(Ace.id)
        .join(up, up.c.id == Ace.principal_id)
        .where(Ace.right_name == Right.SUPER_USER, Ace.object_type == "system")
    )
    return select(held.exists())


def _aces() -> CompoundSelect[str, str | None, str, int, int]:
    """Grants to any of `principals` and to built-in roles, then those to custom roles where these apply.

    The last column is the custom field to which a grant to a custom role is limited; else 0.
    """
    custom, place = CustomRole.__table__.c, CustomRolePlace.__table__.c
    named = and_(Ace.role.is_not(None), Ace.role.not_like(f"{PREFIX}%"))
    mine = Ace.principal_id.in_(bindparam("principals", expanding=True))
    no_field = literal_column("0", BigInteger)
    plain = select(Ace.right_name, Ace.role, Ace.object_type, Ace.object_id, no_field).where(or_(mine, named))
    on_field = Ace.object_type == "custom_field"
    limited = case((on_field, cast(Ace.object_id, BigInteger)), else_=no_field)
    here = and_(Ace.object_type == place.object_type, Ace.object_id == place.object_id)
    by_custom_role = (
        select(Ace.right_name, Ace.role, place.object_type, place.object_id, limited)
        .join(CustomRole, Ace.role == PREFIX + cast(custom.id, String))
        .join(CustomRolePlace, place.custom_role_id == custom.id)
        .where(custom.disabled.is_(False), or_(Ace.object_type == "system", here, on_field))
    )
    return plain.union(by_custom_role)  # many groups hold the same: each is read once


# Built once: every piece of work asks for its rights, and putting the statements together would cost more than them.
_ACES, _WOULD_BE_SUPER = _aces(), _would_be_super()
_HOLDERS = select(Ace.__table__.c.principal_id).where(Ace.__table__.c.principal_id.is_not(None)).distinct()


def rights_from(principals: frozenset[int], rows: Iterable[AceRow]) -> Rights:
    """What somebody holds who is these `principals`, to whom `rows` are granted."""
    everywhere: set[str] = set()
    queues: dict[str, set[int]] = defaultdict(set)
    roles_everywhere: dict[str, set[str]] = defaultdict(set)
    roles_in: dict[str, set[tuple[str, int]]] = defaultdict(set)
    objects: dict[str, set[tuple[str, int]]] = defaultdict(set)
    roles_on: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
    roles_on_field: dict[str, set[tuple[str, int, str, int]]] = defaultdict(set)
    for name, role, kind, object_id, field_id in rows:
        if role is not None and field_id:
            roles_on_field[name].add((role, field_id, kind, object_id))
        elif role is None and kind == "system":
            everywhere.add(name)
        elif role is None and kind == "queue":
            queues[name].add(object_id)
        elif role is not None and kind == "system":
            roles_everywhere[name].add(role)
        elif role is not None and kind == "queue":
            roles_in[name].add((role, object_id))
        elif role is None:
            objects[name].add((kind, object_id))
        else:
            roles_on[name].add((role, kind, object_id))
    names = everywhere.union(queues, roles_everywhere, roles_in, objects, roles_on, roles_on_field)
    return Rights(
        principals,
        super_user=Right.SUPER_USER in everywhere,
        by_right={
            name: Grants(
                principals,
                name in everywhere,
                frozenset(queues[name]),
                frozenset(roles_everywhere[name]),
                frozenset(roles_in[name]),
                frozenset(objects[name]),
                frozenset(roles_on[name]),
                frozenset(roles_on_field[name]),
            )
            for name in names
        },
    )


def _play_in(
    roles_in: Iterable[tuple[str, int]], principals: frozenset[int]
) -> Iterator[ColumnElement[bool]]:
    """Clauses over `tickets`: one of the roles is played on a ticket in its queue."""
    by_queue: dict[int, set[str]] = defaultdict(set)
    for role, queue_id in roles_in:
        by_queue[queue_id].add(role)
    for queue_id, roles in by_queue.items():
        yield and_(Ticket.queue_id == queue_id, _plays(roles, principals))


def _plays(roles: Iterable[str], principals: frozenset[int]) -> ColumnElement[bool]:
    """A clause over `tickets`: one of `principals` plays one of `roles` on the ticket or on its queue."""
    wanted = set(roles)
    clauses: list[ColumnElement[bool]] = []
    if OWNER in wanted:
        clauses.append(Ticket.owner_id.in_(principals))
    watched = wanted - {OWNER}
    if watched:
        mine = (Watcher.role.in_(watched), Watcher.principal_id.in_(principals))
        clauses.append(Ticket.id.in_(select(Watcher.ticket_id).where(Watcher.ticket_id.is_not(None), *mine)))
        clauses.append(
            Ticket.queue_id.in_(select(Watcher.queue_id).where(Watcher.queue_id.is_not(None), *mine))
        )
    return or_(*clauses)
