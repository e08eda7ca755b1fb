"""The sample plugin, visible as if pip had installed it, and an app that lists it."""

import tomllib
from pathlib import Path

import pytest
from webtest import TestApp

from rtpy.config import Config
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.wsgi import make_wsgi

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Shows a distribution to Python by what pip would write about it: `install("name", group, folder)`."""

    def show(name, plugins, folder):
        site = tmp_path / "site"
        about = site / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        entries = [f"{plugin} = {module}" for plugin, module in plugins.items()]
        (about / "entry_points.txt").write_text("\n".join(["[rtpy.plugins]", *entries, ""]))
        for place in (folder, site):
            monkeypatch.syspath_prepend(str(place))
        return site

    return show


@pytest.fixture
def sample(install):
    """The sample, installed as its pyproject.toml says; the folders to put on another process's path."""
    project = tomllib.loads((SAMPLE / "pyproject.toml").read_text())["project"]
    return install(project["name"], project["entry-points"]["rtpy.plugins"], SAMPLE), SAMPLE


@pytest.fixture(scope="session")
def listed_plugins():
    """The database has the sample's table."""
    return ("budget",)


@pytest.fixture
def database_engine(sample, databases, database_kind, listed_plugins):
    """A database with the sample's table: the sample must be there first."""
    return databases.engine(database_kind, listed_plugins)


@pytest.fixture
def config(tmp_path, sample, database_engine):
    """A site that lists the sample, with a small budget."""
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, plugins=["budget"], budget__minutes=30)


@pytest.fixture
def browser(app, compiled_templates):
    """A browser with nobody logged in."""
    wsgi = make_wsgi(app, **{"rtpy.template_cache": compiled_templates})
    return TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": "127.0.0.1"})


@pytest.fixture
def login(browser):
    """Logs in: `login("jo", "secret")`; without a name as root."""

    def log_in(name="root", password=ROOT_PASSWORD):
        form = browser.get("/login").form
        form["username"], form["password"] = name, password
        form.submit(status=303)
        return browser

    return log_in
