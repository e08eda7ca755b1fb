"""The shop: one set of tickets for a whole file of tests, on each database, undone at its end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.search.language.parser import Precedence, parse
from rtpy.search.run import Search, count, find
from rtpy.work import Face, Work
from tests.domain.search.tickets.shop import (
    BERLIN,
    LOGINS,
    NOW,
    Names,
    Record,
    fill,
    is_found,
    may_see,
    records,
)


@dataclass(repr=False)
class Shop:
    """Tickets in a database, and what is known of them without it."""

    app: App
    db: Session
    tickets: list[Record]
    names: Names

    def work(self, who: str = "root") -> Work:
        """Work of somebody, by the short name."""
        return self.app.work_in(self.db, self.app.actor_named(self.db, LOGINS.get(who, who), Face.WEB))

    def search(self, query: str, **more: object) -> Search:
        """A query in Berlin's time, AND before OR."""
        return Search(node=parse(query, precedence=Precedence.SQL).node, zone=BERLIN, **more)

    def find(self, query: str, who: str = "root", **more: object) -> list[str]:
        """The keys of what somebody finds, in order."""
        keys = {each.id: each.key for each in self.tickets}
        found = find(self.work(who), self.search(query, **more), limit=1000)
        return [keys.get(each, str(each)) for each in found.ids]

    def count(self, query: str, who: str = "root") -> int:
        """How many somebody finds."""
        return count(self.work(who), self.search(query))

    def expect(self, fits: Callable[[Record], object], who: str = "root") -> set[str]:
        """The keys of what they should find."""
        return {each.key for each in self.tickets if is_found(each) and may_see(who, each) and fits(each)}


@pytest.fixture(scope="module")
def shop(databases, database_kind, tmp_path_factory) -> Iterator[Shop]:
    """Nothing else of a test may use the database while this is open: it holds SQLite's one place for writers."""
    database_engine = databases.engine(database_kind)
    url = database_engine.url.render_as_string(hide_password=False)
    config = Config.for_tests(tmp_path_factory.mktemp("shop"), database__url=url)
    with database_engine.connect() as connection:
        outer = connection.begin()
        app = App(config, blobs=DatabaseStore(), clock=SettableClock(NOW), bind=connection)
        with app.sessions() as db:
            tickets = records()
            names = fill(app.work_in(db, app.actor_named(db, "root", Face.WEB)), tickets)
            db.flush()
            yield Shop(app, db, tickets, names)
        outer.rollback()
