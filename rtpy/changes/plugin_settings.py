"""Changing the settings of a plugin."""

from collections.abc import Mapping

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.config.setting import SettingValue
from rtpy.errors import Invalid, Problem
from rtpy.models import PluginSetting
from rtpy.plugin_settings import settings_of_plugin
from rtpy.rights.names import Right
from rtpy.work import Work

KIND = "plugin_setting"


def read_settings(work: Work, plugin: str, given: Mapping[str, str]) -> dict[str, SettingValue]:
    """The values that a form's texts mean, by dotted name; what it does not give is off or empty.

    Raises Invalid with every problem.
    """
    values: dict[str, SettingValue] = {}
    problems: list[Problem] = []
    for name, declared in work.app.settings.items():
        if declared.plugin == plugin:
            try:
                values[name] = declared.read(given.get(name, ""))
            except Invalid as wrong:
                problems.extend(wrong.problems)
    if problems:
        raise Invalid(*problems)
    return values


def save_settings(
    work: Work, plugin: str, values: Mapping[str, object], *, right: str = Right.SUPER_USER
) -> None:
    """Give settings of one plugin, by dotted name, these values. Needs SuperUser, or the `right` of a page of its own.

    A usual value is not stored. Raises Refused, or Invalid with every problem.
    """
    need_system(work, right)
    accepted: dict[str, SettingValue] = {}
    problems: list[Problem] = []
    for name, value in values.items():
        declared = work.app.settings.get(name)
        if declared is None or declared.plugin != plugin:
            problems.append(Problem(name, f"No plugin that is listed has a setting {name}."))
            continue
        try:
            accepted[name] = declared.accept(value)
        except Invalid as wrong:
            problems.extend(wrong.problems)
    if problems:
        raise Invalid(*problems)
    before = settings_of_plugin(work.app, work.db, plugin)
    for name, new in accepted.items():
        declared = work.app.settings[name]
        row = work.db.get(PluginSetting, (plugin, declared.key))
        if new == declared.default:
            if row is not None:
                work.db.delete(row)
        elif row is None:
            work.db.add(PluginSetting(plugin=plugin, name=declared.key, value=new, changed=work.now))
        elif row.value != new:
            row.value, row.changed = new, work.now
    work.db.flush()  # whoever asks from here on sees the new values
    after = {**before, **accepted}
    note_configuration(work, KIND, None, plugin, before, after)
    work.app.hooks.rtpy_settings_changed(work=work, plugin=plugin, before=before, after=after)
