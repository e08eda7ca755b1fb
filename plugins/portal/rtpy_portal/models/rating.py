"""Ratings: whom we asked how it went, what they said, and what became of it."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, text, utc
from rtpy.db.types import UtcDateTime


class RatingAsk(Base):
    """One person is asked once how one resolution of a request went; `resolved` says which resolution."""

    __tablename__ = "portal_rating_asks"
    __table_args__ = (
        UniqueConstraint("ticket_id", "user_id", "resolved"),
        Index("ix_portal_rating_asks_user_id_created", "user_id", "created"),
        Index("ix_portal_rating_asks_asked", "asked"),
        # Partial: nearly all have been asked or cancelled.
        Index(
            "ix_portal_rating_asks_not_before",
            "not_before",
            sqlite_where=text_("asked IS NULL AND cancelled IS NULL"),
            postgresql_where=text_("asked IS NULL AND cancelled IS NULL"),
        ),
    )

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    user_id: Mapped[int] = ref("users.id", cascade=True)
    owner_id: Mapped[int] = ref("users.id")
    """Who had the request when it was solved."""
    resolved: Mapped[utc]
    created: Mapped[utc]
    not_before: Mapped[utc]
    asked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the mail with the question was written."""
    cancelled: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Opened again, merged, or not wanted any more, before the question was asked."""
    answered: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Rating(Base):
    """What one person says of one resolution of a request: the present values; earlier ones are `RatingValue`."""

    __tablename__ = "portal_ratings"
    __table_args__ = (
        UniqueConstraint("ticket_id", "user_id", "resolved"),
        Index("ix_portal_ratings_created", "created"),
    )

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    user_id: Mapped[int] = ref("users.id")
    owner_id: Mapped[int] = ref("users.id")
    resolved: Mapped[utc]
    score: Mapped[int]
    """1 bad, 2 fair, 3 good."""
    lowest: Mapped[int]
    """The lowest score that it ever had."""
    comment: Mapped[text]
    reason: Mapped[str] = mapped_column(String(12), default="", server_default="")
    """Of a bad one: slow, unsolved, unclear, unfriendly, cost."""
    may_quote: Mapped[flag]
    via: Mapped[str] = mapped_column(String(4))
    """mail or page."""
    created: Mapped[utc]
    changed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_id: Mapped[int | None]
    """The ticket or reminder that a bad one made, if it is still there."""
    recovered: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of one that was bad: since when the person is content again."""
    recovered_by_id: Mapped[int | None] = ref("users.id")
    """The person of the staff who says so; None: the customer's own later rating."""


class RatingValue(Base):
    """What a rating said before it was changed at `replaced`."""

    __tablename__ = "portal_rating_values"

    id: Mapped[id_]
    rating_id: Mapped[int] = ref("portal_ratings.id", index=True, cascade=True)
    score: Mapped[int]
    comment: Mapped[text]
    reason: Mapped[str] = mapped_column(String(12), default="", server_default="")
    replaced: Mapped[utc]


class HelpfulVote(Base):
    """Whether one message of ours helped one person."""

    __tablename__ = "portal_helpful"
    __table_args__ = (UniqueConstraint("transaction_id", "user_id"),)

    id: Mapped[id_]
    transaction_id: Mapped[int] = ref("transactions.id", cascade=True)
    ticket_id: Mapped[int] = ref("tickets.id", index=True, cascade=True)
    user_id: Mapped[int] = ref("users.id", cascade=True)
    is_helpful: Mapped[bool]
    created: Mapped[utc]


class RatingRefusal(Base):
    """A person who does not want to be asked; two rows of two merged people say the same."""

    __tablename__ = "portal_rating_refusals"

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    created: Mapped[utc]


class RatingShare(Base):
    """For how many of a hundred solved requests of a customer we ask; without a row that is the setting."""

    __tablename__ = "portal_rating_shares"

    organization_id: Mapped[int] = ref("organizations.id", primary_key=True, cascade=True)
    percent: Mapped[int]
