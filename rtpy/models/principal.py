"""Principals: whoever can hold a right or a role, that is users and groups in one id space."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_


class Principal(Base):
    """The id shared by a user or a group, and whether it is switched off."""

    __tablename__ = "principals"

    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(8))
    """`user` or `group`."""
    disabled: Mapped[flag]
