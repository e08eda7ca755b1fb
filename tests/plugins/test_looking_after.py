"""`rtpy plugin`: the list, safe mode, the doctor, and what is left when a plugin goes."""

import os
import sqlite3
import sys

import pytest
from click.testing import CliRunner

from rtpy.cli.main import rtpy
from rtpy.cli.up import _as_environment
from rtpy.config import Config, load_config
from rtpy.db.base import Base

PROJECT = """\
[project]
name = "rtpy-{name}"
version = "1.2"
dependencies = [{requires}]

[project.entry-points."rtpy.plugins"]
{name} = "rtpy_{name}.plugin"
"""
MODEL = """\
from sqlalchemy.orm import Mapped

from rtpy.db.base import Base, id_


class {name}(Base):
    __tablename__ = "{table}"

    id: Mapped[id_]
"""
MIGRATION = """\
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("stock_items", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))


def downgrade():
    op.drop_table("stock_items")
"""

pytestmark = pytest.mark.databases("sqlite")  # the commands open the database of the home


@pytest.fixture
def home(new_database, tmp_path, monkeypatch):
    """A home with a database that has no plugin's tables; safe mode of one command does not reach the next."""
    monkeypatch.setenv("RTPY_NO_PLUGINS", "")
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "rtpy.toml").touch()
    monkeypatch.setenv("RTPY_CONFIG", str(tmp_path / "rtpy.toml"))
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", list(sys.path))
    with new_database(folder):
        yield folder
    for name in {"stock_items", "shelves_stock"} & Base.metadata.tables.keys():
        Base.metadata.remove(Base.metadata.tables[name])
    for name in [name for name in sys.modules if name.startswith("rtpy_stock")]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def listed_plugins():
    """Without the sample's tables."""
    return ()


@pytest.fixture
def drop(home):
    """Drops a package into plugins/ of the home: `drop("stock", plugin="...source...", table=True)`."""

    def make(name, plugin="", *, table=False, requires="", **files):
        package = home / "plugins" / name
        module = package / f"rtpy_{name}"
        module.mkdir(parents=True)
        (package / "pyproject.toml").write_text(PROJECT.format(name=name, requires=requires))
        (module / "plugin.py").write_text(plugin)
        for file, text in files.items():
            (module / f"{file}.py").write_text(text)
        if table:
            versions = module / "migrations" / "versions"
            versions.mkdir(parents=True)
            (versions / "0001.py").write_text(MIGRATION)
        return module

    return make


@pytest.fixture
def run(home):
    """Runs `rtpy WORDS` for the home; returns its exit code and what it said."""

    def call(*words, typed=None):
        done = CliRunner().invoke(rtpy, [*words, "--home", str(home)], input=typed)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done.exit_code, done.output

    return call


def listed(home):
    return load_config(environ={"RTPY_HOME": str(home), "RTPY_CONFIG": os.environ["RTPY_CONFIG"]}).plugins


def execute(home, statement):
    with sqlite3.connect(home / "rtpy.db") as db:
        db.execute(statement)
    db.close()


def tables(home):
    with sqlite3.connect(home / "rtpy.db") as db:
        found = {
            row[0]
            for row in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%stock%'"
            )
        }
    db.close()
    return found


def test_a_plugin_comes_and_goes_and_its_data_stay_until_they_are_dropped(home, drop, run):
    models = MODEL.format(name="Item", table="stock_items")
    drop("stock", "import rtpy_stock.models\n", table=True, models=models)
    (home / "rtpy.toml").write_text("# ours\nplugins = []\n\n[web]\nport = 81\n")
    assert run("plugin", "list")[1].count("installed, not listed") >= 1
    code, told = run("plugin", "enable", "stock")
    assert (code, listed(home)) == (0, ("stock",))
    assert "Now run rtpy migrate, then restart" in told
    assert (home / "rtpy.toml").read_text() == '# ours\nplugins = ["stock"]\n\n[web]\nport = 81\n'
    assert "already" in run("plugin", "enable", "stock")[1]
    code, told = run("plugin", "doctor")
    assert (code, "bad   tables: They are of another version; run: rtpy migrate" in told) == (1, True)
    run("migrate")
    code, told = run("plugin", "doctor")
    assert (code, "tables: They are at revision 0001" in told, "bad" in told) == (0, True, False)
    assert tables(home) == {"stock_items", "alembic_version_stock"}
    execute(home, "DROP TABLE stock_items")
    assert "bad   tables: Models and tables differ: add table stock_items." in run("plugin", "doctor")[1]
    execute(home, "CREATE TABLE stock_items (id INTEGER NOT NULL PRIMARY KEY, old INTEGER)")
    assert "Models and tables differ: remove column stock_items old." in run("plugin", "doctor")[1]
    assert run("plugin", "disable", "stock")[0] == 0
    assert (listed(home), tables(home)) == ((), {"stock_items", "alembic_version_stock"})
    assert "in order" in run("check")[1]
    run("plugin", "enable", "stock")
    code, told = run("plugin", "remove", "stock", "--drop-data", typed="n\n")
    assert (code, "stock_items: 0 rows" in told, listed(home)) == (1, True, ("stock",))
    assert run("plugin", "remove", "stock", "--drop-data", "--yes")[0] == 0
    assert (listed(home), tables(home)) == ((), set())
    assert "has no tables here" in run("plugin", "remove", "stock", "--drop-data", "--yes")[1]


