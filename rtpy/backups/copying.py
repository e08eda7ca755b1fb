"""A database copied into one of another kind: every row of the core and of the listed plugins, in one transaction."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, Table, func, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, IntegrityError

from rtpy.app import App
from rtpy.backups.figures import attachments, vital_figures
from rtpy.backups.loosening import loosened
from rtpy.backups.references import broken_references
from rtpy.backups.snapshot import Tell
from rtpy.db.base import Base
from rtpy.db.session import make_sessions, read_only
from rtpy.errors import Refused
from rtpy.mail.restored import begin_held
from rtpy.migrations.comparing import VERSIONS
from rtpy.migrations.lines import CORE, core_tables
from rtpy.migrations.run import is_line_current, upgrade
from rtpy.models import User
from rtpy.search.text.state import begin_anew

_ROWS = 1000
"""Rows that are in memory at once."""
_LARGE = 20
"""The same of tables with bytes in them."""
_OTHERWISE = ("search_documents", "search_pending", "search_state")
"""Tables of the index of texts, which is another thing on each database: it is made anew."""


def copy_database(app: App, url: str, tell: Tell) -> dict[str, int]:
    """Copy the database of `app` into the empty one at `url`; returns the rows of each table.

    The copy gets its tables first. Then everything happens in one transaction, read from one snapshot: afterwards all
    of it is there, with mail held, or nothing. The index of texts is left to the worker. Raises Refused.
    """
    there = App(
        replace(app.config, database=replace(app.config.database, url=url)), blobs=app.blobs, clock=app.clock
    )
    try:
        _need_two(app, there)
        _need_empty(there)
        with read_only(app.engine).connect() as source:
            source = source.execution_options(**_one_snapshot(source))
            _need_complete(source, app)
            tell("Making the tables", 0, 0)
            upgrade(there.engine, there.lines)
            with there.engine.connect() as target, loosened(target):
                copied = _copy_all(source, target, app, tell)
                _verify(app, source, there, target, copied, tell)
    finally:
        there.engine.dispose()
    return copied


def tables_to_copy(app: App) -> list[Table]:
    """The tables of the core and of the listed plugins, by name: which points at which does not matter meanwhile."""
    core = core_tables()
    return [
        table
        for _, table in sorted(Base.metadata.tables.items())
        if table.name not in _OTHERWISE
        and (table.name in core or any(line.owns(table.name) for line in app.lines))
    ]


def _one_snapshot(source: Connection) -> dict[str, str]:
    return {"isolation_level": "REPEATABLE READ"} if source.dialect.name == "postgresql" else {}


def _need_two(here: App, there: App) -> None:
    one, other = (make_url(app.config.database.url) for app in (here, there))
    if one.get_backend_name() == other.get_backend_name():
        raise Refused(
            "Both databases are of the same kind: this command copies between SQLite and PostgreSQL. Within one kind "
            "moves: rtpy backup, rtpy restore."
        )


def _need_empty(there: App) -> None:
    """No tables, or those of a copy that was broken off: nobody in them."""
    with there.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        if names and (
            User.__tablename__ not in names or connection.scalar(select(User.id).limit(1)) is not None
        ):
            shown = make_url(there.config.database.url).render_as_string(hide_password=True)
            raise Refused(
                f"The database {shown} is not empty, there is a table {sorted(names)[0]}: make a new one."
            )


def _need_complete(source: Connection, app: App) -> None:
    if not all(is_line_current(source, line) for line in (CORE, *app.lines)):
        raise Refused(
            "The tables of this database are of another version: run rtpy migrate --contract first."
        )
    names = [name for name in inspect(source).get_table_names() if name.startswith(VERSIONS)]
    listed = {line.version_table for line in app.lines}
    if left := sorted(name.removeprefix(VERSIONS) for name in names if name not in listed):
        raise Refused(
            f"The database has tables of the plugin {left[0]}, which is not listed and would not come along: list "
            f"it, or remove what it has by rtpy plugin remove {left[0]} --drop-data."
        )


def _copy_all(source: Connection, target: Connection, app: App, tell: Tell) -> dict[str, int]:
    copied = {}
    tables = tables_to_copy(app)
    for table in tables:
        target.execute(table.delete())  # what revisions have written themselves
    for number, table in enumerate(tables):
        copied[table.name] = _copy(source, target, table)
        tell("Copying rows", number + 1, len(tables))
    return copied


def _copy(source: Connection, target: Connection, table: Table) -> int:
    count = 0
    for rows in _batches(source, table):
        try:
            target.execute(insert(table), rows)
        except (DataError, IntegrityError) as error:
            first, *_ = str(error.orig).strip().splitlines() or ["no reason was given"]
            raise Refused(
                f"A row of the table {table.name} cannot be stored in the other database: {first}. Nothing was copied."
            ) from error
        count += len(rows)
    return count


def _batches(source: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    large = any(str(column.type) in ("BLOB", "BYTEA") for column in table.columns)
    query = select(table).order_by(*table.primary_key.columns)
    result = source.execute(query.execution_options(yield_per=_LARGE if large else _ROWS))
    for part in result.mappings().partitions():
        yield [dict(row) for row in part]


def _verify(
    app: App, source: Connection, there: App, target: Connection, copied: dict[str, int], tell: Tell
) -> None:
    """Compare the two inside their transactions, then leave the index to the worker and hold mail."""
    tell("Comparing", 0, 0)
    with make_sessions(source)() as old, make_sessions(target).begin() as new:
        before, after = vital_figures(app.work_in(old)), vital_figures(there.work_in(new))
        wrong = [
            f"{name} is {after.get(name, 'not known')} instead of {value}"
            for name, value in before.items()
            if after.get(name) != value
        ]
        if attachments(old) != attachments(new):
            wrong.append("the attachments are others")
        for table, count in copied.items():
            if (found := _count(target, table)) != count:
                wrong.append(f"{table} has {found} rows instead of {count}")
        wrong += broken_references(new, tell)
        if wrong:
            raise Refused(f"The copy is not what was copied, and is undone: {'; '.join(wrong[:10])}.")
        begin_anew(there, new, empty=True)
        begin_held(there, new)


def _count(connection: Connection, table: str) -> int:
    found = Base.metadata.tables[table]
    return int(connection.scalar(select(func.count()).select_from(found)) or 0)
