"""Transactions: the history of everything, written once and never changed."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rtpy.db.base import Base, count, id_, ref, text, utc
from rtpy.models.user import User


class Transaction(Base):
    """One recorded event. Immutable: the database itself refuses an update (see the migration's triggers)."""

    __tablename__ = "transactions"
    __table_args__ = (
        Index("ix_transactions_object_type_object_id_id", "object_type", "object_id", "id"),
        Index("ix_transactions_creator_id_created", "creator_id", "created"),
        # Partial: most transactions hold no work, and the planner would think that nobody's work is rare.
        Index(
            "ix_transactions_time_worker_id_time_worked_date",
            "time_worker_id",
            "time_worked_date",
            sqlite_where=text_("time_worker_id IS NOT NULL"),
            postgresql_where=text_("time_worker_id IS NOT NULL"),
        ),
    )

    id: Mapped[id_]
    object_type: Mapped[str] = mapped_column(String(32), default="ticket")
    object_id: Mapped[int]
    type: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(255), default="", server_default="")
    old_value: Mapped[text]
    new_value: Mapped[text]
    old_reference: Mapped[int | None]
    new_reference: Mapped[int | None]
    """Rows of `custom_field_contents` that a change of a custom field took away and brought."""
    data: Mapped[text]
    time_taken: Mapped[count]
    """Minutes, added to the ticket's time worked."""
    time_worker_id: Mapped[int | None] = ref("users.id")
    time_worked_date: Mapped[date | None]
    face: Mapped[str] = mapped_column(String(8), default="system")
    """Through what it came: web, mail, rest2, rest1, cli, system."""
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]

    creator: Mapped[User] = relationship(foreign_keys=[creator_id], lazy="raise_on_sql")
