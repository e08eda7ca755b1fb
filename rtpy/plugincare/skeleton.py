"""Writing the package of a new plugin: a copy of the one in share/plugin under another name."""

import re
from pathlib import Path

from rtpy.config.options import SECTIONS
from rtpy.errors import Conflict, Invalid, Problem
from rtpy.installed import find_installed
from rtpy.migrations.lines import core_tables
from rtpy.paths import find_share

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 24
"""Characters: the names of tables, indexes and keys begin with the plugin's, and PostgreSQL takes 63."""

MODEL = "demo"


def write_package(name: str, into: Path) -> Path:
    """The folder `into`/`name` with a plugin that works. Raises Invalid for a bad name, Conflict for a taken one."""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise Invalid(
            Problem(
                "name",
                f"The name is small letters, digits and single underscores, {LONGEST} at most: stock_eu.",
            )
        )
    if name in SECTIONS:
        raise Invalid(Problem("name", f"{name} is a section of rtpy.toml: choose another name."))
    if taken := sorted(table for table in core_tables() if table.startswith(f"{name}_")):
        raise Invalid(Problem("name", f"rtpy's own table {taken[0]} begins with that: choose another name."))
    if find_installed(name) is not None:
        raise Conflict(f"A plugin {name} is installed already.")
    target = into / name
    if target.exists():
        raise Conflict(f"{target} is there already.")
    source = find_share() / "plugin"
    for file in sorted(source.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
            copy = target / renamed(file.relative_to(source).as_posix(), name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(renamed(file.read_text(encoding="utf-8"), name), encoding="utf-8")
    return target


def renamed(text: str, name: str) -> str:
    """The text with every `demo` made `name`, and `Demo` as a class is written."""
    title = "".join(part.capitalize() for part in name.split("_"))
    return text.replace(MODEL, name).replace(MODEL.capitalize(), title)
