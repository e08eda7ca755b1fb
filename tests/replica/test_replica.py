"""A real streaming replica answers searches, never shows less than was written, and is done without when it is away."""

from contextlib import ExitStack

import pytest
from sqlalchemy import event, text

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.config import Config
from rtpy.content.part import plain_message
from rtpy.db.replica import Replica
from rtpy.errors import Invalid
from rtpy.identity.sessions import start_session
from rtpy.migrations.run import upgrade
from rtpy.models import Queue
from rtpy.setup import initialise
from rtpy.testing.browsers import make_browser
from rtpy.testing.counting import QueryCount
from rtpy.testing.servers import throwaway_postgres, throwaway_replica
from rtpy.wsgi import make_wsgi

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """An app with a replica, both servers running; and what stops the replica."""
    with ExitStack() as first, ExitStack() as second:
        url = first.enter_context(throwaway_postgres(more=("synchronous_commit=on",)))
        home = tmp_path_factory.mktemp("home")
        before = App(Config.for_tests(home, database__url=url), blobs=DatabaseStore())
        upgrade(before.engine, before.lines)
        initialise(before, "correct horse battery")
        before.engine.dispose()
        replica = second.enter_context(throwaway_replica(url))
        config = Config.for_tests(home, database__url=url, database__replica_url=replica)
        app = App(config, blobs=DatabaseStore())
        yield app, second
        app.replica.dispose()
        app.engine.dispose()


@pytest.fixture
def app(servers):
    app, _ = servers
    app.replica._rests_until, app.replica._is_out = 0.0, False
    return app


@pytest.fixture
def root(app, compiled_templates):
    browser = make_browser(make_wsgi(app, **{"rtpy.template_cache": compiled_templates}), "127.0.0.1")
    with app.work() as work:
        user = app.actor_named(work.db, "root", work.actor.face).user_id
        browser.set_cookie("rtpy_session", start_session(work.db, user, now=app.clock.now(), days=1))
    return browser


@pytest.fixture
def asked(app):
    """How many statements each of the two is sent: `primary, replica = asked(lambda: …)`."""
    counters = [QueryCount(), QueryCount()]
    engines = (app.engine, app.replica.engine)
    for engine, counter in zip(engines, counters, strict=True):
        event.listen(engine, "before_cursor_execute", counter.hear)

    def asked(deed):
        with counters[0]() as primary, counters[1]() as replica:
            assert deed()
        return primary.total, replica.total

    yield asked
    for engine, counter in zip(engines, counters, strict=True):
        event.remove(engine, "before_cursor_execute", counter.hear)


def write(app, subject):
    with app.work() as work:
        queue = work.db.query(Queue).filter_by(name="General").one()
        create = CreateTicket(queue=queue, subject=subject, message=plain_message("It burns."))
        return create_ticket(work, create).ticket.id


def finds(browser, subject):
    return (
        subject
        in browser.get("/search", {"Query": f"Subject LIKE '{subject}'"}).html.select_one("table").text
    )


def do(engine, statement):
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "rtpy.replica"]


def test_searches_are_answered_by_the_replica_and_tickets_are_not(app, root, asked):
    number = write(app, "Printer on fire")
    assert finds(root, "Printer on fire")
    primary, replica = asked(lambda: finds(root, "Printer on fire"))
    assert (primary, replica > 3) == (1, True)  # one question: how far has it written?
    primary, replica = asked(lambda: root.get(f"/ticket/{number}"))
    assert (primary > 3, replica) == (True, 0)
    primary, replica = asked(lambda: root.get("/search/results.csv", {"Query": "id > 0"}).body)
    assert (primary <= 2, replica > 3) == (True, True)


def test_nobody_ever_sees_less_than_was_written_before(app, root, asked):
    for number in range(10):
        write(app, f"Number {number} of many")
        assert asked(lambda: finds(root, f"Number {number} of many"))[1] > 3  # noqa: B023


def test_a_replica_that_is_behind_is_done_without_and_taken_again(app, root, asked, caplog):
    do(app.replica.engine, "SELECT pg_wal_replay_pause()")
    try:
        write(app, "Written meanwhile")
        assert finds(root, "Written meanwhile")
        primary, replica = asked(lambda: finds(root, "Written meanwhile"))
        assert (primary > 3, replica) == (True, 0)  # not even asked again: it rests
    finally:
        do(app.replica.engine, "SELECT pg_wal_replay_resume()")
    app.replica._rests_until = 0.0
    primary, replica = asked(lambda: finds(root, "Written meanwhile"))
    assert (primary, replica > 3) == (1, True)
    behind, there = warnings(caplog)
    assert "is behind" in behind
    assert "there again" in there


def test_a_replica_that_goes_away_in_the_middle_of_an_answer_costs_nothing(app, servers, root, caplog):
    write(app, "Before it went")
    assert finds(root, "Before it went")
    servers[1].close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.replica, "is_ready", lambda: app.replica._rests_until == 0.0)
        assert finds(root, "Before it went")
    assert app.replica._rests_until > 0
    app.replica._rests_until = 0.0
    assert finds(root, "Before it went")
    write(app, "After it went")
    assert finds(root, "After it went")
    assert len(warnings(caplog)) == 1  # said once


def test_what_is_no_replica_is_not_asked(app, caplog):
    url = app.config.database.url
    own = Replica(app.engine, url, 1)
    assert not own.is_ready()
    own.dispose()
    assert "is none" in warnings(caplog)[0]


def test_sqlite_has_no_replica(tmp_path):
    with pytest.raises(Invalid, match="leave it out"):
        App(Config.for_tests(tmp_path, database__replica_url="postgresql:///x"), blobs=DatabaseStore())
