"""The plugin's one table."""

from sqlalchemy.orm import Mapped

from rtpy.db.base import Base, count, ref


class Allowance(Base):
    """Minutes beyond the budget that somebody may spend on the tickets they own."""

    __tablename__ = "budget_allowances"

    user_id: Mapped[int] = ref("users.id", primary_key=True)
    minutes: Mapped[count]
    given_by_id: Mapped[int] = ref("users.id")
