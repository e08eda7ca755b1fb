"""Watchers: who plays which role on a ticket, or on every ticket of a queue, in one table."""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref

REQUESTOR = "Requestor"
CC = "Cc"
ADMIN_CC = "AdminCc"
OWNER = "Owner"


class Watcher(Base):
    """One principal in one role on one ticket or one queue. The owner is a column of the ticket, not a row here."""

    __tablename__ = "watchers"
    __table_args__ = (
        CheckConstraint("(ticket_id IS NULL) <> (queue_id IS NULL)", name="one_object"),
        Index("uq_watchers_ticket_id_role_principal_id", "ticket_id", "role", "principal_id", unique=True),
        # Partial: few rows have a queue, and an index of NULLs lures the planner away from the useful ones.
        Index(
            "uq_watchers_queue_id_role_principal_id",
            "queue_id",
            "role",
            "principal_id",
            unique=True,
            sqlite_where=text_("queue_id IS NOT NULL"),
            postgresql_where=text_("queue_id IS NOT NULL"),
        ),
        Index("ix_watchers_principal_id_role", "principal_id", "role", "ticket_id"),
    )

    id: Mapped[id_]
    ticket_id: Mapped[int | None] = ref("tickets.id", cascade=True)
    queue_id: Mapped[int | None] = ref("queues.id", cascade=True)
    role: Mapped[str] = mapped_column(String(64))
    principal_id: Mapped[int] = ref("principals.id")
