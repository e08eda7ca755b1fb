"""Fixtures: an app on a real database in which everything a test did is undone at its end.

One database for each kind and test process, made from the migrations once. Every test runs inside one outer
transaction; commits of the code under test release savepoints of it.
"""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.guard import install_guard
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.garbage import collect_seldom
from rtpy.identity import passwords
from rtpy.lifecycle.lifecycle import Lifecycles
from rtpy.lifecycle.load import load_lifecycles
from rtpy.paths import find_etc
from rtpy.testing.counting import QueryCount
from rtpy.testing.databases import Databases
from rtpy.testing.directory import DirectoryServer, throwaway_directory
from rtpy.testing.people import Factory
from rtpy.testing.running import share_templates
from rtpy.testing.servers import throwaway_postgres
from rtpy.work import Actor, Face, Work

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When every test begins: a Monday morning."""

ROOT_PASSWORD = "correct horse battery"

LONG = frozenset(("e2e", "faults", "nodes", "install", "upgrades", "backups"))
"""Folders of tests that take seconds each."""

_REAL_HASHER = passwords._HASHER


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever touches the database on SQLite and on PostgreSQL, unless its marker `databases` names one."""
    if "database_kind" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        kinds = list(marker.args) if marker else ["sqlite", "postgresql"]
        metafunc.parametrize("database_kind", kinds, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the marker `databases` of a single case (`pytest.param`) does not name."""
    left_out = []
    for item in items:
        marker = item.get_closest_marker("databases")
        case = getattr(item, "callspec", None)
        if marker and case and case.params.get("database_kind", marker.args[0]) not in marker.args:
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
    items.sort(key=lambda item: not _takes_long(item))


def _takes_long(item: pytest.Item) -> bool:
    """Does it start whole sites, servers or browsers? Such tests go first: at the end they would keep all waiting."""
    return item.get_closest_marker("slow") is not None or not LONG.isdisjoint(item.path.parts)


def pytest_configure() -> None:
    """Let the processes that tests start keep their bytecode: compiling all of rtpy takes each of them a second."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    event.listen(Pool, "connect", _answer_in_no_order)


def _answer_in_no_order(dbapi: Any, _record: Any) -> None:
    """Let SQLite turn round what no ORDER BY asks for, so that nothing relies on an order that nobody promised.

    PostgreSQL does so now and then by itself: in a test that fails once in a hundred runs.
    """
    if isinstance(dbapi, sqlite3.Connection):
        dbapi.execute("PRAGMA reverse_unordered_selects = ON")


def pytest_collection_finish() -> None:
    """Let Python not look through thousands of tests for garbage again and again: a tenth of the time of web tests."""
    collect_seldom()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords in microseconds instead of 20 ms; what is about the hashes asks for `real_passwords`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords as the product does."""
    monkeypatch.setattr(passwords, "_HASHER", _REAL_HASHER)
    nobodys_hash = cache(passwords.nobodys_hash.__wrapped__)
    monkeypatch.setattr(passwords, "nobodys_hash", nobodys_hash)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where templates are kept compiled, for all processes that share this run: compiling them all takes 20 s.

    RTPY_TEST_TEMPLATES names a folder that keeps them from one run to the next.
    """
    if kept := os.environ.get("RTPY_TEST_TEMPLATES"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        return Path(kept)
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "templates"
    place.mkdir(exist_ok=True)
    return place


@pytest.fixture(scope="session")
def shipped_lifecycles() -> Lifecycles:
    """The lifecycles that ship, read once: they are a value."""
    return load_lifecycles(find_etc() / "lifecycles.toml")


@pytest.fixture(scope="session")
def directory_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryServer]:
    """A directory server of this test process, which nobody changes; without slapd skipped, in CI it fails."""
    server = throwaway_directory(tmp_path_factory.mktemp("slapd") / "top")
    try:
        found = server.__enter__()
    except FileNotFoundError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    yield found
    server.__exit__(None, None, None)


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
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """The databases of this test process."""
    made = Databases(
        tmp_path_factory.mktemp,
        lambda: str(request.getfixturevalue("postgres_url")),
        SettableClock(START),
        ROOT_PASSWORD,
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def listed_plugins() -> tuple[str, ...]:
    """The plugins that the app under test lists, with their tables in its database; a plugin's conftest says which."""
    return ()


@pytest.fixture(scope="session")
def plugin_options() -> Mapping[str, Any]:
    """Values for the plugins' sections of rtpy.toml, by dotted name; a plugin's conftest overrides it."""
    return {}


@pytest.fixture
def new_database(
    databases: Databases, database_kind: str, listed_plugins: tuple[str, ...]
) -> Callable[[Path], AbstractContextManager[str]]:
    """Makes databases with the first data, `with new_database(folder) as url`: copies of one that is made once."""
    return lambda folder: databases.copy(database_kind, folder, listed_plugins)


@pytest.fixture
def database_engine(databases: Databases, database_kind: str, listed_plugins: tuple[str, ...]) -> Engine:
    """An engine on a database with the first data, shared by the tests of this process with the same plugins."""
    return databases.engine(database_kind, listed_plugins)


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
def config(
    tmp_path: Path,
    database_engine: Engine,
    listed_plugins: tuple[str, ...],
    plugin_options: Mapping[str, Any],
) -> Config:
    """The configuration of the app under test; override this fixture for another one."""
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, plugins=list(listed_plugins), **plugin_options)


@pytest.fixture
def app(connection: Connection, clock: SettableClock, config: Config, shipped_lifecycles: Lifecycles) -> App:
    """The app under test, with the guard on."""
    lifecycles = None if config.etc else shipped_lifecycles
    app = App(config, blobs=DatabaseStore(), clock=clock, bind=connection, lifecycles=lifecycles)
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
    new_database: Callable[[Path], AbstractContextManager[str]],
    compiled_templates: Path,
    tmp_path: Path,
    clock: SettableClock,
    listed_plugins: tuple[str, ...],
    plugin_options: Mapping[str, Any],
) -> Iterator[App]:
    """An app on a database of its own where commits are real: for races, crashes and several processes."""
    share_templates(tmp_path, compiled_templates)
    with new_database(tmp_path) as url:
        config = Config.for_tests(tmp_path, database__url=url, plugins=list(listed_plugins), **plugin_options)
        app = App(config, blobs=DatabaseStore(), clock=clock)
        yield app
        app.engine.dispose()


def actor(app: App, db: Session, name: str, face: Face = Face.WEB) -> Actor:
    """The actor of that name, for tests that build their own work."""
    return app.actor_named(db, name, face)
