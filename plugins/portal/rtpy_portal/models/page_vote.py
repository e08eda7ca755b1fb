"""Votes of readers: did a page help?"""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, ref, text, utc


class PageVote(Base):
    """One of an account, or of a browser that nobody is logged in with (`browser_hash`, of a cookie)."""

    __tablename__ = "portal_page_votes"
    __table_args__ = (UniqueConstraint("page_id", "user_id"), UniqueConstraint("page_id", "browser_hash"))

    id: Mapped[id_]
    page_id: Mapped[int] = ref("portal_pages.id", cascade=True)
    user_id: Mapped[int | None] = ref("users.id", index=True)
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    helped: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """Why it did not, a value of `rtpy_portal.knowledge.votes.Reason`; empty when nothing was said."""
    said: Mapped[text]
    version: Mapped[count]
    """The number of the version that was read."""
    voted: Mapped[utc]
