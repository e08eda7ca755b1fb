"""Agreed hours."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_
from rtpy.db.types import Json


class CalendarRow(Base):
    """A calendar as rows keep it; `rtpy_billing.calendars.calendar.Calendar` is the value."""

    __tablename__ = "billing_calendars"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    zone: Mapped[str] = mapped_column(String(60))
    week: Mapped[list[list[list[int]]]] = mapped_column(Json)
    """Seven days from Monday, each a list of spans [first minute, end minute]."""
    exceptions: Mapped[dict[str, Any]] = mapped_column(Json)
    """By ISO date: the list of spans that holds instead; an empty one is a holiday."""
    version: Mapped[count]
    disabled: Mapped[flag]
