"""Triggers and batches: on SQLite an altered table is made anew, and loses its triggers unless they are kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


@contextmanager
def keep_triggers(*tables: str) -> Iterator[None]:
    """Make the triggers of these tables again after a `batch_alter_table` within the block.

    Every revision that alters a table by batches wraps them in this: tickets, articles, assets and attachments note by
    triggers what the index of texts has to read, transactions that nobody changes them. PostgreSQL alters tables in
    place and keeps its triggers. A trigger that names a column which the block takes away fails the revision: then make
    it anew by hand, with what takes the column's place. Indexes over expressions are lost as well, and Alembic says so:
    make those again by `op.create_index`.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        yield
        return
    kept = connection.execute(
        sa.text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables"
        ).bindparams(sa.bindparam("tables", list(tables), expanding=True))
    ).all()
    yield
    there = set(connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    for name, made in kept:
        if name not in there:
            connection.exec_driver_sql(made)
