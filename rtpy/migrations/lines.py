"""The lines of revisions of a database: that of the core, and one for each plugin that brings tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pluggy
from sqlalchemy import Table

import rtpy.models  # noqa: F401 (so that their tables are known)
from rtpy.db.base import Base
from rtpy.errors import Invalid, Problem
from rtpy.plugins import folder_of, listed_of

CORE_PACKAGE = "rtpy"


@dataclass(frozen=True, slots=True)
class Line:
    """Revisions that follow one another. `name` is the plugin's, empty for the core; its tables begin with it."""

    name: str
    versions: Path

    @property
    def version_table(self) -> str:
        """Where the database keeps which revision it has: one table for each line, so that none needs another's."""
        return f"alembic_version_{self.name}" if self.name else "alembic_version"

    @property
    def prefix(self) -> str:
        """How the names of its tables begin; those of the core have no prefix."""
        return f"{self.name}_" if self.name else ""

    def owns(self, table: str, others: Iterable[str] = ()) -> bool:
        """Is that the name of one of its tables? `others` are names of plugins that have tables too.

        Of the plugins `stock` and `stock_eu` the second owns `stock_eu_items`: the longest name counts.
        """
        if table.startswith("alembic_version"):
            return False
        names = [name for name in {*others, self.name} if name and table.startswith(f"{name}_")]
        return max(names, key=len, default="") == self.name


CORE = Line("", Path(__file__).parent / "versions")


def lines_of(manager: pluggy.PluginManager) -> tuple[Line, ...]:
    """The lines of the listed plugins that have a folder `migrations/versions` beside their module, in their order.

    Raises Invalid when a plugin's tables could not be told from those of the core by their names.
    """
    found = []
    for name in listed_of(manager):
        versions = folder_of(manager, name, "migrations/versions")
        if versions is None:
            continue
        line = Line(name, versions)
        if taken := sorted(table for table in core_tables() if table.startswith(line.prefix)):
            raise Invalid(
                Problem(
                    "plugins",
                    f"Plugin {name} cannot have tables under this name: rtpy's own {taken[0]} begins with it.",
                )
            )
        found.append(line)
    return tuple(found)


def core_tables() -> frozenset[str]:
    """Names of the tables of rtpy's own models; plugins' models lie on the same base."""
    return tables_of(CORE_PACKAGE)


def tables_of(package: str) -> frozenset[str]:
    """Names of the tables whose models lie in that package, as far as it has been imported."""
    return frozenset(
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.partition(".")[0] == package
    )


def present_tables(lines: Iterable[Line]) -> list[Table]:
    """The tables that a database with these lines has; what is pointed at comes before what points at it.

    Models of a plugin that is not listed may be known to Python without their tables being there.
    """
    listed = list(lines)
    core, names = core_tables(), [line.name for line in listed]
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name in core or any(line.owns(table.name, names) for line in listed)
    ]
