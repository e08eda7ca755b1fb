"""Dashboards: panes of a person, a group or everybody; whose home page they are, and who gets them by mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, utc
from rtpy.db.types import Json


class Dashboard(Base):
    """Panes under a name. `owner_id` is a user or a group; None: it belongs to the system."""

    __tablename__ = "dashboards"
    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    owner_id: Mapped[int | None] = ref("principals.id", index=True, cascade=True)
    panes: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """The plain values of `rtpy.search.dashboards.Pane`, in order."""
    disabled: Mapped[flag]
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]
    last_updated: Mapped[utc]


class HomeDashboard(Base):
    """The dashboard that is the home page of a person, of the members of a group, or (None) of everybody."""

    __tablename__ = "home_dashboards"
    __table_args__ = (
        Index("uq_home_dashboards_principal_id", text_("coalesce(principal_id, 0)"), unique=True),
    )

    id: Mapped[id_]
    principal_id: Mapped[int | None] = ref("principals.id", cascade=True)
    dashboard_id: Mapped[int] = ref("dashboards.id", index=True, cascade=True)
    position: Mapped[count]
    """Of several groups the one with the lowest wins."""


class DashboardSubscription(Base):
    """A dashboard that somebody gets by mail, at fixed times of their own zone."""

    __tablename__ = "dashboard_subscriptions"

    id: Mapped[id_]
    dashboard_id: Mapped[int] = ref("dashboards.id", index=True, cascade=True)
    user_id: Mapped[int] = ref("users.id", index=True, cascade=True)
    frequency: Mapped[str] = mapped_column(String(8))
    """daily, weekdays, weekly or monthly."""
    day: Mapped[count]
    """Of the week (0 is Monday) or of the month (from 1)."""
    hour: Mapped[count]
    """Of the day, from 0."""
    rows: Mapped[count]
    """How many of each search; 0: as the search says."""
    even_if_empty: Mapped[flag]
    disabled: Mapped[flag]
    next_at: Mapped[datetime] = mapped_column(index=True)
    last_sent: Mapped[datetime | None]
    created: Mapped[utc]
