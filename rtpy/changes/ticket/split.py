"""Splitting: one message of a ticket becomes a ticket of its own, and both know of each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields
from rtpy.changes.people import system_groups
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import Message, Part, PartRole
from rtpy.errors import Invalid, Problem, Refused
from rtpy.links.uris import ticket_uri
from rtpy.models import Attachment, GroupClosure, Link, Queue, Ticket, Transaction, User, Watcher
from rtpy.models.group import PRIVILEGED
from rtpy.models.watcher import REQUESTOR
from rtpy.rights.names import Right
from rtpy.work import Work

MESSAGES = ("Create", "Correspond", "Comment")


@dataclass(frozen=True, slots=True)
class SplitFrom:
    """The ticket was split off from a message of `original`: a link that both remember."""

    original: Ticket

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ShowTicket on the original: who may make the new ticket may link it."""
        need(work, self.original, Right.SHOW_TICKET)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """RefersTo here, ReferredToBy there."""
        organization = work.app.config.organization
        here, there = ticket_uri(organization, ticket.id), ticket_uri(organization, self.original.id)
        work.db.add(
            Link(
                type="RefersTo",
                base=here,
                target=there,
                local_base_id=ticket.id,
                local_target_id=self.original.id,
            )
        )
        yield Record(Transaction(type="AddLink", field="ReferredToBy", new_value=here), ticket=self.original)
        yield Record(Transaction(type="AddLink", field="RefersTo", new_value=there))


def split_message(
    work: Work,
    ticket: Ticket,
    transaction: Transaction,
    *,
    queue: Queue,
    subject: str,
    requestors: Sequence[User],
    tell: bool = False,
    fields: GivenFields = NO_FIELDS,
    said_fields: GivenFields = NO_FIELDS,
) -> Ticket:
    """Make a ticket in `queue` from what was said in `transaction`, with its files, and link the two.

    An internal comment becomes an internal comment on the new ticket: no word of it stands where requestors read. The
    requestors hear of the new ticket only with `tell`. `fields` are custom fields of the new ticket, `said_fields`
    those of its message; mandatory ones must be there as for any new ticket. Needs ShowTicket here (for a comment
    ShowTicketComments too) and CreateTicket in the queue. `transaction.creator` must be loaded. Raises Refused or
    Invalid.
    """
    need(work, ticket, Right.SHOW_TICKET)
    internal = transaction.type == "Comment"
    if internal:
        need(work, ticket, Right.SHOW_TICKET_COMMENTS)
    _need_message(work, ticket, transaction)
    if not subject.strip():
        raise Invalid(Problem("subject", "Say in a few words what it is about."))
    parts = _marked(read_parts(work, transaction.id), ticket, transaction)
    spared = () if tell else tuple(user.email_address for user in requestors if user.email_address)
    said = Message(parts=parts, squelch=spared)
    with work.db.begin_nested():
        made = create_ticket(
            work,
            CreateTicket(
                queue=queue,
                subject=subject,
                message=replace(said, parts=()) if internal else said,
                requestors=tuple(requestors),
                organization_id=ticket.organization_id if not requestors else None,
                fields=fields,
                said_fields=said_fields,
            ),
        ).ticket
        if internal:
            # The deed is one: who may split the comment off puts it there, whatever the rights on the new ticket.
            work.held[made.id] = frozenset({Right.COMMENT_ON_TICKET})
            try:
                change_ticket(work, made, Comment(said, fields=said_fields))
            finally:
                work.held.pop(made.id, None)
        change_ticket(work, made, SplitFrom(ticket))
    return made


def requestors_for(work: Work, ticket: Ticket, transaction: Transaction) -> list[User]:
    """Whose request the new ticket is: who wrote the message, or of what staff wrote the ticket's own requestors."""
    owners = list(
        work.db.scalars(
            select(User)
            .join(Watcher, Watcher.principal_id == User.id)
            .where(Watcher.ticket_id == ticket.id, Watcher.role == REQUESTOR)
            .order_by(Watcher.id)
        )
    )
    writer = transaction.creator
    staff = work.app.system_user_id(work.db) == writer.id or transaction.type == "Comment"
    if staff or any(owner.id == writer.id for owner in owners) or _is_staff(work, writer):
        mine = [owner for owner in owners if owner.id == writer.id]
        return mine or owners
    return [writer]


def read_parts(work: Work, transaction_id: int) -> tuple[Part, ...]:
    """What was said in a transaction, with its files, byte for byte. Two queries."""
    rows = work.db.scalars(
        select(Attachment).where(Attachment.transaction_id == transaction_id).order_by(Attachment.position)
    ).all()
    stored = work.app.blobs.get_many(work.db, [row.blob_sha256 for row in rows])
    return tuple(
        Part(
            row.content_type,
            stored[row.blob_sha256],
            PartRole(row.role),
            filename=row.filename,
            charset=row.charset,
            content_id=row.content_id,
            headers=row.headers if row.position else "",
            remark=row.remark,
        )
        for row in rows
        if row.blob_sha256 in stored
    )


def _need_message(work: Work, ticket: Ticket, transaction: Transaction) -> None:
    here = transaction.object_id == ticket.id or work.db.scalar(
        select(Ticket.id).where(Ticket.id == transaction.object_id, Ticket.merged_into_id == ticket.id)
    )
    if transaction.object_type != "ticket" or not here or transaction.type not in MESSAGES:
        raise Refused("Only a message of this ticket can be split off: the request, a reply or a comment.")


def _marked(parts: tuple[Part, ...], ticket: Ticket, transaction: Transaction) -> tuple[Part, ...]:
    """The parts with a remark that says where they come from."""
    if not any(part.data.strip() for part in parts):
        raise Refused("There are no words and no files in it: nothing to split off.")
    at = transaction.created.strftime("%Y-%m-%d %H:%M UTC")
    origin = f"Split off from #{ticket.id}, where {transaction.creator.display_name} wrote it on {at}."
    first = parts[0]
    return (replace(first, remark=f"{origin} {first.remark}".strip()), *parts[1:])


def _is_staff(work: Work, user: User) -> bool:
    staff = system_groups(work, (PRIVILEGED,))[0]
    return work.db.get(GroupClosure, (staff, user.id)) is not None
