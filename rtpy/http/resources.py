"""What a page is about, loaded before its view: factories for routes, which plugins may use as well.

Each loads its thing or answers 404, with the same questions to the database whether it does not exist or may not be
seen (A20). Who is not logged in is sent to the login first.
"""

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPFound, HTTPNotFound
from pyramid.request import Request
from sqlalchemy import String, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, load_only

from rtpy.http.transactions import SAFE_METHODS
from rtpy.models import (
    Attachment,
    Bookmark,
    Organization,
    OrganizationSite,
    Queue,
    ReadMark,
    Ticket,
    Transaction,
    User,
    Watcher,
)
from rtpy.models.watcher import OWNER
from rtpy.rights.names import Right
from rtpy.rights.standing import COMMA
from rtpy.work import Work

INTERNAL_TYPES = frozenset({"Comment", "CommentEmailRecord"})
"""Types of transactions that only who holds ShowTicketComments may read."""
OUTGOING_TYPES = frozenset({"EmailRecord", "CommentEmailRecord"})
"""Types that need ShowOutgoingEmail."""


@dataclass(frozen=True, slots=True)
class SystemResource:
    """The whole system: pages that are about no single thing."""

    request: Request

    @property
    def what(self) -> str:
        """In words."""
        return "the whole system"

    def allows(self, right: str) -> bool:
        """Held on the whole system?"""
        work: Work = self.request.work
        return work.rights.system(right)


@dataclass(frozen=True, slots=True)
class QueueResource:
    """One queue that may be seen."""

    work: Work
    queue: Queue

    @property
    def what(self) -> str:
        """In words."""
        return f"the queue {self.queue.name}"

    def allows(self, right: str) -> bool:
        """Held on the queue?"""
        return self.work.rights.of(right).in_queue(self.queue.id)


@dataclass(frozen=True, slots=True)
class TicketResource:
    """One ticket that may be seen, with its queue and owner; `roles` are what the reader plays on it.

    `numbers` are its own and those of the tickets that were merged into it; `organization` and `site` are names,
    empty for a ticket without. `seen_up_to` is the newest transaction that the reader has marked as read.
    """

    work: Work
    ticket: Ticket
    roles: frozenset[str]
    numbers: tuple[int, ...]
    organization: str = ""
    site: str = ""
    is_bookmarked: bool = False
    seen_up_to: int = 0

    @property
    def what(self) -> str:
        """In words."""
        return f"ticket #{self.ticket.id}"

    def allows(self, right: str) -> bool:
        """Held on the ticket? No query."""
        return self.work.rights.of(right).allows(self.ticket.queue_id, self.roles)


@dataclass(frozen=True, slots=True)
class TransactionResource:
    """One transaction of a ticket that may be read: for a comment that takes ShowTicketComments."""

    parent: TicketResource
    transaction: Transaction

    @property
    def work(self) -> Work:
        """The reader's work."""
        return self.parent.work

    @property
    def ticket(self) -> Ticket:
        """Its ticket."""
        return self.parent.ticket

    @property
    def what(self) -> str:
        """In words."""
        return self.parent.what

    def allows(self, right: str) -> bool:
        """Held on its ticket?"""
        return self.parent.allows(right)


@dataclass(frozen=True, slots=True)
class AttachmentResource:
    """One attachment of such a transaction."""

    parent: TransactionResource
    attachment: Attachment

    @property
    def work(self) -> Work:
        """The reader's work."""
        return self.parent.work

    @property
    def what(self) -> str:
        """In words."""
        return self.parent.what

    def allows(self, right: str) -> bool:
        """Held on its ticket?"""
        return self.parent.allows(right)


def system_resource(request: Request) -> SystemResource:
    """For pages about no single thing; asks nothing by itself."""
    return SystemResource(request)


def queue_resource(request: Request) -> QueueResource:
    """The queue `id` of the route, if the reader holds SeeQueue on it."""
    work = _work(request)
    queue = work.db.get(Queue, int(request.matchdict["id"]))
    sees = work.rights.of(Right.SEE_QUEUE).in_queue(queue.id if queue else 0)
    if queue is None or not sees:
        raise HTTPNotFound()
    return QueueResource(work, queue)


def ticket_resource(request: Request) -> TicketResource:
    """The ticket `id` of the route, if the reader holds ShowTicket on it.

    The number of a merged ticket leads to the one it was merged into: pages redirect, deeds are done to that one.
    """
    work = _work(request)
    wanted = int(request.matchdict["id"])
    row = _load_ticket(work, wanted)
    merged = row is not None and row.Ticket.merged_into_id is not None
    if row is not None and merged:
        row = _load_ticket(work, row.Ticket.merged_into_id)
    found: Ticket | None = row.Ticket if row is not None else None
    roles = _roles(work, found, wanted)
    sees = work.rights.of(Right.SHOW_TICKET).allows(found.queue_id if found else 0, roles)
    if row is None or found is None or not sees:
        raise HTTPNotFound()
    if merged and request.method in SAFE_METHODS:
        raise HTTPFound(_same_page_of(request, found.id))
    merged_here = map(int, row.merged.split(",")) if row.merged else ()
    numbers = (found.id, *merged_here)
    return TicketResource(
        work,
        found,
        roles,
        numbers,
        row.organization or "",
        row.site or "",
        row.bookmarked is not None,
        row.seen_up_to or 0,
    )


