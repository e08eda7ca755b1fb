"""Fixtures: an app on a real database in which everything a test did is undone at its end.

One database for each kind and test process, made from the migrations once. Every test runs inside one outer
transaction; commits of the code under test release savepoints of it.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.guard import install_guard
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.db.session import make_engine
from rtpy.migrations.run import upgrade
from rtpy.setup import initialise
from rtpy.testing.counting import QueryCount
from rtpy.testing.people import Factory
from rtpy.testing.servers import throwaway_postgres
from rtpy.work import Actor, Face, Work

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When every test begins: a Monday morning."""

ROOT_PASSWORD = "correct horse battery"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever touches the database on SQLite and on PostgreSQL, unless its marker `databases` names one."""
    if "database_kind" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        kinds = list(marker.args) if marker else ["sqlite", "postgresql"]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this test process; without its binaries the test is skipped, in CI it fails."""
    try:
        server = throwaway_postgres(tmp_path_factory.mktemp("postgres"))
        url = server.__enter__()
    except FileNotFoundError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    yield url
    server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def database_engine(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine on a database with the first data, shared by the tests of this process."""
    home = tmp_path_factory.mktemp(database_kind)
    url = (
        f"sqlite:///{home}/rtpy.db" if database_kind == "sqlite" else request.getfixturevalue("postgres_url")
    )
    engine = make_engine(url, synchronous="NORMAL")
    upgrade(engine)
    app = App(Config.for_tests(home, database__url=url), blobs=DatabaseStore(), clock=SettableClock(START))
    initialise(app, ROOT_PASSWORD)
    app.engine.dispose()
    yield engine
    engine.dispose()


@pytest.fixture
def connection(database_engine: Engine) -> Iterator[Connection]:
    """One connection with an open transaction that is rolled back at the end."""
    with database_engine.connect() as connection:
        outer = connection.begin()
        yield connection
        if outer.is_active:
            outer.rollback()


@pytest.fixture
def clock() -> SettableClock:
    """The app's clock, at START."""
    return SettableClock(START)


@pytest.fixture
def config(tmp_path: Path, database_engine: Engine) -> Config:
    """The configuration of the app under test; override this fixture for another one."""
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url)


@pytest.fixture
def app(connection: Connection, clock: SettableClock, config: Config) -> App:
    """The app under test, with the guard on."""
    app = App(config, blobs=DatabaseStore(), clock=clock, bind=connection)
    install_guard(app.sessions)
    return app


@pytest.fixture
def db(app: App) -> Iterator[Session]:
    """A session inside the test's transaction."""
    with app.sessions() as db:
        yield db


@pytest.fixture
def work_of(app: App, db: Session) -> Callable[..., Work]:
    """Work of the user with a name: `work_of("root")`, by default through the web."""

    def make(name: str = "root", face: Face = Face.WEB) -> Work:
        return app.work_in(db, app.actor_named(db, name, face))

    return make


@pytest.fixture
def work(work_of: Callable[..., Work]) -> Work:
    """Work of root through the web."""
    return work_of("root")


@pytest.fixture
def make(app: App, db: Session) -> Factory:
    """Makes people, queues and tickets in the test's transaction."""
    return Factory(app, db)


@pytest.fixture
def query_count(connection: Connection) -> Iterator[QueryCount]:
    """Counts the statements that reach the database: `with query_count() as count: ...; count.total`."""
    counter = QueryCount()
    event.listen(connection, "before_cursor_execute", counter.hear)
    yield counter
    event.remove(connection, "before_cursor_execute", counter.hear)


@pytest.fixture
def committed_app(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock
) -> Iterator[App]:
    """An app on a database of its own where commits are real: for races, crashes and several processes."""
    if database_kind == "sqlite":
        url = f"sqlite:///{tmp_path}/rtpy.db"
    else:
        server = make_url(request.getfixturevalue("postgres_url"))
        name = f"t_{os.getpid()}_{abs(hash(tmp_path)) % 10**9}"
        admin = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = server.set(database=name).render_as_string(hide_password=False)
    app = App(Config.for_tests(tmp_path, database__url=url), blobs=DatabaseStore(), clock=clock)
    upgrade(app.engine)
    initialise(app, ROOT_PASSWORD)
    yield app
    app.engine.dispose()
    if database_kind == "postgresql":
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def actor(app: App, db: Session, name: str, face: Face = Face.WEB) -> Actor:
    """The actor of that name, for tests that build their own work."""
    return app.actor_named(db, name, face)
