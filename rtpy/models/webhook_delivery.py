"""Deliveries: one event for one webhook, what is sent, and what became of it."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, ref, short, text, utc


class WebhookDelivery(Base):
    """Born in the transaction of its cause; the bytes of the body never change. Swept after some weeks."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_state", "state"),
        # In this order they are sent.
        Index("ix_webhook_deliveries_turn", "webhook_id", "state", "not_before", "transaction_id"),
        Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
        Index("ix_webhook_deliveries_event_id", "event_id"),
        Index("ix_webhook_deliveries_created", "created"),
    )

    id: Mapped[id_]
    webhook_id: Mapped[int] = ref("webhooks.id", cascade=True)
    event_id: Mapped[str] = mapped_column(String(36))
    """What the receiver knows it by: the same for each try, and when it is sent again."""
    event: Mapped[str] = mapped_column(String(40))
    ticket_id: Mapped[int | None] = ref("tickets.id")
    transaction_id: Mapped[int | None] = ref("transactions.id")
    body: Mapped[text]
    created: Mapped[utc]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """queued, test (a test that is queued, which goes whatever the webhook's state), sending, delivered, failed."""
    not_before: Mapped[utc]
    attempts: Mapped[count]
    lease_owner: Mapped[short]
    lease_until: Mapped[datetime | None]
    tried: Mapped[datetime | None]
    """The moment of the last try: its time stamp."""
    duration: Mapped[count]
    """Milliseconds that the last try took."""
    address: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """The network address that was connected to."""
    status_code: Mapped[int | None]
    problem: Mapped[text]
    """Why the last try failed."""
    answer: Mapped[text]
    """The beginning of the last answer's body; for super-users only."""
