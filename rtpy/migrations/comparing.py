"""Comparing the tables of a database with the models, for one line of revisions at a time."""

import warnings
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from rtpy.db.base import Base
from rtpy.migrations.lines import Line, core_tables

VERSIONS = "alembic_version_"


def differences(connection: Connection, line: Line) -> list[Any]:
    """What separates the tables of that line from its models, as alembic's operations; empty when all is well.

    Indexes over expressions are left out, which SQLite cannot read back, and so is the index of texts, which is another
    thing on each database.
    """
    context = MigrationContext.configure(
        connection, opts={"compare_server_default": False, **options_of(line, connection)}
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection|autogenerate skipping")
        found = compare_metadata(context, Base.metadata)
    return [change for change in found if not _is_folded_index(change) and not _is_index_of_texts(change)]


def options_of(line: Line, connection: Connection) -> dict[str, Any]:
    """What alembic must be told so that it sees the tables of that line alone."""
    names = inspect(connection).get_table_names()
    plugins = {name.removeprefix(VERSIONS) for name in names if name.startswith(VERSIONS)}
    core = core_tables()

    def is_seen(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or line.owns(name or "", plugins)

    def is_compared(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        if kind != "table" or reflected:
            return True
        return (name not in core and line.owns(name or "", plugins)) if line.name else name in core

    return {"compare_type": True, "include_name": is_seen, "include_object": is_compared}


def _is_folded_index(change: Any) -> bool:
    """SQLite cannot read back indexes over expressions, so they cannot be compared."""
    return change[0] in ("add_index", "remove_index") and "folded" in str(change[1])


def _is_index_of_texts(change: Any) -> bool:
    kind, thing = change[0], change[1]
    name = str(getattr(thing, "name", ""))
    return kind in ("remove_table", "remove_index") and name.startswith(("search_index", "ix_search_index"))
