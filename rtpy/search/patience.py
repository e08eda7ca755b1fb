"""A limit to the time that one search may take, on both databases."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from rtpy.search.fields.field import CannotSearch
from rtpy.work import Work

STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond."""
_STOPPED = "57014"
"""PostgreSQL's state for a statement that was cut off."""
_TOO_MUCH_STATES = ("54000", "54001", "54011", "54023")
"""PostgreSQL's states for a statement beyond one of its limits."""
_TOO_MUCH = (
    "expression tree is too large",
    "parser stack overflow",
    "too many sql variables",
    "too many from clause terms",
    "number of parameters must be",
)
"""How SQLite, and PostgreSQL's library, say the same."""


class TookTooLong(CannotSearch):
    """The search was cut off."""


def took_too_long(seconds: int) -> TookTooLong:
    """The sentence about it."""
    return TookTooLong(
        f"This search was stopped after {seconds} seconds. Narrow it: name a queue or statuses, a span of time "
        "such as Created > '1 month ago', or whole words of a text instead of a part of one."
    )


@contextmanager
def patient(work: Work, seconds: int | None = None) -> Iterator[None]:
    """Whatever is read inside is cut off after `seconds`, with a sentence (TookTooLong). Only for reading.

    Without `seconds` it is the option `search.seconds`. What is deeper or longer than the database takes gets a
    sentence, too (CannotSearch). The transaction goes on as if nothing had been asked.
    """
    seconds = work.app.config.search.seconds if seconds is None else seconds
    work.db.flush()  # what is changed must not be undone with the savepoint below
    connection = work.db.connection()
    limit = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
    try:
        with limit(connection, seconds):
            yield
    except DBAPIError as error:
        if _is_too_much(error.orig):
            raise CannotSearch(
                "This search is too long or too deep for the database: leave conditions out, put values of one field "
                "into a list such as Status IN ('open', 'new'), and write it with fewer parentheses."
            ) from None
        if not _is_cut_off(error.orig):
            raise
        raise took_too_long(seconds) from None


@contextmanager
def _on_sqlite(connection: Connection, seconds: int) -> Iterator[None]:
    dbapi: Any = connection.connection.dbapi_connection
    until = time.monotonic() + seconds
    dbapi.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        yield
    finally:
        dbapi.set_progress_handler(None, STEPS)


@contextmanager
def _on_postgresql(connection: Connection, seconds: int) -> Iterator[None]:
    # The savepoint gives the limit back as it was, and lets the transaction live when it was passed.
    connection.exec_driver_sql(f"SAVEPOINT rtpy_search; SET LOCAL statement_timeout = {int(seconds * 1000)}")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT rtpy_search; RELEASE SAVEPOINT rtpy_search")


def _is_cut_off(error: Any) -> bool:
    return getattr(error, "sqlstate", None) == _STOPPED or str(error) == "interrupted"


def _is_too_much(error: Any) -> bool:
    state = getattr(error, "sqlstate", None)
    return state in _TOO_MUCH_STATES or any(words in str(error).lower() for words in _TOO_MUCH)
