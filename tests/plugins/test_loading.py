"""What stops the start, what does not, and in which order plugins are called."""

import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from rtpy import hookimpl, hookspecs
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.cli.main import rtpy
from rtpy.config import BadConfig, Config
from rtpy.content.part import plain_message
from rtpy.errors import Invalid
from rtpy.models import OutgoingMail, Transaction
from rtpy.plugins import folders_of, load_plugins

HEAD = "from rtpy import hookimpl\n"


@pytest.fixture
def write(tmp_path, install, monkeypatch):
    """Installs plugins from their source, `write(one="...", two="...")`, each as a package of that name."""

    def make(**sources):
        folder = tmp_path / "modules"
        folder.mkdir()
        for name, source in sources.items():
            (folder / f"rtpy_test_{name}").mkdir()
            (folder / f"rtpy_test_{name}" / "__init__.py").write_text(HEAD + source)
            monkeypatch.delitem(sys.modules, f"rtpy_test_{name}", raising=False)
        install("rtpy-test", {name: f"rtpy_test_{name}" for name in sources}, folder)
        return tuple(sources)

    yield make
    for name in [name for name in sys.modules if name.startswith("rtpy_test_")]:
        del sys.modules[name]


def start(tmp_path, *plugins, **options):
    return App(Config.for_tests(tmp_path, plugins=list(plugins), **options), blobs=DatabaseStore())


ACTION = (
    "from rtpy.scrips.kinds import ActionKind\n"
    "@hookimpl\ndef rtpy_actions():\n    return {%r: ActionKind(None, 'test')}\n"
)
OPTION = (
    "from rtpy.config.options import Kind, Option\n"
    "@hookimpl\ndef rtpy_options():\n    return [Option(%r, Kind.NUMBER, 1, 'A number.')]\n"
)


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        (
            {"one": "@hookimpl\ndef rtpy_on_create(work):\n    pass\n"},
            "Plugin one implements a hook that rtpy does not",
        ),
        (
            {"one": "@hookimpl\ndef rtpy_web(config, other):\n    pass\n"},
            "Plugin one does not fit this version of rtpy",
        ),
        (
            {"one": "import no_such_module\n"},
            "Plugin one cannot be imported: No module named 'no_such_module'",
        ),
        ({"one": ACTION % "Notify"}, "rtpy.scrips.plugin and one both bring the action Notify"),
        ({"one": ACTION % "Page", "two": ACTION % "Page"}, "one and two both bring the action Page"),
        ({"one": OPTION % "web.port"}, "Plugin one brings the option web.port: it must be one.NAME"),
        ({"one": OPTION % "other"}, "Plugin one brings the option other: it must be one.NAME"),
    ],
)
def test_a_plugin_that_does_not_fit_stops_the_start(tmp_path, write, sources, sentence):
    with pytest.raises(Invalid) as refused:
        start(tmp_path, *write(**sources))
    assert str(refused.value).startswith(sentence)


def test_a_plugin_that_is_listed_but_not_installed_stops_the_start(tmp_path):
    with pytest.raises(Invalid, match="Plugin absent is listed but not installed"):
        start(tmp_path, "absent")


def test_a_plugin_that_is_listed_twice_stops_the_start(tmp_path, sample):
    with pytest.raises(Invalid, match="Plugin budget is listed twice"):
        start(tmp_path, "budget", "budget")


def test_a_plugin_cannot_have_the_name_of_a_section(tmp_path):
    with pytest.raises(BadConfig, match="mail cannot name a plugin"):
        start(tmp_path, "mail")


def test_two_plugins_problems_are_told_together(tmp_path, write):
    names = write(one=OPTION % "one.size", two=OPTION % "two.size")
    with pytest.raises(BadConfig) as bad:
        start(tmp_path, *names, one__size="big", two__size=-1)
    assert len(bad.value.problems) == 2


def test_an_installed_plugin_that_is_not_listed_does_nothing(tmp_path, sample):
    assert start(tmp_path).options == {}


