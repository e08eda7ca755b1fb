"""The database underneath: writers take turns, readers cannot write, instants are aware, migrations match models."""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import BigInteger, Connection, create_engine, delete, literal, select, text, union_all
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from rtpy.app import App
from rtpy.db import session
from rtpy.db.among import among
from rtpy.migrations.comparing import differences
from rtpy.migrations.lines import CORE
from rtpy.migrations.run import downgrade_connection, is_current, upgrade_connection
from rtpy.migrations.triggers import keep_triggers, refuse_losses
from rtpy.models import Configuration


def _row(name: str) -> Configuration:
    return Configuration(name=f"t-{name}", value=1, updated=datetime.now(UTC))


def _names(db: Session) -> list[str]:
    return list(db.scalars(select(Configuration.name).where(Configuration.name.like("t-%"))))


def _count(db: Session) -> int:
    return len(_names(db))


def test_writers_in_threads_take_turns_and_all_get_through(committed_app: App) -> None:
    slowest: list[float] = []

    def write(number: int) -> None:
        for turn in range(8):
            began = time.monotonic()
            with committed_app.work() as work:
                work.db.add(_row(f"{number}-{turn}"))
            slowest.append(time.monotonic() - began)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with committed_app.work(reading=True) as work:
        assert _count(work.db) == 48
    assert max(slowest) < 20


WRITER = """
import sys
from datetime import UTC, datetime
from rtpy.db.session import make_engine, make_sessions
from rtpy.models import Configuration

sessions = make_sessions(make_engine(sys.argv[1]))
for turn in range(15):
    with sessions() as db:
        db.add(Configuration(name=f"t-{sys.argv[2]}-{turn}", value=1, updated=datetime.now(UTC)))
        db.commit()
"""


def test_writers_in_processes_take_turns_and_all_get_through(committed_app: App) -> None:
    url = committed_app.engine.url.render_as_string(hide_password=False)
    processes = [subprocess.Popen([sys.executable, "-c", WRITER, url, str(number)]) for number in range(3)]

    assert [process.wait(90) for process in processes] == [0, 0, 0]
    with committed_app.work(reading=True) as work:
        assert _count(work.db) == 45


def test_a_failed_writer_lets_the_next_one_in(committed_app: App) -> None:
    def fail() -> None:
        with committed_app.work() as work:
            work.db.add(_row("lost"))
            work.db.flush()
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()

    with committed_app.work() as work:
        work.db.add(_row("kept"))

    with committed_app.work(reading=True) as work:
        assert _names(work.db) == ["t-kept"]


def test_a_reader_cannot_write(committed_app: App) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), committed_app.work(reading=True) as work:
        work.db.add(_row("no"))

    with committed_app.work() as work:
        work.db.add(_row("yes"))


def test_a_reader_does_not_wait_for_a_writer(committed_app: App) -> None:
    with committed_app.work() as writer:
        writer.db.add(_row("being written"))
        writer.db.flush()
        began = time.monotonic()
        with committed_app.work(reading=True) as reader:
            found = _count(reader.db)

    assert found == 0
    assert time.monotonic() - began < 5


def test_instants_come_back_aware_and_naive_ones_are_refused(db: Session) -> None:
    at = datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=UTC)
    db.add(Configuration(name="when", value=0, updated=at))
    db.flush()
    db.expire_all()

    assert db.get(Configuration, "when").updated == at
    db.add(Configuration(name="naive", value=0, updated=datetime(2026, 7, 1)))
    with pytest.raises(DBAPIError.__mro__[1], match="naive"):
        db.flush()


def test_the_migrations_make_what_the_models_say(committed_app: App) -> None:
    with committed_app.engine.connect() as connection:
        assert is_current(connection)
        assert differences(connection, CORE) == []


INDEXED = ("articles", "assets", "attachments", "tickets")
"""Tables whose writers are noted by triggers, so that the index of texts reads what they wrote."""


