"""Plugins: loads what the configuration lists, in that order, and checks that it fits."""

import importlib
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy
from packaging.requirements import InvalidRequirement, Requirement

from rtpy import __version__, hookspecs
from rtpy.errors import Invalid, Problem
from rtpy.installed import Installed, find_installed

if TYPE_CHECKING:
    from rtpy.config.options import Option

log = logging.getLogger("rtpy.plugins")

DEFAULT_PLUGINS = (
    "rtpy.scrips.plugin",
    "rtpy.schedules.plugin",
    "rtpy.subscriptions.plugin",
    "rtpy.webhooks.plugin",
    "rtpy.notices.plugin",
    "rtpy.mailboxes.plugin",
    "rtpy.calendar_feeds.plugin",
    "rtpy.stores.plugin",
    "rtpy.mail.plugin",
    "rtpy.search.plugin",
    "rtpy.identity.directory_sync.plugin",
    "rtpy.jobs.plugin",
)
"""Parts of the core that hang on the hooks like any plugin: loaded by name, so that nobody below imports them."""


def load_plugins(
    listed: Iterable[str], *, defaults: Iterable[str] = DEFAULT_PLUGINS, folders: Iterable[Path] = ()
) -> pluggy.PluginManager:
    """A manager with the core's own plugins and then the `listed` ones: installed, or dropped into one of `folders`.

    They are called in this order. Raises Invalid when one is not installed, needs another version, cannot be imported,
    is listed twice, or implements a hook that does not exist or does not have its arguments. Deprecated hooks are told
    to the log.
    """
    manager = pluggy.PluginManager("rtpy")
    manager.add_hookspecs(hookspecs)
    found: list[tuple[str, Any]] = [(name, importlib.import_module(name)) for name in defaults]
    found.extend((name, _load(name, tuple(folders))) for name in listed)
    # pluggy calls the last registered first
    for name, module in reversed(found):
        _register(manager, name, module)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        name = manager.get_name(error.plugin) or ""
        raise _misfit(f"Plugin {name} implements a hook that rtpy does not have: {error}") from error
    for sentence in deprecations_of(manager):
        log.warning(sentence)
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


def callers_of(manager: pluggy.PluginManager, hook: str) -> Iterator[tuple[str, Callable[..., list[Any]]]]:
    """Each plugin that implements a hook, with what calls it alone: for calls that must not stop at one that fails."""
    implementations = getattr(manager.hook, hook).get_hookimpls()
    for one in reversed(implementations):
        others = [each.plugin for each in implementations if each is not one]
        yield one.plugin_name, manager.subset_hook_caller(hook, others)


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


def deprecations_of(manager: pluggy.PluginManager) -> list[str]:
    """Which plugins implement a hook, or ask for an argument of one, that will go: a sentence for each."""
    found = []
    for name, implementation in _implementations(manager):
        spec = getattr(manager.hook, name).spec
        if spec.warn_on_impl:
            found.append(f"Plugin {implementation.plugin_name} implements {name}: {spec.warn_on_impl}")
        for argument, warning in (spec.warn_on_impl_args or {}).items():
            if argument in implementation.argnames:
                found.append(f"Plugin {implementation.plugin_name} takes {argument} in {name}: {warning}")
    return found


def implementers(manager: pluggy.PluginManager) -> dict[str, list[str]]:
    """Every hook with the plugins that implement it, in the order of their calls; those of the core by their module."""
    found: dict[str, list[str]] = {name: [] for name in vars(hookspecs) if name.startswith("rtpy_")}
    for name, implementation in _implementations(manager):
        found[name].append(implementation.plugin_name)
    return found


def _implementations(manager: pluggy.PluginManager) -> Iterator[tuple[str, pluggy.HookImpl]]:
    for name in vars(hookspecs):
        if name.startswith("rtpy_"):
            for implementation in reversed(getattr(manager.hook, name).get_hookimpls()):
                yield name, implementation


def _load(name: str, folders: Iterable[Path]) -> Any:
    found = find_installed(name, folders)
    if found is None:
        raise _misfit(
            f"Plugin {name} is listed but not installed: install its package or take it off the list."
        )
    if wanted := unmet_version(found):
        raise _misfit(f"Plugin {name} needs {wanted}, and this is rtpy {__version__}.")
    try:
        return found.load()
    except ImportError as error:
        raise _misfit(f"Plugin {name} cannot be imported: {error}.") from error
    except Exception as error:  # whatever its modules do while they are imported
        raise _misfit(f"Plugin {name} cannot be imported: {type(error).__name__}: {error}.") from error


def unmet_version(plugin: Installed) -> str:
    """The requirement of its package that this version of rtpy does not meet (`rtpy>=2`); empty when it does."""
    for line in plugin.requires:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        if wanted.name.lower() == "rtpy" and not wanted.specifier.contains(__version__, prereleases=True):
            return f"rtpy{wanted.specifier}"
    return ""


def _register(manager: pluggy.PluginManager, name: str, module: Any) -> None:
    if manager.has_plugin(name):
        raise _misfit(f"Plugin {name} is listed twice.")
    try:
        with warnings.catch_warnings():  # told by `deprecations_of`, with the plugin's name
            warnings.simplefilter("ignore", DeprecationWarning)
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
