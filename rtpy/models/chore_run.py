"""How it goes with the chores of the workers, and when the certificates that were met on the way end."""

from datetime import datetime

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, text, utc


class ChoreRun(Base):
    """One chore on one node (machine and process): written every half minute, and at once when it begins to fail."""

    __tablename__ = "chore_runs"

    node: Mapped[str] = mapped_column(String(120), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    pace: Mapped[float] = mapped_column(Float)
    """Seconds from one round to the next when there is nothing to do."""
    seen: Mapped[utc]
    """The node's last sign of life."""
    began: Mapped[datetime | None]
    """The last round; it is under way while that is later than `ended`."""
    ended: Mapped[datetime | None]
    last_good: Mapped[datetime | None]
    last_failed: Mapped[datetime | None]
    did: Mapped[count]
    """What it has done since the process began."""
    failures: Mapped[count]
    """In a row."""
    last_problem: Mapped[text]
    """What went wrong last, in a few words without anybody's data."""


class ServerCertificate(Base):
    """The certificate of a server that we talk to: noted when we connect, never asked for by a page."""

    __tablename__ = "server_certificates"

    place: Mapped[str] = mapped_column(String(255), primary_key=True)
    """Host and port."""
    purpose: Mapped[str] = mapped_column(String(40))
    """What we talk to it for, in words."""
    ends: Mapped[utc]
    seen: Mapped[utc]