def test_plugins_are_called_in_the_order_of_the_list(tmp_path, write):
    said = "@hookimpl\ndef rtpy_check_change(work, ticket, change):\n    work.append(%r)\n"
    write(one=said % "one", two=said % "two")
    for order in (["one", "two"], ["two", "one"]):
        calls = []
        manager = load_plugins(order, defaults=())
        manager.hook.rtpy_check_change(work=calls, ticket=None, change=None)
        assert calls == order


def test_pages_of_the_plugin_listed_first_come_first(tmp_path, write):
    for name in write(one="", two=""):
        (tmp_path / "modules" / f"rtpy_test_{name}" / "templates").mkdir()
    for order in (["one", "two"], ["two", "one"]):
        found = folders_of(load_plugins(order), "templates")
        assert [place.parent.name for place in found] == [f"rtpy_test_{name}" for name in order]


@pytest.mark.parametrize("hook", ["rtpy_transaction_recorded", "rtpy_batch_recorded"])
def test_an_exception_in_a_tell_hook_undoes_the_bundle_with_its_mails(app, work, make, db, hook):
    ticket = make.ticket()
    counts = [db.scalar(select(func.count()).select_from(model)) for model in (Transaction, OutgoingMail)]

    def fail(work, ticket):
        raise RuntimeError("the ledger is closed")

    app.plugins.register(SimpleNamespace(**{hook: hookimpl(fail)}))
    with pytest.raises(RuntimeError, match="the ledger is closed"):
        change_ticket(work, ticket, Comment(plain_message("one")), Correspond(plain_message("two")))
    after = [db.scalar(select(func.count()).select_from(model)) for model in (Transaction, OutgoingMail)]
    assert after == counts


def test_plugin_list_tells_what_is_loaded_installed_and_missing(tmp_path, sample, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    told = CliRunner().invoke(rtpy, ["plugin", "list", "--home", str(tmp_path)]).output
    assert "installed, not listed in rtpy.toml" in told
    (tmp_path / "rtpy.toml").write_text("plugins = ['absent', 'budget']\n")
    told = CliRunner().invoke(rtpy, ["plugin", "list", "--home", str(tmp_path)]).output
    assert [line.split()[1] for line in told.splitlines() if "│" in line][:2] == ["absent", "budget"]
    assert "listed in rtpy.toml, but not installed" in told
    assert "loaded" in told


def test_plugin_list_says_why_a_plugin_cannot_be_loaded(tmp_path, write, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("RTPY_PLUGINS", "one")
    write(one="@hookimpl\ndef rtpy_on_create(work):\n    pass\n")
    told = CliRunner().invoke(rtpy, ["plugin", "list", "--home", str(tmp_path)]).output
    assert "Plugin one implements a hook that rtpy does not have" in told


def test_help_is_shown_though_a_plugin_is_missing(monkeypatch):
    monkeypatch.setenv("RTPY_PLUGINS", "absent")
    told = CliRunner().invoke(rtpy, ["--help"]).output
    assert "Plugin absent is listed but not" in told
    assert "Bring the database up to date." in told


def test_a_plugin_cannot_take_the_name_of_a_command(monkeypatch, write):
    write(
        one="import click\n@hookimpl\ndef rtpy_commands(cli):\n"
        "    cli.add_command(click.Command('up', callback=lambda: None))\n"
    )
    monkeypatch.setenv("RTPY_PLUGINS", "one")
    told = CliRunner().invoke(rtpy, ["--help"]).output
    assert "A plugin brings the command up, which rtpy" in told


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (
            {"warn_on_impl": DeprecationWarning("use rtpy_panels")},
            "Plugin one implements rtpy_check_change: use",
        ),
        (
            {"warn_on_impl_args": {"ticket": DeprecationWarning("ask the change")}},
            "Plugin one takes ticket in rtpy_check_change: ask the change",
        ),
    ],
)
def test_a_deprecated_hook_is_told_to_the_log_with_who_implements_it(
    write, monkeypatch, caplog, terms, sentence
):
    write(one="@hookimpl\ndef rtpy_check_change(work, ticket):\n    pass\n", two="")
    for name, value in terms.items():
        monkeypatch.setitem(hookspecs.rtpy_check_change.rtpy_spec, name, value)
    load_plugins(["one", "two"], defaults=())
    assert [record.getMessage().startswith(sentence) for record in caplog.records] == [True]
