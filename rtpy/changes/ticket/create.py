"""Creating a ticket: its fields, its people, and the Create transaction with what was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from rtpy.changes.allowed import may_in_queue
from rtpy.changes.change import Record
from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields
from rtpy.changes.customfields.creating import FirstValues, check_first, store_first
from rtpy.changes.guard import need_changing
from rtpy.changes.people import organization_of
from rtpy.changes.recording import SUBJECT_LENGTH
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.mandatory import check_created
from rtpy.changes.ticket.naming import check_named
from rtpy.changes.ticket.people import check_roles
from rtpy.content.moments import read_moment
from rtpy.content.part import Message
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Refused
from rtpy.lifecycle.lifecycle import Category
from rtpy.models import Queue, Ticket, Transaction, User, Watcher
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.rights.grants import load_rights
from rtpy.rights.names import Right
from rtpy.work import Work

SLA_LENGTH = 64


@dataclass(frozen=True, slots=True)
class CreateTicket:
    """A new ticket in `queue`. People are users (or ids of groups in `cc` and `admin_cc`); times are minutes.

    Priorities that are not given are the queue's; the first one is the present one where only that is given.
    `organization_id` None: the first requestor's. `created` is for imports of a known past only.
    """

    queue: Queue
    subject: str = ""
    message: Message | None = None
    requestors: tuple[User, ...] = ()
    cc: tuple[int, ...] = ()
    admin_cc: tuple[int, ...] = ()
    owner: User | None = None
    status: str = ""
    priority: int | None = None
    initial_priority: int | None = None
    final_priority: int | None = None
    due: datetime | None = None
    starts: datetime | None = None
    time_taken: int = 0
    time_estimated: int = 0
    time_left: int = 0
    organization_id: int | None = None
    site_id: int | None = None
    started: datetime | None = None
    resolved: datetime | None = None
    description: str = ""
    sla: str = ""
    type: str = "ticket"
    roles: tuple[tuple[str, int], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    fields: GivenFields = NO_FIELDS
    """Custom fields of the ticket; those that are not here get their defaults."""
    said_fields: GivenFields = NO_FIELDS
    """Custom fields of the Create transaction."""

    def build(self, work: Work) -> tuple[Ticket, tuple[str, ...]]:
        """The row to be stored, with remarks for the actor. Raises Refused when it may not be made."""
        queue = self.queue
        if queue.disabled:
            raise Refused(f"Queue {queue.name} is closed: choose another one.")
        vouched = work.creating if work.creating and work.creating.queue_id == queue.id else None
        if vouched is None and not may_in_queue(work, queue, Right.CREATE_TICKET):
            raise Refused(
                f"You may not create tickets in queue {queue.name}: the right CreateTicket is needed."
            )
        lifecycle = work.app.lifecycles.get(queue.lifecycle)
        status = lifecycle.status_on_create(self.status)
        owner_id, remarks = self._owner(work)
        category = lifecycle.category(status)
        priority = queue.initial_priority if self.priority is None else self.priority
        organization, site = self._organization(work)
        check_roles(work, queue.id, self.roles)
        check_named(work, people={*self._named()} - (vouched.people if vouched else frozenset()))
        ticket = Ticket(
            queue_id=queue.id,
            type=self.type,
            description=self.description,
            sla=self.sla[:SLA_LENGTH],
            subject=one_line(self.subject),
            status=status,
            owner_id=owner_id,
            organization_id=organization,
            site_id=site,
            initial_priority=priority if self.initial_priority is None else self.initial_priority,
            final_priority=queue.final_priority if self.final_priority is None else self.final_priority,
            priority=priority,
            time_estimated=self.time_estimated,
            time_worked=0,
            time_left=self.time_left,
            due=self.due or _default(queue.due_default, work.now),
            starts=self.starts or _default(queue.starts_default, work.now),
            started=self.started or (None if category is Category.INITIAL else work.now),
            resolved=(self.resolved or work.now) if category is Category.INACTIVE else None,
            creator_id=work.actor.user_id,
            created=work.now,
            last_updated=work.now,
            last_updated_by_id=work.actor.user_id,
        )
        ticket.queue = queue
        if self.status and status != lifecycle.on_create:
            message = self.message if self.message and self.message.parts else None
            is_said, fields = message is not None, self.fields
            check_created(work, ticket, lifecycle, minutes=self.time_taken, is_said=is_said, fields=fields)
        self._fields(work)
        return ticket, remarks

    def check(self, work: Work, ticket: Ticket) -> None:
        """`build` has checked already."""

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """The people, then the one Create transaction."""
        roles = [(REQUESTOR, user.id) for user in self.requestors]
        roles += [(CC, principal) for principal in self.cc]
        roles += [(ADMIN_CC, principal) for principal in self.admin_cc]
        roles += self.roles
        if roles:
            need_changing(work.db, Watcher)
            work.db.connection().execute(
                _WATCHERS,
                [
                    {"ticket_id": ticket.id, "role": role, "principal_id": principal}
                    for role, principal in dict.fromkeys(roles)
                ],
            )
        message = self.message if self.message and self.message.parts else None
        fields, said = self._fields(work)
        store_first(work, fields, ticket.id)
        transaction = Transaction(type="Create", data=ticket.subject, time_taken=self.time_taken)
        yield Record(transaction, message, fields=said)
        for name, other in self.links:
            yield from _link(work, ticket, AddLink(name, other))

    def _fields(self, work: Work) -> tuple[FirstValues, FirstValues]:
        mine = any(user.id == work.actor.user_id for user in self.requestors)
        roles = frozenset({REQUESTOR}) if mine else frozenset()
        return (
            check_first(work, Lookup.TICKET, self.queue.id, self.fields, roles=roles),
            check_first(work, Lookup.TRANSACTION, self.queue.id, self.said_fields, roles=roles),
        )

    def _named(self) -> Iterator[int]:
        yield from (user.id for user in self.requestors)
        yield from (*self.cc, *self.admin_cc)
        yield from (principal_id for _, principal_id in self.roles)

    def _owner(self, work: Work) -> tuple[int, tuple[str, ...]]:
        nobody = work.app.nobody_id(work.db)
        if self.owner is None or self.owner.id == nobody:
            return nobody, ()
        if not load_rights(work.db, self.owner.id).of(Right.OWN_TICKET).in_queue(self.queue.id):
            return nobody, (
                f"{self.owner.display_name} may not own tickets in queue {self.queue.name}: nobody owns it now.",
            )
        return self.owner.id, ()

    def _organization(self, work: Work) -> tuple[int | None, int | None]:
        if self.organization_id is not None or not self.requestors:
            return self.organization_id, self.site_id
        return organization_of(work.db, self.requestors[0]) or (None, None)


def _link(work: Work, ticket: Ticket, link: AddLink) -> Iterator[Record]:
    """What the other end remembers of it."""
    link.check(work, ticket)
    yield from (record for record in link.apply(work, ticket) if record.ticket is not None)
    work.db.flush()  # the next one asks for circles


_WATCHERS = insert(Watcher.__table__)  # type: ignore[arg-type]


def one_line(subject: str) -> str:
    """A subject as tickets keep it: one line, at most 200 characters."""
    return " ".join(subject.replace("\x00", "").split())[:SUBJECT_LENGTH]


def _default(words: str, now: datetime) -> datetime | None:
    """What a queue says about a date, seen from now; nothing when its words are no date any more."""
    try:
        return read_moment(words, now)
    except Invalid:
        return None
