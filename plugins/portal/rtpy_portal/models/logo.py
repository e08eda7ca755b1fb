"""The logo of the portal."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, utc


class Logo(Base):
    """One picture at most; its digest stands in its address, so that browsers may keep it for long."""

    __tablename__ = "portal_logos"

    id: Mapped[id_]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    content_type: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    changed: Mapped[utc]
