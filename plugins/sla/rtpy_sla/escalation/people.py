"""Whom a step notifies: enabled staff with an address, found by name, group, role or level."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import BindParameter, bindparam, or_, select

from rtpy.changes.people import find_person, system_groups
from rtpy.changes.roles import roles_of
from rtpy.errors import Refused
from rtpy.models import Group, GroupClosure, Principal, Ticket, User, Watcher
from rtpy.models.group import PRIVILEGED
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_sla.ladder.settings import LEVELS, level_group
from rtpy_sla.ladder.step import Deed, DeedKind

BUILT_IN = {"requestor": "Requestor", "cc": "Cc", "admincc": "AdminCc"}


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person who is told."""

    id: int
    name: str
    zone: tzinfo


@dataclass(slots=True)
class People:
    """Who is in which group, asked for once in a round."""

    known: dict[frozenset[int], tuple[Addressee, ...]] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)

    def told_by(self, work: Work, ticket: Ticket, deed: Deed) -> tuple[Addressee, ...]:
        """Those whom the action notifies. Raises Refused with what is missing when there is nobody."""
        ids, missing = self._asked(work, ticket, deed)
        found = self._staff(work, frozenset(ids)) if ids else ()
        if not found:
            raise Refused(missing)
        return found

    def group(self, work: Work, name: str) -> int:
        """The number of a group in use, by its name. Raises Refused."""
        folded = name.strip().lower()
        if folded not in self.groups:
            self.groups.update(_groups(work))
        if folded not in self.groups:
            raise Refused(f"There is no group “{name}” in use.")
        return self.groups[folded]

    def _asked(self, work: Work, ticket: Ticket, deed: Deed) -> tuple[Collection[int], str]:
        if deed.kind is DeedKind.NOTIFY_OWNER:
            nobody = work.app.nobody_id(work.db)
            if ticket.owner_id == nobody:
                return (), "Nobody owns the ticket."
            return (ticket.owner_id,), "The owner is no enabled member of staff with an address."
        if deed.kind is DeedKind.NOTIFY_PERSON:
            person = find_person(work.db, deed.value)
            if person is None:
                return (), f"There is no person “{deed.value}”."
            return (person.id,), f"{person.display_name} is no enabled member of staff with an address."
        if deed.kind is DeedKind.NOTIFY_ROLE:
            return self._players(work, ticket, deed.value)
        name = deed.value
        if deed.kind is DeedKind.NOTIFY_LEVEL:
            name = level_group(str(setting(work.app, work.db, LEVELS)), deed.number)
            if not name:
                return (), f"The settings name no group for level {deed.value}."
        return (self.group(work, name),), f"Nobody of staff with an address is in the group “{name}”."

    def _players(self, work: Work, ticket: Ticket, name: str) -> tuple[Collection[int], str]:
        """Who plays the role on the ticket or in its whole queue."""
        role = BUILT_IN.get(name.strip().lower())
        if role is None:
            known = roles_of(work.app, work.db).named(name)
            if known is None:
                return (), f"There is no role “{name}”."
            role = known.role
        ids = work.db.scalars(_PLAYERS, {"ticket": ticket.id, "queue": ticket.queue_id, "role": role}).all()
        return ids, f"Nobody of staff with an address plays the role {name}."

    def _staff(self, work: Work, principals: frozenset[int]) -> tuple[Addressee, ...]:
        if principals not in self.known:
            privileged = system_groups(work, (PRIVILEGED,))[0]
            rows = work.db.execute(_STAFF, {"ids": sorted(principals), "privileged": privileged})
            self.known[principals] = tuple(
                Addressee(row.id, row.real_name or row.name, zone_named(row.timezone)) for row in rows
            )
        return self.known[principals]


def zone_named(name: str) -> tzinfo:
    """The time zone of that name; UTC for none, or for one that this system does not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _groups(work: Work) -> Mapping[str, int]:
    return {name.lower(): number for number, name in work.db.execute(_GROUPS)}


_GROUPS = (
    select(Group.id, Group.name)
    .join(Principal, Principal.id == Group.id)
    .where(Group.domain == "UserDefined", Principal.disabled.is_(False))
)
_PLAYERS = select(Watcher.principal_id).where(
    or_(Watcher.ticket_id == bindparam("ticket"), Watcher.queue_id == bindparam("queue")),
    Watcher.role == bindparam("role"),
)
_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_STAFF = (
    select(User.id, User.name, User.real_name, User.timezone)
    .join(Principal, Principal.id == User.id)
    .where(
        Principal.disabled.is_(False),
        User.merged_into_id.is_(None),
        User.email_address.is_not(None),
        User.id.in_(select(GroupClosure.member_id).where(GroupClosure.group_id == bindparam("privileged"))),
        or_(
            User.id.in_(_IDS),
            User.id.in_(select(GroupClosure.member_id).where(GroupClosure.group_id.in_(_IDS))),
        ),
    )
    .order_by(User.id)
)
