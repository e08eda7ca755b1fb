"""Two machines over one database server: each with a web server and a worker, which end and start one by one."""

import http.cookiejar
import json
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config import Config
from rtpy.identity.tokens import draw_secret, hash_secret, write_token
from rtpy.models import AuthToken
from rtpy.testing.running import RunningSite, running_site, share_templates
from rtpy.work import Work
from tests.faults.stoppable_postgres import StoppablePostgres, stoppable_postgres

PASSWORD = "two of everything"


@dataclass
class Cluster:
    """The database server, the two sites, and an app of the test itself."""

    postgres: StoppablePostgres
    nodes: tuple[RunningSite, RunningSite]
    app: App
    engine: Engine

    def start(self) -> None:
        """Start what does not run, on both at once."""

        def start(node: RunningSite) -> None:
            for name in ("serve", "worker"):
                if not node.is_running(name):
                    node.start(name)

        with ThreadPoolExecutor() as pool:
            list(pool.map(start, self.nodes))

    def scalar(self, query: str, **values: object) -> int:
        """The number that a query gives."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(query), values).scalar() or 0)

    def rows(self, query: str, **values: object) -> Sequence[Any]:
        """All rows of a query."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).all()

    def let_leases_run_out(self) -> None:
        """What waiting would do: the leases of the dead are over, and the pauses until another try."""
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE incoming_mails SET next_attempt = NULL WHERE state = 'received'"))
            for table in ("outgoing_mails", "incoming_mails"):
                connection.execute(
                    text(f"UPDATE {table} SET lease_until = '2020-01-01' WHERE lease_until IS NOT NULL")
                )


@contextmanager
def cluster_of_two(top: Path, templates: Path) -> Iterator[Cluster]:
    """Both initialised, not started; everything ends with the block."""
    with (
        stoppable_postgres() as postgres,
        running_site(top / "a", password=PASSWORD, templates=templates, database_url=postgres.url) as first,
    ):
        home = top / "b" / "home"
        second = RunningSite(home, password=PASSWORD, database_url=postgres.url)
        home.mkdir(parents=True)
        share_templates(home, templates)
        app = App(Config.for_tests(first.home, database__url=postgres.url), blobs=DatabaseStore())
        app.config.secret_key()
        shutil.copy(first.home / "secret_key", home / "secret_key")
        engine = create_engine(postgres.url)
        try:
            yield Cluster(postgres, (first, second), app, engine)
        finally:
            second.close()
            engine.dispose()
            app.engine.dispose()


def token_for(work: Work, user_id: int) -> str:
    """A token that may do what this person may."""
    secret = draw_secret()
    row = AuthToken(
        user_id=user_id, creator_id=user_id, secret_hash=hash_secret(secret), name="test", level="admin",
        created=work.now, last_peer="",
    )  # fmt: skip
    work.db.add(row)
    work.db.flush()
    return write_token(row.id, user_id, secret)


class Caller:
    """A program that calls REST 2.0 of any node with a token: `call(node, "POST", "ticket/1/take")`."""

    def __init__(self, token: str) -> None:
        self._head = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __call__(
        self, node: RunningSite, method: str, path: str, body: dict[str, object] | None = None
    ) -> tuple[int, Any]:
        data = None if body is None and method == "GET" else json.dumps(body or {}).encode()
        asked = urllib.request.Request(f"{node.url}/REST/2.0/{path}", data, self._head, method=method)
        try:
            with self._opener.open(asked, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")


class Visitor:
    """A browser without pictures: keeps cookies by host name, as browsers do, so all nodes see the same ones."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def __call__(self, node: RunningSite, path: str, **form: str) -> tuple[int, str, str]:
        """Status, the path where it ended, and the page; with a form it is posted."""
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with self._opener.open(f"{node.url}{path}", data, timeout=60) as answer:
                return answer.status, urllib.parse.urlsplit(answer.url).path, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                page = error.read().decode(errors="replace")
            if error.code >= 500:
                page = f"{(node.home.parent / 'serve.log').read_text()[-3000:]}\n{page[-1000:]}"
            return error.code, path, page


def eventually(true: Any, seconds: float) -> bool:
    """Ask ten times a second until it is so; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := bool(true())) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found
