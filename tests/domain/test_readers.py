"""Readers of a SQLite file: connections of their own, which refuse writes and keep what they have prepared."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from rtpy.db.session import make_engine, read_only

pytestmark = pytest.mark.databases("sqlite")  # PostgreSQL has read-only transactions


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/one.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER)"))
    yield engine
    engine.dispose()


def test_a_reader_refuses_writes_and_a_writer_after_it_does_not(engine):
    readers = read_only(engine)
    for _ in range(2):
        with readers.connect() as connection, pytest.raises(OperationalError, match="readonly"):
            connection.execute(text("INSERT INTO things VALUES (1)"))
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO things VALUES (2)"))
    with readers.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM things")) == 2


def test_no_reader_is_told_anew_to_refuse_writes(engine):
    """SQLite would prepare every statement of the connection again."""
    readers, told = read_only(engine), []
    with readers.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.set_trace_callback(told.append)
    for one in (readers, engine, readers):
        with one.connect() as connection:
            connection.execute(text("SELECT 1"))
    raw.set_trace_callback(None)
    assert [each for each in told if each.startswith("PRAGMA")] == []
    assert told.count("SELECT 1") == 2


def test_readers_go_with_their_engine(engine):
    readers = read_only(engine)
    with readers.connect() as connection:
        raw = connection.connection.dbapi_connection
    engine.dispose()
    with pytest.raises(Exception, match="closed"):
        raw.execute("SELECT 1")
    with readers.connect() as connection:
        assert connection.scalar(text("PRAGMA query_only")) == 1
