"""What plugins take is counted, kept and shown, and told to the log where that is wished; safe mode is said."""

import logging
from datetime import timedelta

import pytest
from webtest import TestApp

from rtpy import hookimpl
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.config import Config
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.hook_times import Count, HookTimes, watch_hooks
from rtpy.jobs import plugin_times
from rtpy.jobs.plugin_times import keep_times, keep_times_when_due
from rtpy.jobs.worker import chores_of
from rtpy.models import HookDay
from rtpy.plugins import load_plugins
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.web.admin.plugins.list import in_time
from rtpy.wsgi import make_wsgi


def test_calls_of_listed_plugins_are_counted_and_those_of_the_core_are_not(app, work, make):
    app.hook_times.take()
    change_ticket(work, make.ticket(), Comment(plain_message("hello")))
    counts = app.hook_times.take()
    assert {plugin for plugin, _ in counts} == {"budget"}
    assert counts["budget", "rtpy_transaction_recorded"].calls >= 1
    assert counts["budget", "rtpy_check_change"].failures == 0


@pytest.mark.parametrize(
    ("error", "failures", "sentence"),
    [
        (RuntimeError("the ledger\nis closed"), 1, "RuntimeError: the ledger\nis closed"),
        (Refused("No."), 0, ""),
    ],
)
def test_a_failure_is_counted_with_its_sentence_and_a_refusal_is_none(clock, error, failures, sentence):
    class Plugin:
        @hookimpl
        def rtpy_check_change(self, work):
            raise error

    manager, times = load_plugins((), defaults=()), HookTimes(clock)
    manager.register(Plugin(), name="stock")
    watch_hooks(manager, times, ["stock"], trace=False)
    with pytest.raises(type(error)):
        manager.hook.rtpy_check_change(work=1, ticket=None, change=None)
    count = times.seen()["stock", "rtpy_check_change"]
    assert (count.calls, count.failures, count.failure) == (1, failures, sentence)


def test_chores_of_listed_plugins_are_counted(app):
    app.hook_times.take()
    for chore in chores_of(app):
        if chore.name.startswith("budget"):
            chore.run(app)
    assert ("budget", "chore budget.report") in app.hook_times.take()


def test_counts_of_several_processes_are_summed_and_old_days_forgotten(app, db, clock):
    for milliseconds in (1, 3, 100):
        app.hook_times.count("stock", "rtpy_web", milliseconds * 1_000_000, None)
        keep_times(app)
    app.hook_times.count("stock", "rtpy_web", 7_000_000, ValueError("odd"))
    keep_times(app)
    (row,) = [row for row in db.query(HookDay) if row.plugin == "stock"]
    assert (row.calls, row.failures, row.slowest, row.microseconds) == (4, 1, 100_000, 111_000)
    assert (row.failure, row.failed) == ("ValueError: odd", clock.now())
    clock.advance(timedelta(days=91))
    app.hook_times.count("stock", "rtpy_web", 1, None)
    keep_times(app)
    db.expire_all()
    assert [row.day for row in db.query(HookDay) if row.plugin == "stock"] == [clock.now().date()]


def test_counts_wait_while_the_database_takes_none(app, monkeypatch, caplog):
    app.hook_times.count("stock", "rtpy_web", 1_000_000, None)
    monkeypatch.setattr(plugin_times, "EVERY", 0.0)
    monkeypatch.setattr(plugin_times, "_add", lambda *given: 1 / 0)
    keep_times_when_due(app)
    assert "they wait" in caplog.text
    assert app.hook_times.seen()["stock", "rtpy_web"].calls == 1


def test_shares_of_calls_are_told_by_their_buckets(clock):
    times = HookTimes(clock)
    for microseconds in (*([10] * 90), *([3000] * 10)):
        times.count("stock", "rtpy_web", microseconds * 1000, None)
    count = times.seen()["stock", "rtpy_web"]
    assert (count.within(0.5), count.within(0.95), count.slowest) == (16, 3000, 3000)
    assert Count().within(0.5) == 0


@pytest.mark.parametrize(
    ("microseconds", "told"),
    [
        (0, "0 µs"),
        (999, "999 µs"),
        (3400, "3.4 ms"),
        (42_000, "42 ms"),
        (1_200_000, "1.2 s"),
        (900_000_000, "15 min"),
    ],
)
def test_durations_are_told_as_people_read_them(microseconds, told):
    assert in_time(microseconds) == told


def test_every_call_is_told_to_the_log_when_that_is_wished(clock, caplog):
    class Plugin:
        @hookimpl
        def rtpy_check_change(self, work, ticket):
            raise Refused("Not today.")

    manager = load_plugins((), defaults=())
    manager.register(Plugin(), name="stock")
    watch_hooks(manager, HookTimes(clock), [], trace=True)
    with caplog.at_level(logging.INFO, "rtpy.hooks"), pytest.raises(Refused):
        manager.hook.rtpy_check_change(work="x" * 99, ticket=7, change=None)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"stock rtpy_check_change(work='{'x' * 39}…', ticket=7) 0.")
    assert line.endswith(" ms: Refused: 'Not today.'")


def test_the_page_tells_versions_hooks_times_and_failures(app, login, work, make):
    root = login()
    app.hook_times.count("budget", "rtpy_chores", 5_000_000, ValueError("the file is <gone>"))
    page = root.get("/admin/plugins")
    told = " ".join(page.html.select_one("#main").text.split())
    assert "budget 1.0 loaded" in told
    assert "Its tables are at revision 0001." in told
    assert "rtpy_check_change" in told
    assert "ValueError: the file is <gone>" in told
    assert page.html.find("a", href=lambda url: url and url.endswith("/admin/plugins/budget/settings"))
    assert "Safe mode" not in page.text


class TestSafeMode:
    """A site whose plugins are set aside."""

    @pytest.fixture
    def config(self, tmp_path, database_engine, sample):
        """The list names the sample, and nothing is loaded."""
        url = database_engine.url.render_as_string(hide_password=False)
        return Config.for_tests(tmp_path, database__url=url, plugins=["budget"], no_plugins=True)

    def test_it_is_said_on_every_page_of_the_administration(self, app, compiled_templates):
        browser = TestApp(make_wsgi(app, **{"rtpy.template_cache": compiled_templates}), lint=False)
        form = browser.get("/login").form
        form["username"], form["password"] = "root", ROOT_PASSWORD
        form.submit(status=303)
        for address in ("/admin/plugins", "/admin/queues"):
            page = browser.get(address)
            assert "no plugin is loaded. Listed are budget." in page.text
        assert "not loaded: safe mode" in browser.get("/admin/plugins").text
        assert "Safe mode" not in browser.get("/").text
        browser.get("/budget", status=404)
