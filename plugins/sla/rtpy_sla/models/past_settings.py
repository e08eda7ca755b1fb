"""What was set about counting before somebody changed it: the past stays counted by what held then."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, utc
from rtpy.db.types import Json


class PastSettings(Base):
    """The values that held until a moment, since the row before; what holds now is in the settings themselves."""

    __tablename__ = "sla_past_settings"

    id: Mapped[id_]
    until: Mapped[utc]
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    """By dotted name."""
