"""Reminders: small tickets of the type `reminder` that refer to a ticket, each with an owner and a date.

They are kept beside their ticket and in no list; scrips do not run for what happens to them, only for the transactions
on their ticket (AddReminder, OpenReminder, ResolveReminder).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import may_in_queue, need
from rtpy.changes.change import Record
from rtpy.changes.recording import record_on_ticket
from rtpy.changes.storing import store
from rtpy.changes.ticket.create import one_line
from rtpy.errors import Invalid, Problem, Refused
from rtpy.links.uris import ticket_uri
from rtpy.models import Link, Ticket, Transaction, User
from rtpy.models.locks import lock_tickets
from rtpy.rights.grants import load_rights
from rtpy.rights.names import Right
from rtpy.work import Work

REMINDER = "reminder"
ON_OPEN, ON_RESOLVE = "reminder_on_open", "reminder_on_resolve"


@dataclass(frozen=True, slots=True)
class AddReminder:
    """Remind `owner` (None: the actor) of something about the ticket; `due` None: at no special time."""

    subject: str
    owner: User | None = None
    due: datetime | None = None

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket on the ticket and CreateTicket in its queue; the owner must have OwnTicket there."""
        need(work, ticket, Right.MODIFY_TICKET)
        if ticket.type != "ticket":
            raise Refused("Only tickets have reminders.")
        if not may_in_queue(work, ticket.queue_id, Right.CREATE_TICKET):
            raise Refused(
                f"You may not add reminders in queue {ticket.queue.name}: the right CreateTicket is needed."
            )
        if not one_line(self.subject):
            raise Invalid(Problem("reminder_subject", "Say in a few words what to remember."))
        owner = self.owner
        if owner is None or owner.id == work.actor.user_id:
            return
        if not load_rights(work.db, owner.id).of(Right.OWN_TICKET).in_queue(ticket.queue_id):
            raise Invalid(
                Problem(
                    "reminder_owner",
                    f"{owner.display_name} may not own tickets in queue {ticket.queue.name}: choose somebody else.",
                )
            )

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """The reminder with a Create transaction, its link, and AddReminder on the ticket."""
        reminder = Ticket(
            type=REMINDER,
            queue_id=ticket.queue_id,
            subject=one_line(self.subject),
            status=_status(work, ticket, ON_OPEN),
            owner_id=self.owner.id if self.owner is not None else work.actor.user_id,
            due=self.due,
            started=work.now,
            creator_id=work.actor.user_id,
            created=work.now,
            last_updated=work.now,
            last_updated_by_id=work.actor.user_id,
        )
        reminder.queue = ticket.queue
        store(work.db, reminder)
        organization = work.app.config.organization
        work.db.add(
            Link(
                type="RefersTo",
                base=ticket_uri(organization, reminder.id),
                target=ticket_uri(organization, ticket.id),
                local_base_id=reminder.id,
                local_target_id=ticket.id,
            )
        )
        record_on_ticket(work, reminder, Record(Transaction(type="Create", data=reminder.subject)))
        yield Record(Transaction(type="AddReminder", new_value=str(reminder.id), data=reminder.subject))


@dataclass(frozen=True, slots=True)
class ResolveReminder:
    """A reminder of the ticket is done."""

    reminder: Ticket

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket on the ticket; nothing for who is to be reminded."""
        _check(work, ticket, self.reminder)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """ResolveReminder on the ticket; nothing when it is done already."""
        if _set(work, ticket, self.reminder, ON_RESOLVE):
            yield _told("ResolveReminder", self.reminder)


@dataclass(frozen=True, slots=True)
class OpenReminder:
    """A reminder of the ticket that was done is open again."""

    reminder: Ticket

    def check(self, work: Work, ticket: Ticket) -> None:
        """As for ResolveReminder."""
        _check(work, ticket, self.reminder)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """OpenReminder on the ticket; nothing when it is open already."""
        if _set(work, ticket, self.reminder, ON_OPEN):
            yield _told("OpenReminder", self.reminder)


def reminder_of(db: Session, ticket: Ticket, reminder_id: int) -> Ticket | None:
    """The reminder with that number, if it is one of this ticket. One query."""
    return db.scalar(
        select(Ticket)
        .join(Link, Link.local_base_id == Ticket.id)
        .where(
            Ticket.id == reminder_id,
            Ticket.type == REMINDER,
            Link.type == "RefersTo",
            Link.local_target_id == ticket.id,
        )
        .limit(1)
    )


def parent_id_of(db: Session, reminder_id: int) -> int | None:
    """The ticket that a reminder is about. One query."""
    return db.scalar(
        select(Link.local_target_id)
        .where(Link.local_base_id == reminder_id, Link.type == "RefersTo")
        .limit(1)
    )


def move_reminders(work: Work, ticket: Ticket) -> int:
    """Let the reminders of a ticket follow it silently into its queue; says how many. One query as a rule."""
    reminders = work.db.scalars(
        select(Ticket)
        .join(Link, Link.local_base_id == Ticket.id)
        .where(
            Link.type == "RefersTo",
            Link.local_target_id == ticket.id,
            Ticket.type == REMINDER,
            Ticket.queue_id != ticket.queue_id,
        )
    ).all()
    for reminder in reminders:
        lock_tickets(work.db, reminder)
        old = work.app.lifecycles.get(reminder.queue.lifecycle)
        done = old.is_inactive(reminder.status)
        reminder.queue_id = ticket.queue_id
        reminder.queue = ticket.queue
        reminder.status = _status(work, ticket, ON_RESOLVE if done else ON_OPEN)
    return len(reminders)


def _check(work: Work, ticket: Ticket, reminder: Ticket) -> None:
    if reminder_of(work.db, ticket, reminder.id) is None:
        raise Refused(f"#{reminder.id} is no reminder of ticket #{ticket.id}.")
    if reminder.owner_id != work.actor.user_id:
        need(work, ticket, Right.MODIFY_TICKET)


def _set(work: Work, ticket: Ticket, reminder: Ticket, default: str) -> bool:
    lock_tickets(work.db, reminder)
    status, old = _status(work, ticket, default), reminder.status
    lifecycle = work.app.lifecycles.get(ticket.queue.lifecycle)
    closes = lifecycle.is_inactive(status)
    if lifecycle.is_inactive(old) == closes:
        return False
    reminder.status = status
    reminder.resolved = work.now if closes else None
    changed = Transaction(type="Status", field="Status", old_value=old, new_value=status)
    record_on_ticket(work, reminder, Record(changed))
    return True


def _status(work: Work, ticket: Ticket, default: str) -> str:
    lifecycle = work.app.lifecycles.get(ticket.queue.lifecycle)
    found = lifecycle.default(default)
    if found is None:
        found = lifecycle.on_create if default == ON_OPEN else lifecycle.inactive[0].lower()
    return found


def _told(kind: str, reminder: Ticket) -> Record:
    return Record(Transaction(type=kind, new_value=str(reminder.id), data=reminder.subject))
