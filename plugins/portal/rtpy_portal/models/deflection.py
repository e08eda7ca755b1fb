"""Questions that something answered before they became requests."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, short, utc


class Deflection(Base):
    """“This answered it”, said of a page, a known issue or an own request; nobody's name unless logged in."""

    __tablename__ = "portal_deflections"

    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(20))
    """page, issue or request."""
    thing_id: Mapped[int]
    topic_id: Mapped[int | None]
    words: Mapped[short]
    """What was going to be asked: its subject."""
    user_id: Mapped[int | None] = ref("users.id")
    at: Mapped[utc] = mapped_column(index=True)
    was_sent: Mapped[flag]
    """It was sent nevertheless: it had not answered it."""
