"""The log of configuration: who changed what of the set-up, with what was there before and after."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, big_key, id_, ref, short, utc
from rtpy.db.types import Json


class ConfigChange(Base):
    """One change of one thing; never changed afterwards."""

    __tablename__ = "config_changes"
    __table_args__ = (Index("ix_config_changes_kind_object_id", "kind", "object_id"),)

    id: Mapped[id_]
    created: Mapped[utc]
    creator_id: Mapped[int] = ref("users.id")
    face: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    """What it is, as in `rtpy config export`: queue, group, custom_field, lifecycle, scrip …"""
    object_id: Mapped[int | None] = mapped_column(big_key)
    name: Mapped[short]
    """How people know the thing, at the time of the change."""
    action: Mapped[str] = mapped_column(String(16))
    """create, change or delete."""
    before: Mapped[dict[str, object]] = mapped_column(Json)
    """The values that changed, as they were; empty for what was created."""
    after: Mapped[dict[str, object]] = mapped_column(Json)
