"""Watchers: who is Requestor, Cc or AdminCc of a ticket, or plays one of the custom roles of its queue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.allowed import may, need
from rtpy.changes.change import Record
from rtpy.changes.own_addresses import is_ours, own_addresses
from rtpy.changes.roles import BUILT_IN, roles_of
from rtpy.changes.ticket.naming import check_named
from rtpy.errors import Refused
from rtpy.models import Group, Principal, Ticket, Transaction, User, Watcher
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.models.watcher import ADMIN_CC
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class AddWatcher:
    """Give a role on the ticket to a user or a group; a custom role for one person passes on to that user."""

    role: str
    principal_id: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket, or for oneself Watch (WatchAsAdminCc for AdminCc); custom roles need ModifyTicket."""
        _check_right(work, ticket, self.role, self.principal_id)
        known = roles_of(work.app, work.db).by_role.get(self.role)
        if known is not None and not roles_of(work.app, work.db).holds(self.role, ticket.queue_id):
            raise Refused(f"The role {known.name} does not apply in the queue of ticket #{ticket.id}.")
        single = known is not None and known.is_single
        if not (single and self.principal_id == work.app.nobody_id(work.db)):
            check_watcher(work, self.principal_id, groups=not single)
            check_named(work, ticket, people=(self.principal_id,))

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when the role is held already."""
        known = roles_of(work.app, work.db).by_role.get(self.role)
        if known is not None and known.is_single:
            yield from _set_single(work, ticket, self.role, self.principal_id)
            return
        if _row(work, ticket, self.role, self.principal_id) is not None:
            return
        work.db.add(Watcher(ticket_id=ticket.id, role=self.role, principal_id=self.principal_id))
        yield Record(Transaction(type="AddWatcher", field=self.role, new_value=str(self.principal_id)))


@dataclass(frozen=True, slots=True)
class DeleteWatcher:
    """Take a role on the ticket away from a user or a group; a role for one person then is Nobody's."""

    role: str
    principal_id: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs the same right as giving it."""
        _check_right(work, ticket, self.role, self.principal_id)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when the role is not held."""
        row = _row(work, ticket, self.role, self.principal_id)
        if row is None:
            return
        known = roles_of(work.app, work.db).by_role.get(self.role)
        if known is not None and known.is_single:
            yield from _set_single(work, ticket, self.role, work.app.nobody_id(work.db))
            return
        work.db.delete(row)
        yield Record(Transaction(type="DelWatcher", field=self.role, old_value=str(self.principal_id)))


def check_watcher(work: Work, principal_id: int, *, groups: bool = True) -> None:
    """Raises Refused for whom no role can be given to: a group where one person is meant, or one of the system's own,
    what is switched off, Nobody, and an address at which we ourselves get mail."""
    db = work.db
    user = db.get(User, principal_id)
    if user is not None:
        if user.name in (NOBODY, SYSTEM_USER):
            raise Refused(f"{user.name} cannot be given a role.")
        address = user.email_address
        if address and is_ours(address, own_addresses(work.app, db)):
            raise Refused(f"{address} is our own address: mail to it would come back as a reply.")
        return
    group = db.get(Group, principal_id)
    principal = db.get(Principal, principal_id)
    if group is None or principal is None:
        raise Refused("There is nobody with that number: choose a person or a group.")
    if not groups:
        raise Refused(f"This role is for one person, and {group.name} is a group.")
    if group.domain != "UserDefined" or principal.disabled:
        raise Refused(f"The group {group.name} cannot be given a role: choose one of the groups in use.")


def check_roles(work: Work, queue_id: int, roles: Iterable[tuple[str, int]]) -> None:
    """Raises Refused for custom roles that a new ticket of the queue cannot be given so."""
    known, given = roles_of(work.app, work.db), set[str]()
    for role, principal_id in roles:
        found = known.by_role.get(role)
        if found is None or found not in known.in_queue(queue_id):
            raise Refused(f"There is no role {found.name if found else role} in this queue.")
        if found.is_single and role in given:
            raise Refused(f"The role {found.name} is for one person.")
        given.add(role)
        check_watcher(work, principal_id, groups=not found.is_single)


def _check_right(work: Work, ticket: Ticket, role: str, principal_id: int) -> None:
    if role not in BUILT_IN:
        known = roles_of(work.app, work.db).by_role.get(role)
        if known is None or known.lookup != "ticket":
            raise Refused(f"There is no role named {role}: choose Requestor, Cc, AdminCc or a custom role.")
        need(work, ticket, Right.MODIFY_TICKET)
        return
    own = Right.WATCH_AS_ADMIN_CC if role == ADMIN_CC else Right.WATCH
    if principal_id == work.actor.user_id and may(work, ticket, own):
        return
    need(work, ticket, Right.MODIFY_TICKET)


def _set_single(work: Work, ticket: Ticket, role: str, principal_id: int) -> Iterator[Record]:
    """Pass a role for one person on; Nobody has no row."""
    db, nobody = work.db, work.app.nobody_id(work.db)
    rows = db.scalars(select(Watcher).where(Watcher.ticket_id == ticket.id, Watcher.role == role)).all()
    old = rows[0].principal_id if rows else nobody
    if old == principal_id:
        return
    for row in rows:
        db.delete(row)
    if principal_id != nobody:
        db.add(Watcher(ticket_id=ticket.id, role=role, principal_id=principal_id))
    yield Record(Transaction(type="SetWatcher", field=role, old_value=str(old), new_value=str(principal_id)))


def _row(work: Work, ticket: Ticket, role: str, principal_id: int) -> Watcher | None:
    return work.db.scalar(
        select(Watcher).where(
            Watcher.ticket_id == ticket.id, Watcher.role == role, Watcher.principal_id == principal_id
        )
    )
