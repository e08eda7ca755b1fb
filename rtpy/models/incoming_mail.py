"""Incoming mail: every message that was handed to us, raw and first, and what became of it."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, ref, short, text, utc
from rtpy.db.types import Json


class IncomingMail(Base):
    """A message as it came and its state (rules I1 to I13 of intake)."""

    __tablename__ = "incoming_mails"
    __table_args__ = (
        Index("ix_incoming_mails_state_id", "state", "id"),
        Index("ix_incoming_mails_sender_received", "sender", "received"),
        Index("uq_incoming_mails_dedup_key", "dedup_key", unique=True),
    )

    id: Mapped[id_]
    received: Mapped[utc]
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    queue: Mapped[short]
    action: Mapped[short]
    ticket: Mapped[short]
    """Queue, action and ticket as the gateway's caller named them."""
    peer: Mapped[short]
    transport: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(12), default="received")
    """received, working, done, duplicate, refused, quarantined, review, junk."""
    reason: Mapped[text]
    traceback: Mapped[text]
    attempts: Mapped[count]
    lease_owner: Mapped[short]
    lease_until: Mapped[datetime | None]
    next_attempt: Mapped[datetime | None]
    sender: Mapped[str] = mapped_column(String(320), default="", server_default="")
    subject: Mapped[text]
    message_id: Mapped[text]
    dedup_key: Mapped[str | None] = mapped_column(String(160))
    """Queue, action and digest; only the first of its kind holds one, so two nodes cannot both win."""
    auto_kind: Mapped[str] = mapped_column(String(12), default="", server_default="")
    duplicate_of_id: Mapped[int | None] = ref("incoming_mails.id")
    ticket_id: Mapped[int | None] = ref("tickets.id", index=True)
    transaction_id: Mapped[int | None] = ref("transactions.id")
    finished: Mapped[datetime | None]
    steps: Mapped[list[str] | None] = mapped_column(Json)
    """What was found out about it and decided, sentence by sentence, in order."""