def transaction_resource(request: Request) -> TransactionResource:
    """The transaction `txn` of the ticket `id`, if the reader may read it."""
    ticket = ticket_resource(request)
    query = select(Transaction).where(
        Transaction.id == int(request.matchdict["txn"]), _belongs(ticket.ticket)
    )
    transaction = ticket.work.db.scalar(query.options(joinedload(Transaction.creator)))
    if transaction is None or not may_read(ticket, transaction.type):
        raise HTTPNotFound()
    return TransactionResource(ticket, transaction)


def attachment_resource(request: Request) -> AttachmentResource:
    """The attachment `attachment_id` of the ticket `id`, if the reader may read its transaction."""
    ticket = ticket_resource(request)
    row = ticket.work.db.execute(
        select(Attachment, Transaction)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Attachment.id == int(request.matchdict["attachment_id"]), _belongs(ticket.ticket))
    ).one_or_none()
    if row is None or not may_read(ticket, row.Transaction.type):
        raise HTTPNotFound()
    return AttachmentResource(TransactionResource(ticket, row.Transaction), row.Attachment)


def may_read(ticket: TicketResource, transaction_type: str) -> bool:
    """May the reader of this ticket read transactions of this type?"""
    if transaction_type in INTERNAL_TYPES and not ticket.allows(Right.SHOW_TICKET_COMMENTS):
        return False
    return transaction_type not in OUTGOING_TYPES or ticket.allows(Right.SHOW_OUTGOING_EMAIL)


def _work(request: Request) -> Work:
    if request.login is None:
        raise HTTPForbidden("Please log in.")
    work: Work = request.work
    return work


def _load_ticket(work: Work, ticket_id: int) -> Any:  # Any: a row of six columns
    return work.db.execute(_TICKET, {"ticket": ticket_id, "reader": work.actor.user_id}).one_or_none()


def load_again(resource: TicketResource) -> None:
    """Read the ticket anew with its queue and owner: an undone change leaves it unread. One query."""
    _load_ticket(resource.work, resource.ticket.id)


def _roles(work: Work, ticket: Ticket | None, wanted: int) -> frozenset[str]:
    """The roles that the reader plays; the question is asked for a ticket that does not exist as well."""
    rights = work.rights
    if rights.super_user or not any(held.by_role for held in rights.by_right.values()):
        return frozenset()
    ticket_id, queue_id = (ticket.id, ticket.queue_id) if ticket else (wanted, 0)
    rows = work.db.scalars(
        select(Watcher.role)
        .where(or_(Watcher.ticket_id == ticket_id, Watcher.queue_id == queue_id))
        .where(Watcher.principal_id.in_(rights.principals))
        .distinct()
    )
    owns = ticket is not None and ticket.owner_id in rights.principals
    return frozenset(rows) | ({OWNER} if owns else frozenset())


def _belongs(ticket: Ticket):  # type: ignore[no-untyped-def]  # a clause
    """Transactions of the ticket, and of those that were merged into it."""
    merged = select(Ticket.id).where(Ticket.merged_into_id == ticket.id)
    mine = or_(Transaction.object_id == ticket.id, Transaction.object_id.in_(merged))
    return (Transaction.object_type == "ticket") & mine


def _same_page_of(request: Request, ticket_id: int) -> str:
    places = {**request.matchdict, "id": ticket_id}
    path: str = request.route_path(request.matched_route.name, **places, _query=request.GET or None)
    return path


def _ticket() -> Any:  # Any: a Select of six columns
    merged = aliased(Ticket)
    reader: Any = bindparam("reader")
    marked = select(Bookmark.ticket_id).where(Bookmark.user_id == reader, Bookmark.ticket_id == Ticket.id)
    seen = select(ReadMark.transaction_id).where(ReadMark.user_id == reader, ReadMark.ticket_id == Ticket.id)
    numbers = select(func.aggregate_strings(cast(merged.id, String), COMMA)).where(
        merged.merged_into_id == Ticket.id
    )
    named = load_only(User.name, User.real_name, User.nick_name, User.email_address)
    return (
        select(
            Ticket,
            numbers.scalar_subquery().label("merged"),
            Organization.name.label("organization"),
            OrganizationSite.name.label("site"),
            marked.scalar_subquery().label("bookmarked"),
            seen.scalar_subquery().label("seen_up_to"),
        )
        .join(Ticket.queue)
        .join(Ticket.owner)
        .outerjoin(Organization, Organization.id == Ticket.organization_id)
        .outerjoin(OrganizationSite, OrganizationSite.id == Ticket.site_id)
        .where(Ticket.id == bindparam("ticket"))
        .options(contains_eager(Ticket.queue), contains_eager(Ticket.owner).options(named))
    )


# Built once: to build it costs more than to run it.
_TICKET = _ticket()
