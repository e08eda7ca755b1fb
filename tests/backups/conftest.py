"""A site whose commits are real, with attachments in a folder beside its database, and empty databases."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from rtpy.app import App
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.config import Config
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.stores.build import store_of
from rtpy.testing.people import Factory


def quiet(what: str, done: int, total: int) -> None:
    """Say nothing of the progress."""


@pytest.fixture
def tell():
    return quiet


@pytest.fixture
def site(committed_app):
    """The app with some tickets; half of what is stored lies in the database, the rest in a folder."""
    app = committed_app
    with app.work() as work:
        Factory(app, work.db).ticket("Printer on fire", text="It burns.")
    app.config.secret_key()
    (app.config.home / "rtpy.toml").write_text('rtname = "help.example"\n')
    config = replace(
        app.config, rtname="help.example", attachments=replace(app.config.attachments, store="folder")
    )
    outside = App(config, blobs=store_of(config), clock=app.clock)
    with outside.work() as work:
        ticket = Factory(outside, work.db).ticket("Ünïcode ✓", text="Ärger\n" * 50)
        picture = Part("image/png", b"\x89PNG" + bytes(range(256)) * 300, PartRole.FILE, filename="a b.png")
        change_ticket(work, ticket, Comment(Message((*plain_message("See it").parts, picture))))
    yield outside
    outside.engine.dispose()


@pytest.fixture
def empty_database(databases, database_kind, tmp_path):
    """Makes databases without tables: `empty_database("name")`, its address; of the other kind on demand."""
    with ExitStack() as stack:

        def make(name, kind=database_kind):
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            return stack.enter_context(databases.empty(kind, folder))

        yield make


@pytest.fixture
def app_at(clock):
    """Another app on a home and a database, as its commands would make it."""
    made = []

    def make(home, url, **given):
        config = Config.for_tests(home, database__url=url, **given)
        made.append(App(config, blobs=store_of(config), clock=clock))
        return made[-1]

    yield make
    for app in made:
        app.engine.dispose()
