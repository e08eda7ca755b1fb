"""Where a database lies: a word that is another one for each copy of it."""

from pathlib import Path

from sqlalchemy import Connection, text


def place_of(connection: Connection) -> str:
    """The same for a database as long as it stays where it is; a copy, and one that was restored, has another.

    On PostgreSQL the server's identity and the number of the database, on SQLite the number of the file. Empty when it
    cannot be told.
    """
    if connection.dialect.name == "sqlite":
        file = connection.engine.url.database
        try:
            return f"file {Path(file).stat().st_ino}" if file else ""
        except OSError:
            return ""
    may_ask = connection.scalar(text("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')"))
    server = connection.scalar(text("SELECT system_identifier FROM pg_control_system()")) if may_ask else "?"
    number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    return f"server {server} {number}"
