"""Plugins: loads what the configuration lists, in that order, and checks that it fits."""

import importlib
from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Any

import pluggy

from rtpy import hookspecs
from rtpy.errors import Invalid, Problem

DEFAULT_PLUGINS = ("rtpy.scrips.plugin", "rtpy.mail.plugin")
"""Parts of the core that hang on the hooks like any plugin: loaded by name, so that nobody below imports them."""


def load_plugins(listed: Iterable[str], *, defaults: Iterable[str] = DEFAULT_PLUGINS) -> pluggy.PluginManager:
    """A manager with the core's own plugins and then the `listed` ones (entry points of group `rtpy.plugins`).

    They are called in this order. Raises Invalid when one is not installed, cannot be imported, or implements a hook
    that does not exist.
    """
    manager = pluggy.PluginManager("rtpy")
    manager.add_hookspecs(hookspecs)
    found: list[tuple[str, Any]] = [(name, importlib.import_module(name)) for name in defaults]
    found.extend((name, _load(name)) for name in listed)
    # pluggy calls the last registered first
    for name, module in reversed(found):
        manager.register(module, name=name)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise Invalid(Problem("plugins", f"A plugin implements a hook that rtpy does not have: {error}")) from error
    return manager


def _load(name: str) -> Any:
    for entry in entry_points(group="rtpy.plugins", name=name):
        try:
            return entry.load()
        except ImportError as error:
            raise Invalid(Problem("plugins", f"Plugin {name} cannot be imported: {error}.")) from error
    raise Invalid(
        Problem("plugins", f"Plugin {name} is listed but not installed: install its package or take it off the list.")
    )


def merge_named(results: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """One mapping of several plugins' mappings; raises Invalid when two bring the same name."""
    merged: dict[str, Any] = {}
    for result in results:
        for name, thing in result.items():
            if name in merged:
                raise Invalid(Problem("plugins", f"Two plugins bring the {what} {name!r}."))
            merged[name] = thing
    return merged
