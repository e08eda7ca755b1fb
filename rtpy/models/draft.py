"""Drafts: what somebody has typed and not yet sent, kept on the server."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, utc
from rtpy.db.types import Json


class Draft(Base):
    """One person's unsent text at one place, such as `ticket:7:reply` or `create`."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", cascade=True)
    place: Mapped[str] = mapped_column(String(64))
    fields: Mapped[dict[str, str]] = mapped_column(Json)
    updated: Mapped[utc]
