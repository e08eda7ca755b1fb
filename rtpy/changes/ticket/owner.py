"""Ownership: take, steal, give, untake."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.allowed import may
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket, Transaction, User
from rtpy.rights.grants import load_rights
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class SetOwner:
    """Give the ticket to `owner`, by RT's table of who may give what to whom. Nobody is a user too."""

    owner: User

    def check(self, work: Work, ticket: Ticket) -> None:
        """Raises Refused with what is missing."""
        nobody = work.app.nobody_id(work.db)
        if self.owner.id == ticket.owner_id:
            raise Refused(f"{self.owner.display_name} owns ticket #{ticket.id} already.")
        if self.owner.id != nobody:
            _need_owner(work, ticket, self.owner.id, self.owner.display_name)
        if may(work, ticket, Right.REASSIGN_TICKET):
            return
        if ticket.owner_id not in (nobody, work.actor.user_id):
            raise Refused(
                f"Somebody else owns ticket #{ticket.id}: steal it, or ask for the right ReassignTicket."
            )
        to_me = self.owner.id == work.actor.user_id
        rights = (Right.MODIFY_TICKET, Right.TAKE_TICKET) if to_me else (Right.MODIFY_TICKET,)
        if not any(may(work, ticket, right) for right in rights):
            raise Refused(
                f"You may not change the owner of ticket #{ticket.id}: the right {rights[-1]} is needed."
            )

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """RT writes two transactions for it, and its clients read the first; one says it all."""
        yield _own(ticket, self.owner.id)


@dataclass(frozen=True, slots=True)
class Take:
    """Become the owner of what nobody owns."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs OwnTicket, and TakeTicket or ModifyTicket."""
        if ticket.owner_id == work.actor.user_id:
            raise Refused(f"You own ticket #{ticket.id} already.")
        if ticket.owner_id != work.app.nobody_id(work.db):
            raise Refused(
                f"Somebody owns ticket #{ticket.id} already: look whether they work on it, or steal it."
            )
        _need_owner(work, ticket, work.actor.user_id, "You")
        if not any(may(work, ticket, right) for right in (Right.TAKE_TICKET, Right.MODIFY_TICKET)):
            raise Refused(f"You may not take ticket #{ticket.id}: the right TakeTicket is needed.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """From nobody to the actor."""
        yield _own(ticket, work.actor.user_id)


@dataclass(frozen=True, slots=True)
class Steal:
    """Become the owner of what somebody else owns."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs OwnTicket, and StealTicket, ReassignTicket or ModifyTicket."""
        if ticket.owner_id in (work.actor.user_id, work.app.nobody_id(work.db)):
            raise Refused(f"Nobody else owns ticket #{ticket.id}: there is nothing to steal.")
        _need_owner(work, ticket, work.actor.user_id, "You")
        rights = (Right.STEAL_TICKET, Right.REASSIGN_TICKET, Right.MODIFY_TICKET)
        if not any(may(work, ticket, right) for right in rights):
            raise Refused(f"You may not steal ticket #{ticket.id}: the right StealTicket is needed.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """From somebody to the actor."""
        yield _own(ticket, work.actor.user_id)


@dataclass(frozen=True, slots=True)
class Untake:
    """Leave the ticket to nobody."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """One's own; somebody else's with ReassignTicket."""
        if ticket.owner_id == work.app.nobody_id(work.db):
            raise Refused(f"Nobody owns ticket #{ticket.id} as it is.")
        if ticket.owner_id != work.actor.user_id and not may(work, ticket, Right.REASSIGN_TICKET):
            raise Refused(f"Ticket #{ticket.id} is not yours to leave: the right ReassignTicket is needed.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """To nobody."""
        yield _own(ticket, work.app.nobody_id(work.db))


def may_own(work: Work, ticket: Ticket, user_id: int) -> bool:
    """May that user own this ticket?"""
    rights = work.rights if user_id == work.actor.user_id else load_rights(work.db, user_id)
    grants = rights.of(Right.OWN_TICKET)
    if grants.in_queue(ticket.queue_id):
        return True
    return grants.allows(ticket.queue_id, roles_held(work.db, rights.principals, ticket))


def _need_owner(work: Work, ticket: Ticket, user_id: int, name: str) -> None:
    if not may_own(work, ticket, user_id):
        raise Refused(
            f"{name} may not own tickets in queue {ticket.queue.name}: the right OwnTicket is needed."
        )


def _own(ticket: Ticket, owner_id: int) -> Record:
    old, ticket.owner_id = ticket.owner_id, owner_id
    return Record(Transaction(type="Set", field="Owner", old_value=str(old), new_value=str(owner_id)))
