"""Triggers, indexes and batches: on SQLite an altered table is made anew, and loses what cannot be read off it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

LOST = "Skipped unsupported reflection of expression-based index"
"""How SQLAlchemy warns of an index that a batch would lose."""


@contextmanager
def keep_triggers(*tables: str) -> Iterator[None]:
    """Make the triggers of these tables and their indexes over expressions again after a `batch_alter_table` within.

    Every revision that alters a table by batches wraps them in this: tickets, articles, assets and attachments note by
    triggers what the index of texts has to read, transactions that nobody changes them; names of people, queues and
    others are unique whatever their case by an index over an expression. PostgreSQL alters tables in place and keeps
    all of it. A trigger or index that names a column which the block takes away fails the revision: then drop it
    before, and make it anew by hand with what takes the column's place.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        yield
        return
    kept = connection.execute(
        sa.text(
            "SELECT type, name, sql FROM sqlite_master AS made WHERE tbl_name IN :tables AND (type = 'trigger' "
            "OR type = 'index' AND EXISTS (SELECT 1 FROM pragma_index_xinfo(made.name) WHERE cid = -2))"
        ).bindparams(sa.bindparam("tables", list(tables), expanding=True))
    ).all()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=LOST)
        yield
    there = {tuple(row) for row in connection.execute(sa.text("SELECT type, name FROM sqlite_master"))}
    for kind, name, made in kept:
        if (kind, name) not in there:
            connection.exec_driver_sql(made)


@contextmanager
def refuse_losses() -> Iterator[None]:
    """Let a revision fail that would lose an index over an expression, which is a rule of its table as a rule."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=LOST)
        try:
            yield
        except sa.exc.SAWarning as lost:
            index = str(lost).removeprefix(LOST).strip()
            raise RuntimeError(
                f"SQLite would lose the index {index} when its table is altered: put batch_alter_table into "
                "a block of rtpy.migrations.triggers.keep_triggers."
            ) from lost
