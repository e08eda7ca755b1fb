"""What somebody may see and do in the portal for one organisation."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref


class MemberRow(Base):
    """Said by staff or by one who manages the organisation's people; without a row the usual grade holds.

    It makes nobody a member: who belongs to the organisation no more has nothing of it.
    """

    __tablename__ = "portal_members"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    id: Mapped[id_]
    organization_id: Mapped[int] = ref("organizations.id", cascade=True)
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    grade: Mapped[str] = mapped_column(String(12), default="", server_default="")
    """A value of `rtpy_portal.access.grades.Grade`; empty: the usual one."""
    may_raise: Mapped[flag]
    """They may ask for a colleague."""
    may_copy: Mapped[flag]
    """They may let colleagues get copies."""
    sees_money: Mapped[flag]
    sees_names: Mapped[flag]
    """They read who of us works for them, whatever others read."""
    manages: Mapped[flag]
    """They say what colleagues see and may do, up to what they see and may do themselves."""
    is_off: Mapped[flag]
    """The organisation is closed for them: they have what they asked for themselves."""
