"""The occasion of a mail or of any scrip: one transaction on one ticket, and what was said with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rtpy.content.part import Message
from rtpy.content.plain import message_text
from rtpy.mail.people import People, load_people
from rtpy.mail.posting import Posted, post
from rtpy.mail.return_address import queue_of
from rtpy.models import Queue, Ticket, Transaction
from rtpy.work import Work

T = TypeVar("T")


@dataclass(slots=True)
class Occasion:
    """What scrips look at. `work` acts as RT_System; who really acted is `transaction.creator_id`."""

    work: Work
    ticket: Ticket
    transaction: Transaction
    message: Message | None
    memo: dict[str, Any] = field(default_factory=dict)
    """Values that several scrips of this transaction need; each under the name of the room that made it."""
    mails: list[Posted] = field(default_factory=list)
    """Rows that are to be posted: a mail, its recipients, its record."""

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, made once for all scrips of this transaction."""
        if name not in self.memo:
            self.memo[name] = make()
        value: T = self.memo[name]
        return value

    @property
    def people(self) -> People:
        """The ticket's people; read at the first question."""
        ticket = self.ticket
        return self.once(
            "people",
            lambda: load_people(
                self.work, ticket.queue_id, ticket.id, ticket.owner_id, self.transaction.creator_id
            ),
        )

    @property
    def queue(self) -> Queue:
        """The ticket's queue."""
        return queue_of(self.work.db, self.ticket)

    @property
    def said(self) -> str:
        """What was said, as plain text; empty when nothing was."""
        message = self.message
        return self.once("said", lambda: message_text(message.parts) if message else "")

    def post_mails(self) -> None:
        """Write the rows of all mails that scrips have decided on."""
        waiting, self.mails = self.mails, []
        post(self.work.db, waiting)
