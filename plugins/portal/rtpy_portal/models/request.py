"""What the portal itself knows of a request, beside its ticket: who sees it, and what is said about it afterwards."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, ref, text
from rtpy.db.types import UtcDateTime


class RequestRow(Base):
    """One row for each ticket of which something is said here; a ticket without one is like all others."""

    __tablename__ = "portal_requests"

    ticket_id: Mapped[int] = ref("tickets.id", primary_key=True, cascade=True)
    is_private: Mapped[flag]
    """Only who takes part in it sees it: no colleague."""
    is_hidden: Mapped[flag]
    """No customer sees it, whoever takes part: alerts of machines, work behind the scenes."""
    went_wrong: Mapped[text]
    """For customers, in plain words."""
    how_fixed: Mapped[text]
    escalated: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the customer last asked for more attention."""
