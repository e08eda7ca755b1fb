"""Bookmarks: tickets that somebody has marked for themselves; and how far they have read."""

from sqlalchemy.orm import Mapped

from rtpy.db.base import Base, ref, utc


class Bookmark(Base):
    """One person's mark on one ticket; nobody else sees it."""

    __tablename__ = "bookmarks"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    ticket_id: Mapped[int] = ref("tickets.id", primary_key=True, index=True, cascade=True)
    created: Mapped[utc]


class ReadMark(Base):
    """How far one person has read one ticket (RT: the attribute User-<id>-SeenUpTo, which is a time)."""

    __tablename__ = "read_marks"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    ticket_id: Mapped[int] = ref("tickets.id", primary_key=True, index=True, cascade=True)
    transaction_id: Mapped[int]
    """The newest transaction that was seen; what came later is unread."""
    seen: Mapped[utc]
