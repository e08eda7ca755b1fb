"""Grants: where somebody holds a right, as one value with two readings (on this ticket? which tickets?)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, bindparam, false, or_, select, true
from sqlalchemy.orm import Session

from rtpy.models import Ace, GroupClosure, Principal, Ticket, Watcher
from rtpy.models.watcher import OWNER
from rtpy.rights.names import Right


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

    @property
    def nowhere(self) -> bool:
        """Held on nothing, whatever roles one may play."""
        return not (self.everywhere or self.queues or self.roles_everywhere or self.roles_in or self.objects)

    def in_queue(self, queue_id: int) -> bool:
        """Held on the whole queue, without any role."""
        return self.everywhere or queue_id in self.queues

    def on(self, kind: str, object_id: int) -> bool:
        """Held on this group, custom field, class or catalog, or everywhere; without any role."""
        return self.everywhere or (kind, object_id) in self.objects

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
            clauses.append(Ticket.queue_id.in_(self.queues))
        if self.roles_everywhere:
            clauses.append(_plays(self.roles_everywhere, self.principals))
        by_queue: dict[int, set[str]] = defaultdict(set)
        for role, queue_id in self.roles_in:
            by_queue[queue_id].add(role)
        clauses.extend(
            and_(Ticket.queue_id == queue_id, _plays(roles, self.principals))
            for queue_id, roles in by_queue.items()
        )
        return or_(*clauses) if clauses else false()


@dataclass(frozen=True, slots=True)
class Rights:
    """All grants of one user, by right; a super-user's are everywhere."""

    principals: frozenset[int]
    super_user: bool = False
    by_right: dict[str, Grants] = field(default_factory=dict)

    def of(self, right: str) -> Grants:
        """The grants of one right."""
        if self.super_user:
            return Grants(self.principals, everywhere=True)
        return self.by_right.get(right, Grants(self.principals))

    def system(self, right: str) -> bool:
        """Held on the whole system."""
        return self.super_user or self.of(right).everywhere


def load_rights(db: Session, user_id: int) -> Rights:
    """What `user_id` holds, in two queries; nothing for a disabled user. Grants to disabled groups do not count."""
    connection = db.connection()
    principals = frozenset(connection.scalars(_PRINCIPALS, {"user_id": user_id}))
    if user_id not in principals:
        return Rights(frozenset())
    rows = connection.execute(_ACES, {"principals": list(principals)})
    return _rights(principals, ((row[0], row[1], row[2], row[3]) for row in rows))


# Built once: every piece of work asks for its rights, and putting the statement together would cost more than it.
_closure, _principal, _ace = GroupClosure.__table__, Principal.__table__, Ace.__table__
_PRINCIPALS = (
    select(_closure.c.group_id)
    .join(_principal, _principal.c.id == _closure.c.group_id)
    .where(_closure.c.member_id == bindparam("user_id"), _principal.c.disabled.is_(False))
    .union_all(
        select(_principal.c.id).where(
            _principal.c.id == bindparam("user_id"), _principal.c.disabled.is_(False)
        )
    )
)
_ACES = select(_ace.c.right_name, _ace.c.role, _ace.c.object_type, _ace.c.object_id).where(
    or_(_ace.c.principal_id.in_(bindparam("principals", expanding=True)), _ace.c.role.is_not(None))
)


def _rights(principals: frozenset[int], rows: Iterable[tuple[str, str | None, str, int]]) -> Rights:
    everywhere: set[str] = set()
    queues: dict[str, set[int]] = defaultdict(set)
    roles_everywhere: dict[str, set[str]] = defaultdict(set)
    roles_in: dict[str, set[tuple[str, int]]] = defaultdict(set)
    objects: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for name, role, kind, object_id in rows:
        if role is None and kind == "system":
            everywhere.add(name)
        elif role is None and kind == "queue":
            queues[name].add(object_id)
        elif role is not None and kind == "system":
            roles_everywhere[name].add(role)
        elif role is not None and kind == "queue":
            roles_in[name].add((role, object_id))
        elif role is None:
            objects[name].add((kind, object_id))
    names = everywhere | set(queues) | set(roles_everywhere) | set(roles_in) | set(objects)
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
            )
            for name in names
        },
    )


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
