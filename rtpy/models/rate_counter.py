"""Rate counters: how often something happened in a window of time, counted atomically over all nodes."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, utc


class RateCounter(Base):
    """A counter for one key in one window."""

    __tablename__ = "rate_counters"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Such as `login:ip:127.0.0.1`; never a secret."""
    window: Mapped[int] = mapped_column(primary_key=True)
    """Start of the window in epoch seconds."""
    hits: Mapped[int]
    expires: Mapped[utc]
