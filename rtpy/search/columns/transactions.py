"""Columns of transactions (the entries of tickets' histories), and what is known of those of a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select

from rtpy.content.part import Part, PartRole
from rtpy.content.plain import message_text
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.history.describing import Names, describe, links_in, names_in, what_changed
from rtpy.history.entry import Entry
from rtpy.models import Attachment, Blob, Queue, Ticket, Transaction
from rtpy.search.columns.column import Column, Kind
from rtpy.search.columns.things import ThingPage, among_ids, by_name, dated, own, person, text
from rtpy.search.compiling.field_names import grants_on
from rtpy.search.fields.transactions import always_of_transactions, with_tickets
from rtpy.search.things import named_for

USUAL = (
    """'<b><a href="__WebPath__/Transaction/Display.html?id=__id__">__id__</a></b>', TicketId, """
    """'<b><a href="__WebPath__/Transaction/Display.html?id=__id__">__TicketSubject__</a></b>', """
    "Creator, Description, Created, TimeTaken"
)
"""What a search for transactions shows that says nothing else."""
LONGEST_CONTENT = 2000
"""Characters of a message in a cell."""
LARGEST_PART = 200_000
"""Bytes of a part that is read for a cell; of larger ones there is nothing."""


@dataclass(frozen=True, slots=True)
class TransactionFacts:
    """One transaction with what is known of its ticket, the one into which its own was merged."""

    id: int
    ticket_id: int
    subject: str
    ticket_status: str
    queue: str
    object_id: int
    type: str
    field: str
    old_value: str
    new_value: str
    data: str
    minutes: int
    worker_id: int | None
    worked_on: date | None
    face: str
    creator_id: int
    created: datetime

    @property
    def entry(self) -> Entry:
        """As the history speaks of it."""
        return Entry(
            id=self.id,
            ticket_id=self.ticket_id,
            type=self.type,
            field=self.field,
            old_value=self.old_value,
            new_value=self.new_value,
            data=self.data,
            minutes=self.minutes,
            face=self.face,
            created=self.created,
            creator_id=self.creator_id,
            creator_name="",
            creator_address="",
            by_staff=True,
        )


class TransactionPage(ThingPage):
    """The transactions of a page."""

    lookup = Lookup.TRANSACTION
    people_in = ("creator_id", "worker_id")

    def read(self, ids: list[int]) -> Iterable[TransactionFacts]:
        """As far as the histories may be read, those of reminders too."""
        seen = always_of_transactions(self.work, frozenset(("tickettype",)))
        rows = self.work.db.connection().execute(_BASE.where(Transaction.id.in_(ids), *seen))
        return [TransactionFacts(*row) for row in rows]

    def readable(self, definition: FieldDefinition) -> Select[Any]:
        """By SeeCustomField in all its ways, on the ticket."""
        seen = grants_on(self.work, definition).visible()
        return with_tickets(select(Transaction.id)).where(among_ids(Transaction.id, self), seen)  # type: ignore[no-any-return]

    @cached_property
    def names(self) -> Names:
        """Names for the numbers that changes mention. At most one query for each kind of thing."""
        entries = [each.entry for each in self.facts.values()]
        sentences = self.work.app.named("rtpy_transaction_texts")
        return replace(
            names_in(self.work.db, entries, sentences), things=named_for(self.work, links_in(entries))
        )

    def described(self, transaction: TransactionFacts) -> str:
        """What was done, as the ticket's page says it."""
        return describe(transaction.entry, self.names, self._moment)

    def changed(self, transaction: TransactionFacts) -> tuple[str, str, str]:
        """What was changed, the value before, and the value afterwards, in words."""
        return what_changed(transaction.entry, self.names, self._moment)

    @cached_property
    def messages(self) -> Mapping[int, str]:
        """What was said, as plain text. One query."""
        rows = self.work.db.connection().execute(_PARTS.where(Attachment.transaction_id.in_(self.ids)))
        parts: dict[int, list[Part]] = {}
        for row in rows:
            part = Part(row.content_type, row.data, PartRole(row.role), charset=row.charset)
            parts.setdefault(row.transaction_id, []).append(part)
        return {number: message_text(found)[:LONGEST_CONTENT] for number, found in parts.items()}

    def _moment(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")


def _changed(name: str, title: str, place: int) -> Column:
    return text(name, title, lambda page, transaction: page.changed(transaction)[place])


_BASE = with_tickets(
    select(
        Transaction.id,
        Ticket.id,
        Ticket.subject,
        Ticket.status,
        Queue.name,
        Transaction.object_id,
        Transaction.type,
        Transaction.field,
        Transaction.old_value,
        Transaction.new_value,
        Transaction.data,
        Transaction.time_taken,
        Transaction.time_worker_id,
        Transaction.time_worked_date,
        Transaction.face,
        Transaction.creator_id,
        Transaction.created,
    )
).join(Queue, Queue.id == Ticket.queue_id)
_PARTS = (
    select(Attachment.transaction_id, Attachment.role, Attachment.content_type, Attachment.charset, Blob.data)
    .join(Blob, Blob.sha256 == Attachment.blob_sha256)
    .where(Attachment.role.in_((PartRole.BODY.value, PartRole.HTML.value)), Attachment.size <= LARGEST_PART)
    .order_by(Attachment.transaction_id, Attachment.position)
)
ALIASES = {"createdby": "Creator", "subject": "TicketSubject", "ticket": "TicketId"}
COLUMNS = by_name(
    (
        own("id", "#", Kind.NUMBER, "id"),
        own("TicketId", "Ticket", Kind.NUMBER, "ticket_id"),
        own("TicketSubject", "Subject", Kind.TEXT, "subject"),
        own("TicketStatus", "Status of the ticket", Kind.TEXT, "ticket_status"),
        own("TicketQueue", "Queue", Kind.TEXT, "queue"),
        own("ObjectId", "Number before merging", Kind.NUMBER, "object_id"),
        own("Type", "Type", Kind.TEXT, "type"),
        text("Description", "What was done", lambda page, transaction: page.described(transaction)),
        _changed("Field", "What was changed", 0),
        _changed("OldValue", "Before", 1),
        _changed("NewValue", "Afterwards", 2),
        text("Content", "Message", lambda page, transaction: page.messages.get(transaction.id, "")),
        person("Creator", "Who", "creator_id"),
        *dated("Created", "When", "created"),
        own("TimeTaken", "Time", Kind.MINUTES, "minutes"),
        person("TimeWorker", "Worked by", "worker_id"),
        own("TimeWorkedDate", "Worked on", Kind.DATE, "worked_on"),
    )
)
