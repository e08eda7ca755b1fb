"""Updates of known issues: what was told when, and how far its mails are."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text, utc


class IssueUpdate(Base):
    """One thing that was told: a text, the stage since then, and the planned days before and after."""

    __tablename__ = "portal_issue_updates"
    __table_args__ = (Index("ix_portal_issue_updates_mailed_id", "mailed", "id"),)

    id: Mapped[id_]
    issue_id: Mapped[int] = ref("portal_issues.id", index=True, cascade=True)
    text: Mapped[text]
    stage: Mapped[str] = mapped_column(String(12))
    stage_changed: Mapped[flag]
    planned_from: Mapped[date | None]
    planned_until: Mapped[date | None]
    old_from: Mapped[date | None]
    """The days that held before, when this update moved them."""
    old_until: Mapped[date | None]
    moved: Mapped[flag]
    """This update set, moved or dropped the planned days."""
    created: Mapped[utc]
    creator_id: Mapped[int] = ref("users.id")
    mails: Mapped[flag]
    """Whoever is subscribed is told by mail."""
    mailed_to: Mapped[count]
    """The number up to which those affected have their mail in the outbox."""
    mailed: Mapped[datetime | None]
    """When the last of them had; at once where nobody is told by mail."""
