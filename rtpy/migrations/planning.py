"""What an upgrade would do to a database, and about how long it would take; nothing is changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from rtpy.errors import Conflict
from rtpy.migrations.applied import half_done
from rtpy.migrations.lines import CORE, Line
from rtpy.migrations.recording import Deed, deeds_of
from rtpy.migrations.revisions import Revision
from rtpy.migrations.standing import State, standing_of

PER_ROW = {
    "backfill": 15e-6,
    "update": 10e-6,
    "create_index": 2e-6,
    "unique_index": 2e-6,
    "add_rule": 1e-6,
    "validate": 1e-6,
    "not_null": 0.3e-6,
    "alter_type": 5e-6,
    "delete": 10e-6,
}
"""Seconds for each row of the table: about twice what `benchmarks/upgrade.py` found where nothing waits for a disk.

What is not named takes no time for rows.
"""
REWRITTEN = 5e-6
"""Seconds for each row where SQLite makes a table anew to alter it."""
ALTERS = (
    "not_null",
    "alter_type",
    "widen_type",
    "drop_key",
    "drop_rule",
    "add_rule",
    "drop_column",
    "rename",
)
FIXED = 0.05
"""Seconds that any revision takes."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A revision that would be applied. `rows`: tables that were there before, with how many rows they have, about.

    `seconds` is a guess; None when it cannot be said what the revision does before it does it.
    """

    revision: Revision
    rows: Mapping[str, int]
    seconds: float | None
    is_half_done: bool = False


def plan(connection: Connection, plugins: Iterable[Line] = ()) -> Sequence[Planned]:
    """What `upgrade` would apply, in its order. Raises Conflict where it would refuse."""
    found: list[Planned] = []
    present = set(sa.inspect(connection).get_table_names())
    for line in (CORE, *plugins):
        standing = standing_of(connection, line)
        if standing.state is State.TOO_NEW:
            raise Conflict(standing.sentence)
        begun = set(half_done(connection, line)) if standing.pending else set()
        made: set[str] = set()
        for revision in standing.pending:
            deeds = _deeds(revision, connection.dialect)
            made |= {deed.table for deed in deeds or () if deed.what == "create_table"}
            touched = sorted({deed.table for deed in deeds or () if deed.table in present - made})
            rows = {table: rows_about(connection, table) for table in touched}
            seconds = None if deeds is None else _seconds(deeds, rows, connection.dialect.name)
            found.append(Planned(revision, rows, seconds, revision.name in begun))
    return tuple(found)


def rows_about(connection: Connection, table: str) -> int:
    """How many rows that table has, about: from what the database knows without counting."""
    if connection.dialect.name == "postgresql":
        known = connection.execute(
            sa.text(
                "SELECT c.reltuples, coalesce(s.n_live_tup, 0) FROM pg_class c "
                "LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.oid = to_regclass(:table)"
            ),
            {"table": table},
        ).one_or_none()
        return 0 if known is None else max(int(known[0]), int(known[1]))
    quoted = connection.dialect.identifier_preparer.quote(table)
    return int(connection.exec_driver_sql(f"SELECT coalesce(max(rowid), 0) FROM {quoted}").scalar_one())


def _deeds(revision: Revision, dialect: sa.Dialect) -> Sequence[Deed] | None:
    try:
        return deeds_of(revision, dialect)
    except Exception:  # it wants rows to look at: then nothing is known beforehand
        return None


def _seconds(deeds: Sequence[Deed], rows: Mapping[str, int], dialect: str) -> float:
    seconds = FIXED
    for deed in deeds:
        count = rows.get(deed.table, 0)
        seconds += count * PER_ROW.get(deed.what, 0)
        if dialect == "sqlite" and deed.what in ALTERS:
            seconds += count * REWRITTEN
    return seconds
