"""What plugins bring, checked at the start: each mistake is a sentence that names the plugin."""

import re
from collections.abc import Iterable

import pluggy

from rtpy.config.setting import Setting, SettingKind
from rtpy.db.base import Base
from rtpy.errors import Invalid, Problem
from rtpy.migrations.lines import Line
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


def check_names(manager: pluggy.PluginManager, hook: str, *, longest: int) -> None:
    """Raises Invalid when a name that a plugin brings does not begin with the plugin's own, such as `billing.paid`."""
    for owner, things in brought(manager, hook):
        for name in things:
            _, _, rest = name.partition(f"{owner}.")
            if not name.startswith(f"{owner}.") or not _KEY.fullmatch(rest) or len(name) > longest:
                raise misfit(
                    f"Plugin {owner} brings {name} ({hook}): it must be {owner}.name, in small letters, digits and "
                    f"underscores, {longest} characters at most."
                )


def check_references(manager: pluggy.PluginManager, lines: Iterable[Line]) -> None:
    """Raises Invalid when a plugin's column that points at people has no decision for merging two of them.

    Of a plugin's tables those are looked at whose models are imported with it.
    """
    names = [line.name for line in lines]
    decided = {owner: dict(theirs) for owner, theirs in brought(manager, "rtpy_user_references")}
    for line in lines:
        tables = [table for name, table in Base.metadata.tables.items() if line.owns(name, names)]
        pointing = {
            f"{table.name}.{key.parent.name}"
            for table in tables
            for key in table.foreign_keys
            if key.target_fullname in ("users.id", "principals.id")
        }
        columns = {f"{table.name}.{column.name}" for table in tables for column in table.c}
        theirs = decided.get(line.name, {})
        if missing := sorted(pointing - theirs.keys()):
            raise misfit(
                f"Plugin {line.name} does not say what a merge of two people does with {', '.join(missing)}: "
                "rtpy_user_references must."
            )
        for name, decision in theirs.items():
            table = name.partition(".")[0]
            used = {
                name,
                *(f"{table}.{each}" for each in (*decision.same, *(each for each, _ in decision.only))),
            }
            if unknown := sorted(used - columns):
                raise misfit(
                    f"Plugin {line.name} decides about {', '.join(unknown)}, which its tables do not have."
                )
            if decision.deed == "own":
                raise misfit(
                    f"Plugin {line.name} leaves {name} to the core: it is to be moved, left or dropped."
                )
    if strange := sorted(decided.keys() - set(names)):
        raise misfit(f"Plugin {strange[0]} decides about columns and has no tables.")


def misfit(sentence: str) -> Invalid:
    """A plugin that does not fit."""
    return Invalid(Problem("plugins", sentence))
