"""Blobs: bytes stored once under their own hash."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, utc


class Blob(Base):
    """Bytes under their SHA-256; `data` is None where another store than the database keeps them."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    created: Mapped[utc]
