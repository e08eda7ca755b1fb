"""Which plugins there are: packages that pip installed, and packages dropped into a folder `plugins`."""

import configparser
import importlib
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from typing import Any

from rtpy import paths

GROUP = "rtpy.plugins"
"""The group of entry points that names plugins: `billing = rtpy_billing.plugin`."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One plugin that could be listed. `requires` are the requirements of its package, as its metadata has them."""

    name: str
    module: str
    package: str
    version: str
    requires: tuple[str, ...]
    folder: Path | None = None
    """Where it was dropped; None: pip installed it."""

    def load(self) -> Any:
        """The module with its hooks. Raises whatever its import raises."""
        if self.folder and str(self.folder) not in sys.path:
            sys.path.append(str(self.folder))
        return importlib.import_module(self.module)


def plugin_folders(home: Path) -> tuple[Path, ...]:
    """Where packages may be dropped: `plugins` in the home, then in the checkout, then what RTPY_PLUGIN_PATH names.

    The variable is for those who write plugins: folders that hold packages, with `:` between them.
    """
    top = paths.checkout()
    further = [Path(each) for each in os.environ.get("RTPY_PLUGIN_PATH", "").split(os.pathsep) if each]
    return (home / "plugins", *([top / "plugins"] if top else []), *further)


def find_installed(name: str, folders: Iterable[Path] = ()) -> Installed | None:
    """The plugin of that name; what pip installed comes first."""
    for entry in entry_points(group=GROUP, name=name):
        return _of_entry(entry)
    return next((each for folder in folders for each in _dropped(folder) if each.name == name), None)


def all_installed(folders: Iterable[Path] = ()) -> dict[str, Installed]:
    """Every plugin by name, sorted; what pip installed comes before what was dropped."""
    found = {each.name: each for each in map(_of_entry, entry_points(group=GROUP))}
    for folder in folders:
        for each in _dropped(folder):
            found.setdefault(each.name, each)
    return dict(sorted(found.items()))


def _of_entry(entry: EntryPoint) -> Installed:
    about: Distribution | None = entry.dist
    if about is None:
        return Installed(entry.name, entry.value, "", "", ())
    return Installed(entry.name, entry.value, about.name, about.version, tuple(about.requires or ()))


def _dropped(folder: Path) -> Iterator[Installed]:
    """The plugins of all packages in that folder; what cannot be read as a package is passed over."""
    if not folder.is_dir():
        return
    for package in sorted(path for path in folder.iterdir() if path.is_dir()):
        told = _from_pyproject(package / "pyproject.toml") or _from_setup_cfg(package / "setup.cfg")
        if told is None:
            continue
        name, version, requires, plugins = told
        top = package / "src" if (package / "src").is_dir() else package
        for plugin, module in plugins.items():
            yield Installed(plugin, module, name, version, requires, top)


_About = tuple[str, str, tuple[str, ...], Mapping[str, str]]


def _from_pyproject(file: Path) -> _About | None:
    try:
        project: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        plugins: dict[str, str] = project["entry-points"][GROUP]
        requires = tuple(map(str, project.get("dependencies", ())))
        return str(project.get("name", file.parent.name)), str(project.get("version", "")), requires, plugins
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _from_setup_cfg(file: Path) -> _About | None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
        lines = parser["options.entry_points"][GROUP].strip().splitlines()
    except (OSError, ValueError, KeyError, configparser.Error):
        return None
    plugins = {name.strip(): module.strip() for name, _, module in (line.partition("=") for line in lines)}
    name = parser.get("metadata", "name", fallback=file.parent.name)
    version = parser.get("metadata", "version", fallback="")
    requires = parser.get("options", "install_requires", fallback="").strip().splitlines()
    return name, version, tuple(each.strip() for each in requires if each.strip()), plugins