@pytest.mark.parametrize(
    ("package", "sentence"),
    [
        ({"plugin": "import no_such_module"}, "cannot be imported: No module named 'no_such_module'"),
        ({"plugin": "1 / 0"}, "Plugin stock cannot be imported: ZeroDivisionError: division by zero"),
        ({"requires": '"rtpy>=7"'}, "Plugin stock needs rtpy>=7, and this is rtpy"),
        (
            {"plugin": "from rtpy import hookimpl\n@hookimpl\ndef rtpy_web(x):\n    pass\n"},
            "Plugin stock does not fit this version of rtpy",
        ),
    ],
)
def test_a_plugin_that_does_not_fit_is_not_put_on_the_list(home, drop, run, package, sentence):
    drop("stock", **package)
    code, told = run("plugin", "enable", "stock")
    assert (code, sentence in told, listed(home)) == (1, True, ())
    code, told = run("plugin", "doctor", "stock")
    assert (code, sentence in told) == (1, True)


def test_the_list_of_the_environment_is_not_changed(home, drop, run, monkeypatch):
    drop("stock")
    monkeypatch.setenv("RTPY_PLUGINS", "stock")
    code, told = run("plugin", "disable", "stock")
    assert (code, "RTPY_PLUGINS wins over rtpy.toml" in told) == (1, True)


@pytest.mark.parametrize("words", [("--no-plugins", "check"), ("check", "--no-plugins")])
def test_safe_mode_starts_without_a_plugin_that_is_at_fault(home, drop, run, words):
    drop("stock", plugin="1 / 0")
    (home / "rtpy.toml").write_text('plugins = ["stock"]\n[stock]\nshelves = 3\n')
    assert CliRunner().invoke(rtpy, ["check", "--home", str(home)]).exception
    code, told = run(*words)
    assert (code, "safe mode: not loaded are stock" in told) == (0, True)


def test_the_doctor_finds_what_is_out_of_order(home, drop, run):
    module = drop(
        "stock",
        "import rtpy_stock.models\n",
        table=True,
        requires='"no-such-package>=2", "pluggy<1", "rtpy>=0.1"',
        models=MODEL.format(name="Shelf", table="shelves_stock"),
        private="def see():\n    from rtpy.search.simple import _words\n    from rtpy.search import simple\n",
    )
    (module / "templates" / "shelf").mkdir(parents=True)
    code, told = run("plugin", "doctor", "stock")
    assert code == 1
    for sentence in (
        "bad   requirements: It needs no-such-package>=2, which is not installed.",
        "bad   requirements: It needs pluggy<1, and ",
        "bad   imports: It imports rtpy.search.simple._words, which is private (private.py, line 2).",
        "note  imports: It imports rtpy.search.simple, which may change at any time (private.py, line 3).",
        "bad   templates: There is a folder templates, and no templates/stock in it.",
        "bad   tables: Its table shelves_stock must begin with stock_.",
        "note  tables: They are made by rtpy migrate, once it is on the list.",
    ):
        assert sentence in told, told
    assert "It is not installed" in run("plugin", "doctor", "absent")[1]


def test_hooks_are_listed_with_who_implements_them_in_order(home, drop, run):
    drop("stock", "from rtpy import hookimpl\n@hookimpl\ndef rtpy_chores():\n    return []\n")
    run("plugin", "enable", "stock")
    code, told = run("plugin", "hooks")
    line = next(line for line in told.splitlines() if line.startswith("rtpy_chores: "))
    assert (code, line.endswith(", stock")) == (0, True)
    assert "rtpy_check_change: –" in told


def test_a_package_with_a_setup_cfg_is_found_too(home, drop, run):
    module = drop("stock")
    (module.parent / "pyproject.toml").unlink()
    (module.parent / "setup.cfg").write_text(
        "[metadata]\nname = rtpy-stock\nversion = 3.1\n\n"
        "[options.entry_points]\nrtpy.plugins =\n    stock = rtpy_stock.plugin\n"
    )
    line = next(line for line in run("plugin", "list")[1].splitlines() if " stock " in line)
    assert "3.1" in line


@pytest.mark.parametrize("safe", [True, False])
def test_up_hands_safe_mode_on_to_its_processes(tmp_path, safe):
    config = Config.for_tests(tmp_path, plugins=["stock"], no_plugins=safe)
    assert ("RTPY_NO_PLUGINS" in _as_environment(config, None)) is safe
