"""Files of a form that waits for one more click."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, utc


class HeldFile(Base):
    """One file, kept for an hour for the browser that sent it."""

    __tablename__ = "portal_held_files"

    id: Mapped[id_]
    key: Mapped[str] = mapped_column(String(64), index=True)
    """A hash of the secret in the form and of the browser's own token."""
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(127))
    size: Mapped[count]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[utc] = mapped_column(index=True)
