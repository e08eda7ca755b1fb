"""Bringing a database up to date: every revision in a transaction of its own, one node at a time."""

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

LOCK = 7_203_011
"""Number of the advisory lock on PostgreSQL: two nodes starting at once migrate one after the other."""


def upgrade(engine: Engine) -> None:
    """Bring the database to this version's tables; does nothing when it is there."""
    with engine.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        if postgresql:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()
        try:
            upgrade_connection(connection)
            connection.commit()
        finally:
            if postgresql:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
                connection.commit()


def upgrade_connection(connection: Connection, target: str = "head") -> None:
    """The same on an open connection, which the caller commits."""
    command.upgrade(_config(connection), target)


def downgrade_connection(connection: Connection, target: str) -> None:
    """Back to an earlier revision, on an open connection."""
    command.downgrade(_config(connection), target)


def is_current(connection: Connection) -> bool:
    """Has the database the tables of this version?"""
    return MigrationContext.configure(connection).get_current_revision() == _head()


@cache
def _head() -> str | None:
    """The newest revision that shipped; read once, for watchers ask often."""
    return ScriptDirectory(str(Path(__file__).parent)).get_current_head()


def _config(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config
