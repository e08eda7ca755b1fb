"""The settings of plugins in a set-up file, each by its dotted name."""

from collections.abc import Sequence

from rtpy.changes.plugin_settings import save_settings
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.plugin_settings import setting
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    """Every setting of the plugins that are listed, the usual values too: they may differ in another version."""
    return [{"name": name, "value": setting(work.app, work.db, name)} for name in work.app.settings]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    if before is None:
        raise Invalid(Problem("name", f"No plugin that is listed has a setting {name}."))
    save_settings(work, name.partition(".")[0], {name: entry["value"]})


PLUGIN_SETTINGS = Section("plugin_settings", ("name",), {"value": None}, _dump, _save)