def _triggers(connection: Connection) -> set[tuple[str, str]]:
    """Tables with the names of their triggers, those of foreign keys left out."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = connection.execute(
            text("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        )
    return {(row[0], row[1]) for row in rows}


def test_all_migrations_together_leave_every_trigger_where_it_belongs(committed_app: App) -> None:
    with committed_app.engine.connect() as connection:
        found = _triggers(connection)
        deeds = ("_insert", "_delete") if connection.dialect.name == "sqlite" else ("", "_change")
        expected = {(table, f"{table}_note_search{deed}") for table in INDEXED for deed in deeds}
        expected |= {(table, f"{table}_immutable") for table in ("transactions", "attachments")}
        assert expected - found == set(), (
            "a revision that alters one of these tables: rtpy.migrations.triggers"
        )


def _alter(table: str) -> None:
    with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("id", comment="the same as before")


def _expressions(connection: Connection) -> set[str]:
    """Names of the indexes over expressions of a SQLite database."""
    rows = connection.execute(
        text(
            "SELECT name FROM sqlite_master AS made WHERE type = 'index' "
            "AND EXISTS (SELECT 1 FROM pragma_index_xinfo(made.name) WHERE cid = -2)"
        )
    )
    return set(rows.scalars())


def test_triggers_are_kept_where_a_table_is_made_anew(committed_app: App) -> None:
    with committed_app.engine.connect() as connection:
        before = _triggers(connection)
        with Operations.context(MigrationContext.configure(connection)), keep_triggers(*INDEXED):
            for table in INDEXED:
                _alter(table)
        assert _triggers(connection) == before
        connection.rollback()


@pytest.mark.databases("sqlite")  # PostgreSQL alters in place
def test_indexes_over_expressions_are_kept_or_the_revision_fails(committed_app: App) -> None:
    with committed_app.engine.connect() as connection:
        before = _expressions(connection)
        assert {"uq_queues_name_folded", "uq_classes_name_folded"} <= before
        with Operations.context(MigrationContext.configure(connection)), refuse_losses():
            with keep_triggers("classes", "catalogs"):
                _alter("classes")
                _alter("catalogs")
            assert _expressions(connection) == before
            with pytest.raises(RuntimeError, match="lose the index uq_classes_name_folded"), refuse_losses():
                _alter("classes")
        connection.rollback()


def test_the_first_migration_can_be_undone(committed_app: App) -> None:
    with committed_app.engine.connect() as connection:
        downgrade_connection(connection, "base")
        upgrade_connection(connection)
        connection.commit()
        assert is_current(connection)
        assert connection.execute(text("SELECT count(*) FROM users")).scalar() == 0


def test_bulk_statements_are_committed_too(committed_app: App) -> None:
    with committed_app.work() as work:
        work.db.add(_row("gone"))
    with committed_app.work() as work:
        work.db.execute(delete(Configuration).where(Configuration.name == "t-gone"))

    with committed_app.work(reading=True) as work:
        assert _names(work.db) == []


@pytest.mark.parametrize("wanted", [[], [2], [3, 1, 99]])
def test_among_finds_exactly_the_rows_with_one_of_the_numbers(db: Session, wanted: list[int]) -> None:
    numbers = union_all(
        *(select(literal(number, BigInteger).label("number")) for number in (1, 2, 3))
    ).subquery()
    query = select(numbers.c.number).where(among(numbers.c.number, "wanted"), numbers.c.number > 0)

    found = db.connection().scalars(query, {"wanted": wanted})

    assert set(found) == set(wanted) & {1, 2, 3}


def test_connections_that_the_server_dropped_while_they_rested_cost_nobody_anything(
    committed_app: App, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = committed_app.engine
    if database_kind == "sqlite":
        engine.dispose()  # a file drops nobody
    else:
        monkeypatch.setattr(session, "RESTED", 0.0)
        first, second = engine.connect(), engine.connect()
        first.close()
        second.close()
        with create_engine(engine.url, poolclass=NullPool).connect() as other:
            other.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    with committed_app.work(reading=True) as work, committed_app.work(reading=True) as beside:
        assert (_count(work.db), _count(beside.db)) == (0, 0)
