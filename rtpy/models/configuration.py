"""Configuration rows: facts about this installation that the database must know."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, utc
from rtpy.db.types import Json

STAMP = "settings_stamp"
"""The row whose value is new whenever somebody has written what processes remember."""
LAST_BACKUP = "backup.last"
"""The row that says when the last backup was taken, how large it is, and whether it is whole."""
RESTORED_FROM = "backup.restored_from"
"""The row of a restored site that says when the backup was made from which it came, and when it was restored."""


class Configuration(Base):
    """A named JSON value, such as what the demo loader made."""

    __tablename__ = "configurations"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[object] = mapped_column(Json)
    updated: Mapped[utc]
