"""May one of the staff read a ticket, or its comments: asked for every mail, so answered from remembered grants."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.people import system_groups
from rtpy.mail.people import People, Person
from rtpy.models import Ace, GroupClosure, Principal
from rtpy.models.group import EVERYONE, PRIVILEGED
from rtpy.remembered import remembered
from rtpy.rights.names import Right
from rtpy.work import Work

ASKED = (Right.SHOW_TICKET, Right.SHOW_TICKET_COMMENTS, Right.SUPER_USER)


@dataclass(frozen=True, slots=True)
class _Holders:
    """Who holds one of the rights somewhere: principals and roles by right and place."""

    principals: dict[tuple[str, str, int], frozenset[int]]
    roles: dict[tuple[str, str, int], frozenset[str]]

    def of(self, right: str, queue_id: int) -> tuple[frozenset[int], frozenset[str]]:
        """Principals and roles with a right in a queue; a super-user may everything."""
        principals: set[int] = set()
        roles: set[str] = set()
        for name in (right, Right.SUPER_USER.value):
            for place in (("system", 0), ("queue", queue_id)):
                principals |= self.principals.get((name, *place), frozenset())
                roles |= self.roles.get((name, *place), frozenset())
        return frozenset(principals), frozenset(roles)


@dataclass(slots=True)
class Readers:
    """The answers for one ticket and its people. Memberships are read once, and only when grants name own groups."""

    work: Work
    queue_id: int
    people: People
    _groups: dict[int, frozenset[int]] | None = field(default=None)

    def may(self, person: Person, right: str) -> bool:
        """Does somebody of the staff hold ShowTicket or ShowTicketComments on this ticket?"""
        principals, roles = _holders(self.work).of(right, self.queue_id)
        known = {
            person.id,
            *system_groups(self.work, (EVERYONE, PRIVILEGED) if person.is_staff else (EVERYONE,)),
        }
        if principals & known:
            return True
        if roles and roles & self.people.roles_of(person.id):
            return True
        others = principals.difference(system_groups(self.work, (EVERYONE, PRIVILEGED)))
        return bool(others) and bool(others & self._groups_of(person))

    def _groups_of(self, person: Person) -> frozenset[int]:
        if self._groups is None:
            self._groups = _memberships(self.work.db, set(self.people.everybody()))
        if person.id not in self._groups:
            self._groups.update(_memberships(self.work.db, {person.id}))
        return self._groups[person.id]


def _holders(work: Work) -> _Holders:
    return remembered(work.app, work.db, "readers", _read)


def _read(db: Session) -> _Holders:
    principals: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    roles: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    rows = db.execute(
        select(Ace.right_name, Ace.object_type, Ace.object_id, Ace.principal_id, Ace.role).where(
            Ace.right_name.in_(ASKED)
        )
    )
    for right, kind, object_id, principal_id, role in rows:
        if principal_id is not None:
            principals[right, kind, object_id].add(principal_id)
        elif role is not None:
            roles[right, kind, object_id].add(role)
    return _Holders(
        {key: frozenset(them) for key, them in principals.items()},
        {key: frozenset(them) for key, them in roles.items()},
    )


def _memberships(db: Session, user_ids: set[int]) -> dict[int, frozenset[int]]:
    """The enabled groups that each is in, by any path. One query."""
    groups: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    rows = db.execute(
        select(GroupClosure.member_id, GroupClosure.group_id)
        .join(Principal, Principal.id == GroupClosure.group_id)
        .where(GroupClosure.member_id.in_(user_ids), Principal.disabled.is_(False))
    )
    for member_id, group_id in rows:
        groups[member_id].add(group_id)
    return {user_id: frozenset(found) for user_id, found in groups.items()}
