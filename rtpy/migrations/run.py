"""Bringing a database up to date: the core and then each plugin, one node at a time."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from rtpy.errors import Invalid, Problem
from rtpy.migrations.lines import CORE, Line

LOCK = 7_203_011
"""Number of the advisory lock on PostgreSQL: two nodes starting at once migrate one after the other."""


def upgrade(engine: Engine, plugins: Iterable[Line] = ()) -> None:
    """Bring the database to this version's tables, then to those of `plugins` in their order; a no-op when it is there.

    Each line is committed by itself: a plugin that fails leaves the core upgraded. Raises Invalid when a plugin makes a
    table outside its own name.
    """
    with engine.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        if postgresql:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()
        try:
            for line in (CORE, *plugins):
                upgrade_connection(connection, line=line)
                connection.commit()
        finally:
            connection.rollback()
            if postgresql:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
                connection.commit()


def upgrade_connection(connection: Connection, target: str = "head", line: Line = CORE) -> None:
    """The same for one line on an open connection, which the caller commits."""
    if target == "head" and is_line_current(connection, line):
        return
    before = set(inspect(connection).get_table_names()) if line.name else set()
    command.upgrade(_config(connection, line), target)
    if line.name:
        _check_names(line, before, set(inspect(connection).get_table_names()))


def downgrade_connection(connection: Connection, target: str, line: Line = CORE) -> None:
    """Back to an earlier revision of one line (`base`: before the first), on an open connection."""
    command.downgrade(_config(connection, line), target)


def drop(connection: Connection, line: Line) -> None:
    """Take away all tables of a plugin, also that of its version, on an open connection, which the caller commits."""
    if revision_of(connection, line) is not None:
        downgrade_connection(connection, "base", line)
    connection.execute(text(f"DROP TABLE IF EXISTS {line.version_table}"))


def is_current(connection: Connection, plugins: Iterable[Line] = ()) -> bool:
    """Has the database the tables of this version, and those of the plugins?"""
    return all(is_line_current(connection, line) for line in (CORE, *plugins))


def is_line_current(connection: Connection, line: Line) -> bool:
    """The same of one line."""
    return revision_of(connection, line) == head_of(line)


def revision_of(connection: Connection, line: Line) -> str | None:
    """The revision that the database has of that line; None before the first."""
    context = MigrationContext.configure(connection, opts={"version_table": line.version_table})
    return context.get_current_revision()


@cache
def head_of(line: Line) -> str | None:
    """The newest revision of that line that shipped; read once, for watchers ask often."""
    return ScriptDirectory(
        str(CORE.versions.parent), version_locations=[str(line.versions)]
    ).get_current_head()


def _check_names(line: Line, before: set[str], after: set[str]) -> None:
    foreign = sorted(name for name in after ^ before if name != line.version_table and not line.owns(name))
    if foreign:
        deed = "makes" if foreign[0] in after else "drops"
        raise Invalid(
            Problem(
                "plugins",
                f"Plugin {line.name} {deed} the table {foreign[0]}: it may touch only tables that begin with "
                f"{line.prefix}. Nothing of it was kept.",
            )
        )


def _config(connection: Connection, line: Line) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", _quoted(CORE.versions.parent))
    config.set_main_option("version_locations", _quoted(line.versions))
    config.set_main_option("path_separator", "newline")
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    attributes["line"] = line
    return config


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%%")
