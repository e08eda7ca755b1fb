"""Settings of plugins that an administrator has given another value than the usual one."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, utc
from rtpy.db.types import Json


class PluginSetting(Base):
    """One value; it stays when its plugin is taken off the list, and counts again with it."""

    __tablename__ = "plugin_settings"

    plugin: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Inside the plugin: `day_hours` of `billing.day_hours`."""
    value: Mapped[str | int | bool] = mapped_column(Json)
    changed: Mapped[utc]
