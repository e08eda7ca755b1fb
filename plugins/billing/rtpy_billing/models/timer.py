"""Timers: on the server, so that they survive a closed laptop."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, id_, ref, utc


class Timer(Base):
    """One person's clock on one ticket. Several may exist, one runs."""

    __tablename__ = "billing_timers"
    __table_args__ = (
        Index(
            "uq_billing_timers_running",
            "user_id",
            unique=True,
            sqlite_where=sql("started IS NOT NULL"),
            postgresql_where=sql("started IS NOT NULL"),
        ),
        Index("ix_billing_timers_user_id", "user_id"),
    )

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", cascade=True)
    ticket_id: Mapped[int | None] = ref("tickets.id")
    label: Mapped[str] = mapped_column(String(200), default="", server_default="")
    work_type_id: Mapped[int | None] = ref("billing_work_types.id")
    began: Mapped[utc]
    started: Mapped[datetime | None]
    """Since when it runs; None while it is paused."""
    seconds: Mapped[count]
    """What it ran before that."""
    seen: Mapped[utc]
    """When its person last did something."""
    warned: Mapped[datetime | None]
