"""A database that takes rows in any order for a while: foreign keys and triggers off, and on again at the end.

Rows of one table point at each other, and at rows of tables that come later; an issued invoice takes no lines. All is
part of one transaction: whoever else looks sees the rules in force, and in the end every reference has been checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from rtpy.errors import Refused


@contextmanager
def loosened(connection: Connection) -> Iterator[None]:
    """Begin a transaction without the rules, and at the end of the block put them in force again and commit it.

    An exception undoes all. Raises Refused when a reference leads nowhere.
    """
    if connection.dialect.name == "sqlite":
        with _on_sqlite(connection):
            yield
    else:
        with _on_postgresql(connection):
            yield


@contextmanager
def _on_sqlite(connection: Connection) -> Iterator[None]:
    dbapi = connection.connection.dbapi_connection
    assert dbapi is not None
    dbapi.execute("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction
    try:
        with connection.begin():
            triggers = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            ).all()
            for name, _ in triggers:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            yield
            for _, made in triggers:
                connection.exec_driver_sql(made)
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken:
                raise Refused(f"A row of {broken[0]} points at a row of {broken[2]} that is not there.")
    finally:
        dbapi.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _on_postgresql(connection: Connection) -> Iterator[None]:
    with connection.begin():
        keys = connection.execute(
            text(
                "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
            )
        ).all()
        tables = connection.scalars(
            text(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY 1"
            )
        ).all()
        for table, name, _ in keys:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        _set_sequences(connection)
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table, name, rule in keys:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")


def _set_sequences(connection: Connection) -> None:
    """Let every counter go on after the highest number that was copied."""
    columns = connection.execute(
        text(
            "SELECT attrelid::regclass::text, quote_ident(attname), "
            "pg_get_serial_sequence(attrelid::regclass::text, attname) FROM pg_attribute "
            "JOIN pg_class ON pg_class.oid = attrelid WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped "
            "AND relnamespace = current_schema()::regnamespace "
            "AND pg_get_serial_sequence(attrelid::regclass::text, attname) IS NOT NULL ORDER BY 1, 2"
        )
    ).all()
    for table, column, sequence in columns:
        connection.execute(
            text(f"SELECT setval(:sequence, coalesce(max({column}), 0) + 1, false) FROM {table}"),
            {"sequence": sequence},
        )
