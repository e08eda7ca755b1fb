"""What the settings of plugins are now: kept between requests until somebody changes one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.config.setting import Setting, SettingValue
from rtpy.errors import Invalid
from rtpy.models import PluginSetting
from rtpy.remembered import remembered


def setting(app: App, db: Session, name: str) -> Any:
    """The value of one, of the type that its kind says: `setting(app, db, "billing.day_hours")`.

    The usual value when nobody has given another one, or when the one that was given fits the declaration no more.
    Another process's change is seen within a second; as a rule nothing is asked of the database. Raises KeyError for
    a name that no listed plugin declares.
    """
    declared = app.settings[name]
    return _valid(declared, stored_settings(app, db))


def settings_of_plugin(app: App, db: Session, plugin: str) -> dict[str, SettingValue]:
    """All of one plugin, by their dotted names, in the order in which it declares them."""
    stored = stored_settings(app, db)
    return {
        name: _valid(declared, stored) for name, declared in app.settings.items() if declared.plugin == plugin
    }


def stored_settings(app: App, db: Session) -> Mapping[str, object]:
    """What stands in the database, by dotted name, of plugins that are not listed too."""
    return remembered(app, db, "plugin settings", _read)


def _valid(declared: Setting, stored: Mapping[str, object]) -> SettingValue:
    if declared.name not in stored:
        return declared.default
    try:
        return declared.accept(stored[declared.name])
    except Invalid:
        return declared.default


def _read(db: Session) -> dict[str, object]:
    rows = db.execute(select(PluginSetting.plugin, PluginSetting.name, PluginSetting.value))
    return {f"{row.plugin}.{row.name}": row.value for row in rows}
