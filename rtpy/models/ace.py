"""Access control entries: who holds which right where."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref


class Ace(Base):
    """A right granted to a principal, or to whoever plays a role, on the system or on one object."""

    __tablename__ = "aces"
    __table_args__ = (
        Index("ix_aces_right_name_object_type_object_id", "right_name", "object_type", "object_id"),
    )

    id: Mapped[id_]
    principal_id: Mapped[int | None] = ref("principals.id", index=True, cascade=True)
    role: Mapped[str | None] = mapped_column(String(64))
    """A role's name when `principal_id` is None."""
    right_name: Mapped[str] = mapped_column(String(32))
    object_type: Mapped[str] = mapped_column(String(16), default="system")
    """`system` or `queue` (later: group, custom_field, class, catalog)."""
    object_id: Mapped[int] = mapped_column(default=0)
    """0 for the system."""
