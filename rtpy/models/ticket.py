"""Tickets: the present state of each request; how it came about is in its transactions."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rtpy.db.base import Base, count, id_, ref, text, utc
from rtpy.models.queue import Queue
from rtpy.models.user import User


class Ticket(Base):
    """A ticket. Only `rtpy.changes` writes one; times are minutes, priorities plain integers."""

    __tablename__ = "tickets"
    __table_args__ = (
        # Partial: nearly all are NULL, and an index of NULLs lures the planner away from the useful ones.
        Index(
            "ix_tickets_merged_into_id",
            "merged_into_id",
            sqlite_where=text_("merged_into_id IS NOT NULL"),
            postgresql_where=text_("merged_into_id IS NOT NULL"),
        ),
        Index("ix_tickets_queue_id_status_last_updated", "queue_id", "status", "last_updated"),
        Index("ix_tickets_owner_id_status", "owner_id", "status"),
        # Holds all that counting a list asks about.
        Index(
            "ix_tickets_status_created",
            "status",
            "created",
            "queue_id",
            sqlite_where=text_("merged_into_id IS NULL AND type = 'ticket'"),
            postgresql_where=text_("merged_into_id IS NULL AND type = 'ticket'"),
        ),
        # With what lists ask about most: what does not fit is passed over without a look at the ticket.
        Index("ix_tickets_last_updated", "last_updated", "id", "status", "queue_id"),
        Index("ix_tickets_organization_id_status", "organization_id", "status"),
    )

    id: Mapped[id_]
    merged_into_id: Mapped[int | None] = ref("tickets.id")
    queue_id: Mapped[int] = ref("queues.id")
    type: Mapped[str] = mapped_column(String(16), default="ticket")
    subject: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[text]
    status: Mapped[str] = mapped_column(String(64))
    owner_id: Mapped[int] = ref("users.id")
    organization_id: Mapped[int | None] = ref("organizations.id")
    site_id: Mapped[int | None] = ref("organization_sites.id")
    initial_priority: Mapped[count]
    final_priority: Mapped[count]
    priority: Mapped[count]
    time_estimated: Mapped[count]
    time_worked: Mapped[count]
    time_left: Mapped[count]
    sla: Mapped[str] = mapped_column(String(64), default="", server_default="")
    told: Mapped[datetime | None]
    starts: Mapped[datetime | None]
    started: Mapped[datetime | None]
    due: Mapped[datetime | None]
    resolved: Mapped[datetime | None]
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]
    last_updated_by_id: Mapped[int] = ref("users.id")
    last_updated: Mapped[utc]

    queue: Mapped[Queue] = relationship(lazy="raise_on_sql")
    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="raise_on_sql")
    creator: Mapped[User] = relationship(foreign_keys=[creator_id], lazy="raise_on_sql")
