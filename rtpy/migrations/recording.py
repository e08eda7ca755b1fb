"""What a revision would do: its steps written down instead of done, for plans and for rules."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import BatchOperations, MigrateOperation, Operations, ops
from sqlalchemy.engine.default import DefaultDialect

from rtpy.migrations.revisions import Revision
from rtpy.migrations.steps import Backfill, IndexConcurrently, ValidateConstraint

SQL_DEEDS = (
    (r"\bCREATE\s+(?:VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", "create_table"),
    (r"\bALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)\s.*\bADD\s+CONSTRAINT\b", "add_rule"),
    (r"\bDROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?(\w+)", "drop_table"),
    (r"\bALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)\s.*\bDROP\s+COLUMN\b", "drop_column"),
    (r"\bALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)\s.*\bRENAME\b", "rename"),
    (r"\bALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)\s.*\bSET\s+NOT\s+NULL\b", "not_null"),
    (r"\bALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)\s.*\bTYPE\b", "alter_type"),
    (r"\bTRUNCATE\s+(?:TABLE\s+)?(\w+)", "delete"),
    (r"^\s*DELETE\s+FROM\s+(\w+)", "delete"),
    (r"^\s*UPDATE\s+(?:ONLY\s+)?(\w+)", "update"),
    (r"^\s*INSERT\s+INTO\s+\w+.*\bFROM\s+(\w+)", "update"),
)
"""What statements do that are written as SQL, with the table."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a revision would do: `what` (`add_column`, `drop_table` …) to `table`; `about` names the part.

    `is_step`: it is one of `rtpy.migrations.steps`.
    """

    what: str
    table: str
    about: str = ""
    is_step: bool = False


def deeds_of(revision: Revision, dialect: sa.Dialect) -> Sequence[Deed]:
    """What the upgrade of that revision would do on a database of that dialect with no rows in it.

    Nothing is asked of any database. What the revision raises because of that is raised.
    """
    context = MigrationContext.configure(dialect=dialect, opts={"as_sql": True, "output_buffer": _Nowhere()})
    deeds: list[Deed] = []

    def note(operation: MigrateOperation) -> None:
        deeds.extend(_deeds(operation))

    @contextmanager
    def batch(table_name: str, schema: str | None = None, **_: Any) -> Iterator[BatchOperations]:
        found: Any = BatchOperations(context, impl=_Table(table_name, schema))  # type: ignore[arg-type]
        found.invoke = note
        yield found

    with Operations.context(context) as recorder:
        noting: Any = recorder  # what the module `op` offers goes through these three
        noting.invoke, noting.batch_alter_table = note, batch
        noting.get_bind = lambda: _Asked(dialect, deeds)
        revision.module.upgrade()
    return tuple(deeds)


def plain_dialect(name: str) -> sa.Dialect:
    """The dialect `sqlite` or `postgresql`, without its driver."""
    found: sa.Dialect = sa.engine.url.URL.create(name).get_dialect()()
    return found


class _Nowhere:
    def write(self, _text: str) -> None: ...

    def flush(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Table:
    """What a batch asks of the table that it is about."""

    table_name: str
    schema: str | None


class _Asked:
    """Stands for a connection: notes what statements would change, and has no rows."""

    def __init__(self, dialect: sa.Dialect, deeds: list[Deed]) -> None:
        self.dialect = dialect
        self._deeds = deeds

    def execute(self, statement: Any, *_: Any, **__: Any) -> "_NoRows":
        self._deeds += _in_sql(_text_of(statement))
        return _NoRows()

    exec_driver_sql = execute

    def scalar(self, statement: Any, *_: Any, **__: Any) -> None:
        self.execute(statement)

    def scalars(self, statement: Any, *_: Any, **__: Any) -> "_NoRows":
        return self.execute(statement)


class _NoRows(list[Any]):
    rowcount = 0

    def all(self) -> list[Any]:
        return []

    def first(self) -> None: ...

    scalar = one_or_none = scalar_one_or_none = first

    def scalars(self) -> "_NoRows":
        return self


def _deeds(operation: MigrateOperation) -> Iterator[Deed]:
    match operation:
        case Backfill():
            yield Deed("backfill", operation.table, is_step=True)
        case IndexConcurrently():
            what = "unique_index" if operation.options.get("unique") else "create_index"
            yield Deed(what, operation.table, operation.name, is_step=True)
        case ValidateConstraint():
            yield Deed("validate", operation.table, operation.name, is_step=True)
        case ops.CreateTableOp():
            yield Deed("create_table", operation.table_name)
        case ops.DropTableOp():
            yield Deed("drop_table", operation.table_name)
        case ops.RenameTableOp():
            yield Deed("rename", operation.table_name, operation.new_table_name)
        case ops.AddColumnOp():
            column = operation.column
            needs = not column.nullable and column.server_default is None and not column.primary_key
            yield Deed("add_needed_column" if needs else "add_column", operation.table_name, column.name)
        case ops.DropColumnOp():
            yield Deed("drop_column", operation.table_name, operation.column_name)
        case ops.AlterColumnOp():
            yield from _altered(operation)
        case ops.CreateIndexOp():
            what = "unique_index" if operation.unique else "create_index"
            yield Deed(what, operation.table_name, str(operation.index_name))
        case ops.DropIndexOp():
            yield Deed("drop_index", operation.table_name or "", str(operation.index_name))
        case ops.DropConstraintOp():
            is_loose = operation.constraint_type in ("foreignkey", "check")
            yield Deed(
                "drop_rule" if is_loose else "drop_key", operation.table_name, str(operation.constraint_name)
            )
        case ops.CreateForeignKeyOp():
            yield Deed("add_rule", operation.source_table, str(operation.constraint_name))
        case ops.AddConstraintOp():
            name = getattr(operation, "constraint_name", "")
            yield Deed("add_rule", getattr(operation, "table_name", ""), str(name))
        case ops.ExecuteSQLOp():
            yield from _in_sql(_text_of(operation.sqltext))
        case ops.BulkInsertOp():
            yield Deed("insert", operation.table.name)
        case _:
            yield Deed(type(operation).__name__, getattr(operation, "table_name", ""))


def _altered(operation: ops.AlterColumnOp) -> Iterator[Deed]:
    table, column = operation.table_name, operation.column_name
    if operation.modify_name is not None:
        yield Deed("rename", table, column)
    if operation.modify_nullable is False:
        yield Deed("not_null", table, column)
    if operation.modify_type is not None:
        what = "widen_type" if _is_wider(operation.existing_type, operation.modify_type) else "alter_type"
        yield Deed(what, table, column)
    if operation.modify_server_default is None:
        yield Deed("drop_default", table, column)


def _is_wider(before: Any, now: Any) -> bool:
    """Text that holds all that it held, so far as the revision says what it was."""
    before, now = (each() if isinstance(each, type) else each for each in (before, now))
    if not isinstance(before, sa.String) or not isinstance(now, sa.String):
        return False
    return now.length is None or (before.length is not None and now.length >= before.length)


def _in_sql(text: str) -> Iterator[Deed]:
    for pattern, what in SQL_DEEDS:
        if found := re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            yield Deed(what, found[1], " ".join(text.split())[:60])


def _text_of(statement: Any) -> str:
    if isinstance(statement, str):
        return statement
    try:
        return str(statement)
    except sa.exc.CompileError:
        return str(statement.compile(dialect=DefaultDialect()))
