"""Examining a plugin: can it be loaded, does it fit, are its tables, pages and imports in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from pluggy import PluginManager
from sqlalchemy import Connection

from rtpy.db.base import Base
from rtpy.errors import Invalid
from rtpy.installed import Installed, find_installed
from rtpy.migrations.comparing import differences
from rtpy.migrations.lines import Line, lines_of, tables_of
from rtpy.migrations.run import is_line_current, revision_of
from rtpy.plugincare.imports import imports_of
from rtpy.plugins import deprecations_of, folder_of, load_plugins


class Grade(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what was found, in a sentence."""

    grade: Grade
    about: str
    sentence: str


def examine(
    name: str, *, folders: tuple[Path, ...], is_listed: bool, connection: Connection | None
) -> Iterator[Finding]:
    """All findings about one plugin. `connection`: to the site's database, where there is one with tables."""
    found = find_installed(name, folders)
    if found is None:
        yield Finding(Grade.BAD, "package", "It is not installed, and no folder plugins/ has it.")
        return
    where = f"in {found.folder}" if found.folder else "by pip"
    yield Finding(Grade.FINE, "package", f"{found.package} {found.version}, installed {where}.")
    yield from _requirements(found)
    try:
        manager = load_plugins([name], defaults=(), folders=folders)
    except Invalid as wrong:
        yield Finding(Grade.BAD, "loading", str(wrong))
        return
    yield Finding(Grade.FINE, "loading", "It can be loaded, and its hooks fit this version.")
    for sentence in deprecations_of(manager):
        yield Finding(Grade.NOTE, "hooks", sentence)
    yield from _imports(manager, name)
    yield from _folders(manager, name)
    try:
        lines = lines_of(manager)
    except Invalid as wrong:
        yield Finding(Grade.BAD, "tables", str(wrong))
        return
    yield from _tables(manager, name, lines[0] if lines else None, is_listed, connection)


def _requirements(found: Installed) -> Iterator[Finding]:
    """What its package asks for; pip sees to that by itself, nobody does for a package in a folder."""
    for line in found.requires:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            yield Finding(Grade.NOTE, "requirements", f"Its requirement “{line}” cannot be read.")
            continue
        if wanted.name.lower() == "rtpy" or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        try:
            present = version(wanted.name)
        except PackageNotFoundError:
            yield Finding(Grade.BAD, "requirements", f"It needs {line}, which is not installed.")
            continue
        if not wanted.specifier.contains(present, prereleases=True):
            yield Finding(Grade.BAD, "requirements", f"It needs {line}, and {present} is installed.")


def _imports(manager: PluginManager, name: str) -> Iterator[Finding]:
    top = folder_of(manager, name, ".")
    used = [each for each in imports_of(top) if not each.is_promised] if top else []
    for each in used:
        what = f"{each.module}.{each.name}".rstrip(".")
        where = f"{each.file.name}, line {each.line}"
        if each.is_private:
            yield Finding(Grade.BAD, "imports", f"It imports {what}, which is private ({where}).")
        else:
            yield Finding(
                Grade.NOTE, "imports", f"It imports {what}, which may change at any time ({where})."
            )
    if top and not used:
        yield Finding(Grade.FINE, "imports", "It imports public names of rtpy only.")


def _folders(manager: PluginManager, name: str) -> Iterator[Finding]:
    for folder in ("templates", "static"):
        found = folder_of(manager, name, folder)
        if found is None:
            continue
        strange = sorted(path.name for path in found.iterdir() if path.name not in (name, "__pycache__"))
        if not (found / name).is_dir():
            yield Finding(Grade.BAD, folder, f"There is a folder {folder}, and no {folder}/{name} in it.")
        elif strange:
            yield Finding(
                Grade.NOTE,
                folder,
                f"Beside {folder}/{name} lies {strange[0]}: it replaces what rtpy has there.",
            )
        else:
            yield Finding(Grade.FINE, folder, f"{folder}/{name} is found.")


def _tables(
    manager: PluginManager, name: str, line: Line | None, is_listed: bool, connection: Connection | None
) -> Iterator[Finding]:
    package = str(getattr(manager.get_plugin(name), "__name__", "")).partition(".")[0]
    models = {table for table in tables_of(package) if table in Base.metadata.tables}
    for table in sorted(models):
        if not table.startswith(f"{name}_"):
            yield Finding(Grade.BAD, "tables", f"Its table {table} must begin with {name}_.")
    if line is None:
        if models:
            yield Finding(
                Grade.BAD, "tables", "It has models, and no folder migrations/versions that makes tables."
            )
        return
    if connection is None:
        yield Finding(Grade.NOTE, "tables", "There is no database to look at; run: rtpy init")
    elif is_line_current(connection, line):
        changes = differences(connection, line)
        for change in changes:
            yield Finding(Grade.BAD, "tables", f"Models and tables differ: {_told(change)}.")
        if not changes:
            yield Finding(
                Grade.FINE, "tables", f"They are at revision {revision_of(connection, line)}, as the models."
            )
    elif is_listed:
        yield Finding(Grade.BAD, "tables", "They are of another version; run: rtpy migrate")
    else:
        yield Finding(Grade.NOTE, "tables", "They are made by rtpy migrate, once it is on the list.")


def _told(change: Any) -> str:
    """What alembic would do, in a few words: `add index ix_stock_items_name`."""
    deed, *about = change[0] if isinstance(change, list) else change
    names = [each if isinstance(each, str) else getattr(each, "name", None) for each in about[:3]]
    return " ".join([deed.replace("_", " "), *(str(name) for name in names if name)])
