"""Databases for tests: one of each kind and set of plugins is made from the migrations, all others are copies of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.engine import make_url

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import Clock
from rtpy.config import Config
from rtpy.db.session import make_engine
from rtpy.initialdata.brought import give_first_data
from rtpy.migrations.run import upgrade
from rtpy.setup import initialise


class Databases:
    """The databases of one test process. Keys are a kind (`sqlite`, `postgresql`) and the plugins with their tables.

    `folder` makes a folder of that name; `server` gives the address of a PostgreSQL server that may be filled at will.
    """

    def __init__(
        self, folder: Callable[[str], Path], server: Callable[[], str], clock: Clock, root_password: str
    ) -> None:
        self._folder = folder
        self._server = server
        self._clock = clock
        self._password = root_password
        self._first: dict[tuple[str, tuple[str, ...]], str] = {}
        self._engines: dict[tuple[str, tuple[str, ...]], Engine] = {}
        self._numbers = count()

    def engine(self, kind: str, plugins: tuple[str, ...] = ()) -> Engine:
        """An engine on a database with the first data, the same for all who ask for these plugins."""
        key = (kind, plugins)
        if key not in self._engines:
            url = self._copy(self._template(*key), self._folder(f"shared-{kind}"))
            self._engines[key] = make_engine(url, synchronous="NORMAL")
        return self._engines[key]

    @contextmanager
    def copy(self, kind: str, folder: Path, plugins: tuple[str, ...] = ()) -> Iterator[str]:
        """A new database with the first data, for as long as the block lasts; its file, if it is one, in `folder`."""
        url = self._copy(self._template(kind, plugins), folder)
        yield url
        if kind == "postgresql":
            _tell(make_url(self._server()), f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    @contextmanager
    def empty(self, kind: str, folder: Path) -> Iterator[str]:
        """A database without any tables, for as long as the block lasts; of SQLite a file that is not there yet."""
        url = f"sqlite:///{folder}/rtpy.db" if kind == "sqlite" else self._new_on_server("")
        yield url
        if kind == "postgresql":
            _tell(make_url(self._server()), f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Close the connections of the shared engines."""
        for engine in self._engines.values():
            engine.dispose()

    def _template(self, kind: str, plugins: tuple[str, ...]) -> str:
        """The address of the database that is copied; one with plugins is itself a copy of that without."""
        key = (kind, plugins)
        if key not in self._first:
            folder = self._folder(kind)
            if plugins:
                url = self._copy(self._template(kind, ()), folder)
            elif kind == "sqlite":
                url = f"sqlite:///{folder}/rtpy.db"
            else:
                url = self._new_on_server("")
            config = Config.for_tests(folder, database__url=url, plugins=list(plugins))
            app = App(config, blobs=DatabaseStore(), clock=self._clock)
            upgrade(app.engine, app.lines)
            initialise(app, self._password)
            give_first_data(app)
            app.engine.dispose()
            self._first[key] = url
        return self._first[key]

    def _copy(self, url: str, folder: Path) -> str:
        source = make_url(url)
        if source.get_backend_name() != "sqlite":
            return self._new_on_server(f" TEMPLATE {source.database}")
        shutil.copyfile(str(source.database), folder / "rtpy.db")
        return f"sqlite:///{folder}/rtpy.db"

    def _new_on_server(self, ending: str) -> str:
        server = make_url(self._server())
        name = f"t_{next(self._numbers)}"
        _tell(server, f"CREATE DATABASE {name}{ending}")
        return server.set(database=name).render_as_string(hide_password=False)


def _tell(server: URL, statement: str) -> None:
    """Send PostgreSQL a statement that no transaction may hold."""
    engine = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
