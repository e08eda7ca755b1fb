"""Steps of escalation that were taken."""

from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, utc
from rtpy.db.types import Json


class Firing(Base):
    """One step, taken once for one cycle of one clock: the constraint keeps two workers from taking it twice."""

    __tablename__ = "sla_firings"
    __table_args__ = (
        UniqueConstraint("ticket_id", "target", "cycle", "ladder_id", "step"),
        Index("ix_sla_firings_fired", "fired"),
    )

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    target: Mapped[str] = mapped_column(String(20))
    cycle: Mapped[count]
    ladder_id: Mapped[int] = ref("sla_ladders.id")
    step: Mapped[str] = mapped_column(String(40))
    due: Mapped[utc]
    fired: Mapped[utc]
    is_late: Mapped[flag]
    outcome: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """What each action did, or why it did not."""
