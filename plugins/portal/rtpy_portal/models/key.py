"""Keys of participants: one for each person and request, which opens that request and nothing else."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, utc
from rtpy.db.types import UtcDateTime


class Key(Base):
    """Only the hash of the key is here: it is made of `seed` and the site's secret, so every mail has the same."""

    __tablename__ = "portal_keys"
    __table_args__ = (UniqueConstraint("ticket_id", "user_id"),)

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    organization_id: Mapped[int | None] = ref("organizations.id")
    """Whose request it was when the key was made: it is worth nothing with another organisation."""
    seed: Mapped[str] = mapped_column(String(43))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made: Mapped[utc]
    withdrawn: Mapped[datetime | None] = mapped_column(UtcDateTime)
