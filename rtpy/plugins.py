"""Plugins: loads what the configuration lists, in that order, and checks that it fits."""

import importlib
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from rtpy import hookspecs
from rtpy.errors import Invalid, Problem

if TYPE_CHECKING:
    from rtpy.config.options import Option

DEFAULT_PLUGINS = (
    "rtpy.scrips.plugin",
    "rtpy.schedules.plugin",
    "rtpy.subscriptions.plugin",
    "rtpy.webhooks.plugin",
    "rtpy.notices.plugin",
    "rtpy.mailboxes.plugin",
    "rtpy.mail.plugin",
    "rtpy.search.plugin",
    "rtpy.identity.directory_sync.plugin",
    "rtpy.jobs.plugin",
)
"""Parts of the core that hang on the hooks like any plugin: loaded by name, so that nobody below imports them."""


def load_plugins(listed: Iterable[str], *, defaults: Iterable[str] = DEFAULT_PLUGINS) -> pluggy.PluginManager:
    """A manager with the core's own plugins and then the `listed` ones (entry points of group `rtpy.plugins`).

    They are called in this order. Raises Invalid when one is not installed, cannot be imported, is listed twice, or
    implements a hook that does not exist or does not have its arguments.
    """
    manager = pluggy.PluginManager("rtpy")
    manager.add_hookspecs(hookspecs)
    found: list[tuple[str, Any]] = [(name, importlib.import_module(name)) for name in defaults]
    found.extend((name, _load(name)) for name in listed)
    # pluggy calls the last registered first
    for name, module in reversed(found):
        _register(manager, name, module)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        name = manager.get_name(error.plugin) or ""
        raise _misfit(f"Plugin {name} implements a hook that rtpy does not have: {error}") from error
    return manager


def merge_named(manager: pluggy.PluginManager, hook: str) -> dict[str, Any]:
    """All that plugins bring under a register hook which returns mappings, such as `rtpy_actions`.

    Raises Invalid when two bring the same name.
    """
    merged: dict[str, Any] = {}
    owners: dict[str, str] = {}
    for owner, things in brought(manager, hook):
        for name, thing in things.items():
            if name in merged:
                what = hook.removeprefix("rtpy_").removesuffix("s")
                raise _misfit(f"{owners[name]} and {owner} both bring the {what} {name}.")
            merged[name], owners[name] = thing, owner
    return merged


def options_of(manager: pluggy.PluginManager) -> "list[Option]":
    """The options of all plugins. Raises Invalid when one is outside its plugin's section, or there twice."""
    options: dict[str, Option] = {}
    for owner, theirs in brought(manager, "rtpy_options"):
        for option in theirs:
            section, _, rest = option.name.partition(".")
            if section != owner or not rest or option.name in options:
                raise _misfit(
                    f"Plugin {owner} brings the option {option.name}: it must be {owner}.NAME, once."
                )
            options[option.name] = option
    return list(options.values())


def folders_of(manager: pluggy.PluginManager, name: str) -> list[Path]:
    """The folders `name` (`templates`, `static`) that lie beside the plugins' modules, in the order of their calls."""
    modules: list[Any] = [module for _, module in reversed(manager.list_name_plugin())]
    files = [Path(module.__file__) for module in modules if getattr(module, "__file__", None)]
    return [file.parent / name for file in files if (file.parent / name).is_dir()]


def listed_of(manager: pluggy.PluginManager) -> list[str]:
    """The names of the plugins that rtpy.toml lists, in its order; those of the core are not among them."""
    return [name for name, _ in reversed(manager.list_name_plugin()) if not name.startswith("rtpy.")]


def folder_of(manager: pluggy.PluginManager, plugin: str, folder: str) -> Path | None:
    """The folder of that name (`migrations/versions`) beside the plugin's module, if there is one."""
    file = getattr(manager.get_plugin(plugin), "__file__", None)
    found = Path(file).parent / folder if file else None
    return found if found and found.is_dir() else None


def _load(name: str) -> Any:
    for entry in entry_points(group="rtpy.plugins", name=name):
        try:
            return entry.load()
        except ImportError as error:
            raise _misfit(f"Plugin {name} cannot be imported: {error}.") from error
    raise _misfit(f"Plugin {name} is listed but not installed: install its package or take it off the list.")


def _register(manager: pluggy.PluginManager, name: str, module: Any) -> None:
    if manager.has_plugin(name):
        raise _misfit(f"Plugin {name} is listed twice.")
    try:
        manager.register(module, name=name)
    except pluggy.PluginValidationError as error:
        raise _misfit(
            f"Plugin {name} does not fit this version of rtpy: {' '.join(str(error).split())}"
        ) from error


def brought(manager: pluggy.PluginManager, hook: str) -> Iterator[tuple[str, Any]]:
    """What each plugin returns from a register hook, with its name, in the order of their calls."""
    for implementation in reversed(getattr(manager.hook, hook).get_hookimpls()):
        yield implementation.plugin_name, implementation.function()


def _misfit(sentence: str) -> Invalid:
    return Invalid(Problem("plugins", sentence))
