"""Lifecycles: the statuses of tickets and assets with their moves, and the maps by which tickets change between two."""

from sqlalchemy import Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, utc
from rtpy.db.types import Json


class StoredLifecycle(Base):
    """A lifecycle as it is kept; `rtpy.lifecycle` reads it as a value."""

    __tablename__ = "lifecycles"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(32))
    """Queues and catalogs name it, so it stays."""
    type: Mapped[str] = mapped_column(String(16))
    """ticket or asset."""
    definition: Mapped[dict[str, object]] = mapped_column(Json)
    """The table of `etc/lifecycles.toml`: initial, active, inactive, transitions, rights …"""
    disabled: Mapped[flag]
    """Kept for what uses it, offered for nothing new."""
    sort_order: Mapped[count]
    created: Mapped[utc]


class LifecycleMap(Base):
    """What each status of one lifecycle becomes in another; without a row nothing can change between the two."""

    __tablename__ = "lifecycle_maps"

    old_id: Mapped[int] = ref("lifecycles.id", primary_key=True, cascade=True)
    new_id: Mapped[int] = ref("lifecycles.id", primary_key=True, cascade=True)
    statuses: Mapped[dict[str, str]] = mapped_column(Json)
    """Old status to new status, lower case."""


Index("uq_lifecycles_name_folded", func.lower(StoredLifecycle.name), unique=True)
