"""What watchers of the server are told."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError
from webtest import TestApp

from rtpy.config.config import Config
from rtpy.http import kept
from rtpy.http.door import behind_proxy
from rtpy.models import IncomingMail, OutgoingMail
from rtpy.web import health
from rtpy.wsgi import make_wsgi
from tests.web.conftest import make_browser


def incoming(clock, **more):
    return IncomingMail(received=clock.now(), raw=b"x", size=1, **more)


def outgoing(clock, **more):
    values = {"created": clock.now(), "not_before": clock.now(), "message_id": "a@b", "headers": [], **more}
    return OutgoingMail(**values)


def test_alive(browser):
    assert browser.get("/health").text == "ok\n"


def test_in_order(browser):
    assert browser.get("/ready").text == "ready\n"


def test_without_a_database_it_is_alive_but_not_ready(tmp_path):
    from rtpy.app import App
    from rtpy.changes.blobs import DatabaseStore

    config = Config.for_tests(tmp_path, database__url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    browser = TestApp(make_wsgi(App(config, blobs=DatabaseStore())))
    assert browser.get("/health").status_int == 200
    answer = browser.get("/ready", expect_errors=True)
    assert (answer.status_int, answer.text) == (503, "The database cannot be reached.\n")


def test_an_empty_database_is_not_ready(tmp_path):
    from rtpy.app import App
    from rtpy.changes.blobs import DatabaseStore

    browser = TestApp(make_wsgi(App(Config.for_tests(tmp_path), blobs=DatabaseStore())))
    assert browser.get("/ready", expect_errors=True).status_int == 503


@pytest.mark.parametrize(
    ("make_mail", "states", "word"),
    [(incoming, ("received", "working"), "Incoming"), (outgoing, ("queued", "sending"), "Outgoing")],
)
def test_mail_that_waits_too_long_is_told(app, browser, db, clock, make_mail, states, word):
    db.add_all(make_mail(clock, state=state) for state in states[:1])
    db.commit()
    clock.advance(timedelta(minutes=10))
    assert browser.get("/ready").text == "ready\n"
    clock.advance(timedelta(minutes=10))
    del app.caches["kept ready"]
    told = f"{word} mail has waited for 20 minutes: is the worker running?"
    assert browser.get("/ready", status=200).text == f"ready, but:\n{told}\n"
    about = f'rtpy_in_order{{about="{word} mail"}}'
    assert f"{about} 0.0" in browser.get("/metrics").text


@pytest.mark.parametrize("path", ["/ready", "/metrics"])
def test_however_many_watchers_ask_the_database_is_asked_every_few_seconds(
    path, browser, query_count, monkeypatch
):
    now = [100.0]
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: now[0]))
    asked = []
    for moment in (100.0, 100.0, 101.9, 105.1):
        now[0] = moment
        with query_count() as count:
            assert browser.get(path).status_int == 200
        asked.append(count.total)
    assert asked[1:3] == [0, 0]
    assert 10 < asked[3] <= asked[0] < 60


def test_an_outage_is_told_after_two_seconds_and_its_end_too(browser, monkeypatch):
    now, there = [100.0], health.standings
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def away(*_):
        raise OperationalError("SELECT 1", {}, ConnectionError())

    told = []
    for moment, standings in ((100.0, there), (102.0, away), (103.9, there), (104.0, there)):
        now[0] = moment
        monkeypatch.setattr(health, "standings", standings)
        told.append(browser.get("/ready", expect_errors=True).status_int)
    assert told == [200, 503, 503, 200]


@pytest.mark.parametrize("state", ["sent", "failed", "held", "canceled"])
def test_mail_that_is_done_or_held_is_in_order(browser, db, clock, state):
    db.add(outgoing(clock, state=state))
    db.commit()
    clock.advance(timedelta(days=1))
    assert browser.get("/ready").status_int == 200


def test_numbers(browser, make, root):
    make.ticket()
    text = browser.get("/metrics").text
    assert 'rtpy_tickets{status="new"} 1.0' in text
    assert "rtpy_database_migrated 1.0" in text
    assert "rtpy_sessions 1.0" in text
    assert "ann@client.example" not in text


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.7", "", "nonsense"])
def test_numbers_are_for_this_machine(another, peer):
    assert another(peer).get("/metrics", expect_errors=True).status_int == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_numbers_are_not_handed_through_a_proxy(browser, header):
    assert browser.get("/metrics", headers={header: "127.0.0.1"}, expect_errors=True).status_int == 404


def test_numbers_are_not_handed_through_a_proxy_that_nobody_named(wsgi, app):
    front = make_browser(behind_proxy(wsgi, app.config), "127.0.0.1")
    assert front.get("/metrics").status_int == 200
    assert front.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}, status=404)


class TestOpenMetrics:
    """A site that lets anyone read them."""

    @pytest.fixture
    def config(self, tmp_path, database_engine):
        url = database_engine.url.render_as_string(hide_password=False)
        return Config.for_tests(tmp_path, database__url=url, web__metrics="anyone")

    def test_numbers_for_anyone(self, another):
        assert another("192.0.2.1").get("/metrics").status_int == 200


def test_tables_without_their_first_data_are_not_ready(tmp_path):
    from rtpy.app import App
    from rtpy.changes.blobs import DatabaseStore
    from rtpy.migrations.run import upgrade

    app = App(Config.for_tests(tmp_path), blobs=DatabaseStore())
    upgrade(app.engine, app.lines)
    browser = TestApp(make_wsgi(app), extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert browser.get("/ready", status=503).text == "The database is empty: run `rtpy init` first.\n"
    assert "rtpy_database_migrated 1.0" in browser.get("/metrics").text
    app.engine.dispose()
