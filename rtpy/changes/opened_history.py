"""The one place that passes what keeps histories as they were written: for shredding and for privacy, nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

TABLES = ("transactions", "attachments")


@contextmanager
def opened_history(db: Session) -> Iterator[None]:
    """While this lasts, rows of transactions and attachments can be changed in the transaction of `db`.

    Nobody else can meanwhile: on PostgreSQL whoever writes to these tables waits until this transaction ends, on SQLite
    there is one writer anyway. An exception, or a crash, leaves the triggers as they were, with all the rest. Needs the
    database role that owns the tables.
    """
    connection = db.connection()
    db.flush()
    if connection.dialect.name == "postgresql":
        for table in TABLES:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_immutable"))
        yield
        db.flush()
        for table in TABLES:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_immutable"))
        return
    made = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN (:first, :second)"),
        {"first": f"{TABLES[0]}_immutable", "second": f"{TABLES[1]}_immutable"},
    ).all()
    if len(made) != len(TABLES):
        raise RuntimeError("The triggers that keep histories are missing: run `rtpy migrate`.")
    for name, _ in made:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    db.flush()
    for _, sql in made:
        connection.exec_driver_sql(sql)
