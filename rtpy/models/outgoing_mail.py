"""Outgoing mail: written in the transaction of its cause, sent by the worker afterwards."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class OutgoingMail(Base):
    """A mail to send: the parts from which always the same bytes are built, and how far it got (rules O1 to O11)."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        Index("ix_outgoing_mails_state_not_before", "state", "not_before"),
        Index("uq_outgoing_mails_message_id", "message_id", unique=True),
    )

    id: Mapped[id_]
    created: Mapped[utc]
    ticket_id: Mapped[int | None] = ref("tickets.id", index=True)
    queue_id: Mapped[int | None] = ref("queues.id")
    transaction_id: Mapped[int | None] = ref("transactions.id", index=True)
    scrip_id: Mapped[int | None]
    internal: Mapped[flag]
    """Holds what only staff may read."""
    automatic: Mapped[flag]
    """An automatic answer (counted against the caps of A56)."""
    message_id: Mapped[str] = mapped_column(String(255))
    envelope_sender: Mapped[short]
    subject: Mapped[text]
    headers: Mapped[list[tuple[str, str]]] = mapped_column(Json)
    body: Mapped[text]
    html_body: Mapped[text]
    attachments: Mapped[list[int]] = mapped_column(Json, default=list)
    """Ids of attachments that go along."""
    state: Mapped[str] = mapped_column(String(8), default="queued")
    """queued, sending, sent, failed, held, canceled."""
    not_before: Mapped[utc]
    attempts: Mapped[count]
    lease_owner: Mapped[short]
    lease_until: Mapped[datetime | None]
    last_answer: Mapped[text]
    sent: Mapped[datetime | None]

    recipients: Mapped[list["OutgoingRecipient"]] = relationship(
        order_by="OutgoingRecipient.id",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class OutgoingRecipient(Base):
    """One address of an outgoing mail with a state of its own."""

    __tablename__ = "outgoing_recipients"
    __table_args__ = (Index("ix_outgoing_recipients_address_id", "address", "id"),)

    id: Mapped[id_]
    mail_id: Mapped[int] = ref("outgoing_mails.id", index=True, cascade=True)
    kind: Mapped[str] = mapped_column(String(3))
    """to, cc or bcc."""
    address: Mapped[str] = mapped_column(String(320))
    name: Mapped[short]
    state: Mapped[str] = mapped_column(String(8), default="queued")
    """queued, sent, failed; skipped, digest (waits for one) or digested, which never get this mail itself."""
    last_answer: Mapped[text]
    own_words: Mapped[text]
    """What the mail says to this one alone, sealed."""
