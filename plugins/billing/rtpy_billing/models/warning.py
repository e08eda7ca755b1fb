"""What was said of a balance by mail, so that it is said once."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, utc


class BalanceWarning(Base):
    """One warning about a line of an agreement, or about the agreement as a whole."""

    __tablename__ = "billing_warnings"
    __table_args__ = (UniqueConstraint("agreement_id", "key"),)

    id: Mapped[id_]
    agreement_id: Mapped[int] = ref("billing_agreements.id", cascade=True)
    key: Mapped[str] = mapped_column(String(120))
    """What it was about: the line, the lot and the mark, or the term and its last day for notice."""
    sent: Mapped[utc]
