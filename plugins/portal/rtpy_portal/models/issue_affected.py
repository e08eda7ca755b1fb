"""Whom a known issue affects: they said so themselves, or a request of theirs is linked to it."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, text, utc


class IssueAffected(Base):
    """A person, or an address until somebody is known by it. What is not confirmed counts for nothing."""

    __tablename__ = "portal_issue_affected"
    __table_args__ = (UniqueConstraint("issue_id", "user_id"), UniqueConstraint("issue_id", "address"))

    id: Mapped[id_]
    issue_id: Mapped[int] = ref("portal_issues.id", cascade=True)
    user_id: Mapped[int | None] = ref("users.id", index=True, cascade=True)
    address: Mapped[str | None] = mapped_column(String(320))
    """In small letters; None for a person."""
    organization_id: Mapped[int | None] = ref("organizations.id", index=True)
    impact: Mapped[text]
    """What it means for them, a line for staff alone."""
    from_request: Mapped[flag]
    """A request of theirs is linked; they did not say so themselves."""
    subscribed: Mapped[flag]
    created: Mapped[utc]
    confirmed: Mapped[datetime | None]
    left: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the link in the mail that asks to confirm."""
    asked: Mapped[datetime | None]
    """When that mail was written."""
