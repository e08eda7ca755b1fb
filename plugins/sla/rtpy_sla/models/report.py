"""Service reports as they were made for customers, and who gets them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, text, utc
from rtpy.db.types import Json


class ServiceReport(Base):
    """The figures of one customer's month, frozen when the report was made."""

    __tablename__ = "sla_service_reports"
    __table_args__ = (UniqueConstraint("organization_id", "month"),)

    id: Mapped[id_]
    organization_id: Mapped[int] = ref("organizations.id")
    month: Mapped[date]
    """Its first day."""
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    created: Mapped[utc]
    creator_id: Mapped[int] = ref("users.id")
    sent: Mapped[datetime | None]
    """When it was mailed; from then on it stays as it is."""
    sent_to: Mapped[text]


class ReportReader(Base):
    """Whom a customer's service reports are mailed to, and in which language they are written."""

    __tablename__ = "sla_report_readers"

    organization_id: Mapped[int] = ref("organizations.id", primary_key=True, cascade=True)
    addresses: Mapped[text]
    """One a line; none: nobody gets them by mail."""
    language: Mapped[str] = mapped_column(String(5), default="en", server_default="en")
