"""Answers to requests of programs, kept so that the same request sent twice is done once."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, utc


class RepeatedRequest(Base):
    """The answer to a request that came with an `Idempotency-Key`."""

    __tablename__ = "repeated_requests"
    __table_args__ = (
        Index("uq_repeated_requests_user_id_key_hash", "user_id", "key_hash", unique=True),
        Index("ix_repeated_requests_created", "created"),
    )

    id: Mapped[id_]
    user_id: Mapped[int] = ref("users.id", cascade=True)
    key_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the key: clients put anything into it."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, address and body."""
    status: Mapped[int]
    location: Mapped[str] = mapped_column(String(255), default="", server_default="")
    body: Mapped[str] = mapped_column(Text)
    """JSON."""
    created: Mapped[utc]
