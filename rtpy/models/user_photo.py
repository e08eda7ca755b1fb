"""Photos of people; the bytes lie in blobs."""

from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, ref, utc


class PhotoSource(StrEnum):
    """Where a photo came from."""

    OWN = "own"
    """Chosen by the person; no directory takes it away."""
    DIRECTORY = "directory"


class UserPhoto(Base):
    """The photo of one person."""

    __tablename__ = "user_photos"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    blob_sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(20))
    """`image/jpeg` or `image/png`, by the bytes."""
    source: Mapped[str] = mapped_column(String(20))
    changed: Mapped[utc]
