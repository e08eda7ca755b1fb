"""Webhooks: whom to tell of what, and how it goes with each."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text, utc
from rtpy.db.types import Json


class Webhook(Base):
    """A receiver: its address, which events of which tickets it is told of, and with whose eyes they are seen.

    The secret for signatures is not stored: it is made of the nonce and the site's own secret.
    """

    __tablename__ = "webhooks"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[text]
    events: Mapped[list[str]] = mapped_column(Json, default=list)
    """Keys of `rtpy.webhooks.events`."""
    query: Mapped[text]
    """TicketSQL that the ticket must fit; empty: every ticket."""
    user_id: Mapped[int] = ref("users.id")
    """It is told what this person may see."""
    comments: Mapped[flag]
    """Internal comments too, if the person may read them."""
    skip_own: Mapped[flag]
    """Not what the person does itself."""
    disabled: Mapped[flag]
    disabled_reason: Mapped[text]
    """Why it switched itself off; empty when a person did."""
    nonce: Mapped[str] = mapped_column(String(64))
    old_nonce: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """The secret before: until `old_until` both sign."""
    old_until: Mapped[datetime | None]
    secret_mark: Mapped[str] = mapped_column(String(16))
    """The beginning of a hash of the secret, to know it by."""
    created: Mapped[utc]


class WebhookState(Base):
    """How it goes with one webhook: written with each delivery, so apart from its settings, which are remembered."""

    __tablename__ = "webhook_states"

    webhook_id: Mapped[int] = ref("webhooks.id", primary_key=True, cascade=True)
    consecutive_failures: Mapped[count]
    failing_since: Mapped[datetime | None]
    """When the first of them was."""
    paused_until: Mapped[datetime | None]
    """Nobody answers: nothing is tried before."""
    last_tried: Mapped[utc]
    """For taking turns; at first when it was made."""
    last_success: Mapped[datetime | None]
    problem: Mapped[text]
    """Why events could not be noted for it, such as a query that makes no sense any more; empty as a rule."""
