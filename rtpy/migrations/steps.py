"""Steps of revisions that would hold up the site in one transaction: each is committed by itself and can be resumed.

A revision that says `outside = True` consists of these and nothing else. Killed at any point and started again, it goes
on where it was; a step that is done does nothing. On a new database, where nobody waits, they run like any other.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import op
from alembic.operations import MigrateOperation, Operations

from rtpy.faults import reach
from rtpy.migrations.applied import note_position, position_of
from rtpy.migrations.patience import Patience
from rtpy.migrations.revisions import Revision

T = TypeVar("T")

TELL_EVERY = 2.0
"""Seconds between two words about how far a step has come."""
REST = 0.25
"""Of the time that a batch took, for others, …"""
LONGEST_REST = 0.1
"""… and not more than so many seconds."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A revision that is applied step by step, on a connection that it may commit."""

    revision: Revision
    patience: Patience


class Backfill(MigrateOperation):
    """Rows of a table dealt with in batches, in the order of a key that only grows."""

    def __init__(self, table: str, statement: str, key: str, batch: int, name: str) -> None:
        self.table, self.statement, self.key, self.batch, self.name = table, statement, key, batch, name


class IndexConcurrently(MigrateOperation):
    """An index that is built while others write."""

    def __init__(self, name: str, table: str, columns: Sequence[Any], options: dict[str, Any]) -> None:
        self.name, self.table, self.columns, self.options = name, table, columns, options


class ValidateConstraint(MigrateOperation):
    """A constraint that was made `NOT VALID`, proved of the rows of before."""

    def __init__(self, table: str, name: str) -> None:
        self.table, self.name = table, name


def backfill(table: str, statement: str, *, key: str = "id", batch: int = 1000, name: str = "") -> None:
    """Run `statement` for the rows of `table` in batches of so many, each in a transaction of its own.

    It has two values, `:low` and `:high`: the batch are the rows with `key > :low AND key <= :high`. The key is a whole
    number that grows, with an index. Rows that come while it runs are dealt with too, rows that are changed are not:
    the code that runs beside it must write what is filled in. `name` tells two of one revision and table apart.
    """
    op.invoke(Backfill(table, statement, key, batch, name or table))


def index_concurrently(name: str, table: str, columns: Sequence[Any], **options: Any) -> None:
    """Make an index, on PostgreSQL without holding up those who write; `options` are those of `op.create_index`."""
    op.invoke(IndexConcurrently(name, table, columns, options))


def validate_constraint(table: str, name: str) -> None:
    """Prove a constraint that an earlier revision made with `postgresql_not_valid=True`; nothing to do on SQLite."""
    op.invoke(ValidateConstraint(table, name))


@Operations.implementation_for(Backfill)
def _fill(operations: Operations, fill: Backfill) -> None:
    connection, walk = operations.get_bind(), _walk(operations)
    key: sa.ColumnClause[int] = sa.column(fill.key)
    table = sa.table(fill.table, key)
    batch = sa.select(key).select_from(table).where(key > sa.bindparam("low")).order_by(key).limit(fill.batch)
    end_of_batch = sa.select(sa.func.max(batch.subquery().c[fill.key]))
    statement = sa.text(fill.statement)
    low = position_of(connection, walk.revision, fill.name) if walk else None
    low = -1 if low is None else low
    last = connection.scalar(sa.select(sa.func.max(key)).select_from(table)) or 0

    def one() -> int | None:
        high: int | None = connection.scalar(end_of_batch, {"low": low})
        if high is not None:
            connection.execute(statement, {"low": low, "high": high})
            if walk:
                note_position(connection, walk.revision, fill.name, high)
        if walk:
            connection.commit()
        return high

    told = time.monotonic()
    while True:
        began = time.monotonic()
        high = _patiently(operations, one)
        if high is None:
            return
        low = high
        if walk is None:
            continue
        reach("migration-batch")
        if (now := time.monotonic()) - told > TELL_EVERY:
            told = now
            walk.patience.say(
                f"{walk.revision.label}: {fill.table} done as far as {fill.key} {low} of {max(last, low)}"
            )
        time.sleep(min((now - began) * REST, LONGEST_REST))


@Operations.implementation_for(IndexConcurrently)
def _build(operations: Operations, index: IndexConcurrently) -> None:
    connection, walk = operations.get_bind(), _walk(operations)
    if walk is None or connection.dialect.name != "postgresql":
        operations.create_index(
            index.name, index.table, list(index.columns), if_not_exists=True, **index.options
        )
        return
    is_valid = connection.scalar(
        sa.text(
            "SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE relname = :name AND pg_table_is_visible(pg_class.oid)"
        ),
        {"name": index.name},
    )
    connection.commit()
    if is_valid:
        return
    # Here nothing queues behind who waits, and to give up would throw away what is built.
    connection.execution_options(isolation_level="AUTOCOMMIT")
    try:
        kept = connection.scalar(sa.text("SHOW lock_timeout"))
        connection.exec_driver_sql("SET lock_timeout = 0")
        if is_valid is False:
            operations.drop_index(index.name, index.table, postgresql_concurrently=True)
        operations.create_index(
            index.name, index.table, list(index.columns), postgresql_concurrently=True, **index.options
        )
        connection.exec_driver_sql(f"SET lock_timeout = '{kept}'")
    finally:
        connection.rollback()  # ends what autocommit counts as a transaction
        connection.execution_options(isolation_level=connection.default_isolation_level)


@Operations.implementation_for(ValidateConstraint)
def _validate(operations: Operations, constraint: ValidateConstraint) -> None:
    connection, walk = operations.get_bind(), _walk(operations)
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote

    def one() -> None:
        connection.exec_driver_sql(
            f"ALTER TABLE {quote(constraint.table)} VALIDATE CONSTRAINT {quote(constraint.name)}"
        )
        if walk:
            connection.commit()

    _patiently(operations, one)


def _patiently(operations: Operations, deed: Callable[[], T]) -> T:
    walk = _walk(operations)
    if walk is None:
        return deed()
    return walk.patience.until_done(operations.get_bind(), walk.revision.label, deed)


def _walk(operations: Operations) -> Walk | None:
    config = operations.get_context().config
    walk = config.attributes.get("walk") if config else None
    return walk if isinstance(walk, Walk) else None
