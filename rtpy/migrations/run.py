"""Bringing a database up to date: the core and then each plugin, one node at a time, without stopping the site."""

import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.faults import reach
from rtpy.migrations.applied import forget_line, forget_steps, is_line_current, note_applied, revision_of
from rtpy.migrations.lines import CORE, Line
from rtpy.migrations.patience import Patience, alone
from rtpy.migrations.revisions import Revision, called
from rtpy.migrations.standing import State, standing_of
from rtpy.migrations.steps import Walk

__all__ = (
    "downgrade_connection",
    "drop",
    "is_current",
    "is_line_current",
    "revision_of",
    "upgrade",
    "upgrade_connection",
)


def upgrade(
    engine: Engine, plugins: Iterable[Line] = (), *, contract: bool = True, patience: Patience | None = None
) -> Sequence[Revision]:
    """Bring the database to this version's tables, then to those of `plugins` in their order; a no-op when it is there.

    A line that has no tables yet is made in one transaction. In one that has, each revision is a transaction of its
    own, or several where it says so: killed at any point and started again it goes on. Without `contract` each line
    stops before the first revision of that kind. Returns the revisions that are left for that reason.

    Raises Invalid when a plugin makes a table outside its own name, Conflict when the database is of a newer rtpy that
    took away what this one needs, or when a lock was never to be had, Refused when the database refuses a revision.
    """
    patience = patience or Patience()
    left: list[Revision] = []
    with engine.connect() as connection, alone(connection, patience):
        for line in (CORE, *plugins):
            left += _upgrade_line(connection, line, contract, patience)
    return left


def upgrade_connection(connection: Connection, target: str = "head", line: Line = CORE) -> None:
    """One line, all in the open transaction of the connection, which the caller commits."""
    if target == "head" and is_line_current(connection, line):
        return
    _apply(connection, line, target, None)


def downgrade_connection(connection: Connection, target: str, line: Line = CORE) -> None:
    """Back to an earlier revision of one line (`base`: before the first), on an open connection."""
    command.downgrade(_config(connection, line, None), target)
    if revision_of(connection, line) is None:
        forget_line(connection, line)
    else:
        note_applied(connection, line)


def drop(connection: Connection, line: Line) -> None:
    """Take away all tables of a plugin, also that of its version, on an open connection, which the caller commits."""
    if revision_of(connection, line) is not None:
        downgrade_connection(connection, "base", line)
    connection.execute(text(f"DROP TABLE IF EXISTS {line.version_table}"))


def is_current(connection: Connection, plugins: Iterable[Line] = ()) -> bool:
    """Can this version work with the tables of the database, and with those of the plugins?"""
    return all(standing_of(connection, line).fits for line in (CORE, *plugins))


def _upgrade_line(
    connection: Connection, line: Line, contract: bool, patience: Patience
) -> Sequence[Revision]:
    connection.rollback()
    standing = standing_of(connection, line)
    if standing.state is State.TOO_NEW:
        raise Conflict(standing.sentence)
    if standing.state in (State.CURRENT, State.AHEAD):
        connection.rollback()
        return ()
    if standing.state is State.EMPTY:
        upgrade_connection(connection, line=line)
        connection.commit()
        patience.say(f"{called(line)}: its tables are made.")
        return ()
    pending = list(standing.pending)
    while pending and (contract or not pending[0].waits):
        revision = pending.pop(0)
        walk = Walk(revision, patience)
        patience.say(f"{revision.label}: {revision.sentence}")
        began = time.monotonic()
        try:
            patience.until_done(connection, revision.label, partial(_walk, connection, walk))
        except DBAPIError as error:
            reason = (str(error.orig).strip().splitlines() or ["no reason was given"])[0]
            raise Refused(
                f"{revision.label} failed: {reason}. What came before it is kept; `rtpy migrate` goes on with it when "
                "the reason is gone."
            ) from error
        patience.say(f"{revision.label}: done in {time.monotonic() - began:.1f} s.")
    return pending


def _walk(connection: Connection, walk: Walk) -> None:
    """Apply one revision and commit; nothing when another node has done so meanwhile."""
    revision, line = walk.revision, walk.revision.line
    connection.rollback()
    if revision_of(connection, line) != revision.before:
        connection.rollback()
        return
    _apply(connection, line, revision.name, walk if revision.outside else None)
    forget_steps(connection, revision)
    reach("migration-revision")
    connection.commit()


def _apply(connection: Connection, line: Line, target: str, walk: Walk | None) -> None:
    before = set(inspect(connection).get_table_names()) if line.name else set()
    command.upgrade(_config(connection, line, walk), target)
    if line.name:
        _check_names(line, before, set(inspect(connection).get_table_names()))
    note_applied(connection, line)


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


def _config(connection: Connection, line: Line, walk: Walk | None) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", _quoted(CORE.versions.parent))
    config.set_main_option("version_locations", _quoted(line.versions))
    config.set_main_option("path_separator", "newline")
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    attributes["line"] = line
    attributes["walk"] = walk
    return config


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%%")
