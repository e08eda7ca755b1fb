"""RT's own service levels, by name, and which queue uses which."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, text
from rtpy.db.types import Json


class Level(Base):
    """A level as RT's configuration knows it; each term is null, or business and real minutes with what RT allows."""

    __tablename__ = "sla_levels"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(64), unique=True)
    description: Mapped[text]
    terms: Mapped[dict[str, Any]] = mapped_column(Json)
    """starts, response, keep_in_loop, resolve, out_of_hours; `rtpy_sla.levels` reads it."""
    calendar_id: Mapped[int | None]
    disabled: Mapped[flag]


class QueueLevel(Base):
    """Which level the tickets of a queue get that name none; a queue without a row does not use levels."""

    __tablename__ = "sla_queue_levels"

    queue_id: Mapped[int] = ref("queues.id", primary_key=True, cascade=True)
    level_id: Mapped[int | None] = ref("sla_levels.id")
    """None: the level that is usual everywhere."""
