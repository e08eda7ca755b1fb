"""Watchers: who is Requestor, Cc or AdminCc of a ticket."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.allowed import may, need
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction, Watcher
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.rights.names import Right
from rtpy.work import Work

ROLES = (REQUESTOR, CC, ADMIN_CC)


@dataclass(frozen=True, slots=True)
class AddWatcher:
    """Give a role on the ticket to a user or a group."""

    role: str
    principal_id: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket, or for oneself Watch (WatchAsAdminCc for AdminCc)."""
        _check(work, ticket, self.role, self.principal_id)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when the role is held already."""
        if _row(work, ticket, self.role, self.principal_id) is not None:
            return
        work.db.add(Watcher(ticket_id=ticket.id, role=self.role, principal_id=self.principal_id))
        yield Record(Transaction(type="AddWatcher", field=self.role, new_value=str(self.principal_id)))


@dataclass(frozen=True, slots=True)
class DeleteWatcher:
    """Take a role on the ticket away from a user or a group."""

    role: str
    principal_id: int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs the same right as giving it."""
        _check(work, ticket, self.role, self.principal_id)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when the role is not held."""
        row = _row(work, ticket, self.role, self.principal_id)
        if row is None:
            return
        work.db.delete(row)
        yield Record(Transaction(type="DelWatcher", field=self.role, old_value=str(self.principal_id)))


def _check(work: Work, ticket: Ticket, role: str, principal_id: int) -> None:
    if role not in ROLES:
        raise Refused(f"There is no role named {role}: choose Requestor, Cc or AdminCc.")
    own = Right.WATCH_AS_ADMIN_CC if role == ADMIN_CC else Right.WATCH
    if principal_id == work.actor.user_id and may(work, ticket, own):
        return
    need(work, ticket, Right.MODIFY_TICKET)


def _row(work: Work, ticket: Ticket, role: str, principal_id: int) -> Watcher | None:
    return work.db.scalar(
        select(Watcher).where(
            Watcher.ticket_id == ticket.id, Watcher.role == role, Watcher.principal_id == principal_id
        )
    )
