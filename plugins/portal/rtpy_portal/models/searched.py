"""What readers looked for in knowledge: words by day, without a person."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count


class Searched(Base):
    """How often some words were looked for on a day, and how many pages were found the last time."""

    __tablename__ = "portal_searches"

    day: Mapped[date] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(100), primary_key=True)
    times: Mapped[count]
    found: Mapped[count]
