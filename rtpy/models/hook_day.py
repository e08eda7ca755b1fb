"""How long plugins took, hook by hook and day by day, and what failed in them."""

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, text, utc
from rtpy.db.types import Json


class HookDay(Base):
    """All calls of one hook of one plugin on one day (UTC), summed over the processes that have told of theirs."""

    __tablename__ = "hook_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    plugin: Mapped[str] = mapped_column(String(64), primary_key=True)
    hook: Mapped[str] = mapped_column(String(64), primary_key=True)
    calls: Mapped[count]
    failures: Mapped[count]
    """Calls that ended with an exception other than a refusal."""
    microseconds: Mapped[count]
    slowest: Mapped[count]
    """The longest call, in microseconds."""
    buckets: Mapped[list[int]] = mapped_column(Json)
    """How many calls took less than 2, 4, 8 ... microseconds: the place is the number of binary digits."""
    failed: Mapped[datetime | None]
    failure: Mapped[text]
    """The last exception, in a line."""
    updated: Mapped[utc]
