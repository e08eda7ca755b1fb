"""What plugins bring, checked at the start: each mistake is a sentence that names the plugin."""

import re

import pluggy

from rtpy.config.setting import Setting, SettingKind
from rtpy.errors import Invalid, Problem
from rtpy.plugins import brought

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")


def settings_of(manager: pluggy.PluginManager) -> dict[str, Setting]:
    """The settings of all plugins by dotted name. Raises Invalid for one that is not its plugin's, twice, or odd."""
    found: dict[str, Setting] = {}
    for owner, theirs in brought(manager, "rtpy_settings"):
        for setting in theirs:
            if setting.plugin != owner or not _KEY.fullmatch(setting.key) or setting.name in found:
                raise misfit(
                    f"Plugin {owner} brings the setting {setting.name}: it must be {owner}.name, in small letters, "
                    "digits and underscores, once."
                )
            if setting.kind is SettingKind.CHOICE and not setting.choices:
                raise misfit(f"Plugin {owner} brings the setting {setting.name} without choices.")
            try:
                setting.accept(setting.default)
            except Invalid as wrong:
                raise misfit(
                    f"Plugin {owner} brings the setting {setting.name}, whose usual value is wrong: {wrong}"
                ) from wrong
            found[setting.name] = setting
    return found


def misfit(sentence: str) -> Invalid:
    """A plugin that does not fit."""
    return Invalid(Problem("plugins", sentence))
