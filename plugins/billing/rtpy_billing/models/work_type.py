"""Work types: remote, on site, travel and the like."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_


class WorkType(Base):
    """What kind of work an entry is; rates and rules may depend on it."""

    __tablename__ = "billing_work_types"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    shown_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """What customers read; empty: the name."""
    charge_mode: Mapped[str | None] = mapped_column(String(12))
    hours: Mapped[str] = mapped_column(String(4), default="any", server_default="any")
    """`any`, or `in` and `out` where its time counts so whatever the clock says."""
    is_on_site: Mapped[flag]
    sort_order: Mapped[count]
    disabled: Mapped[flag]
