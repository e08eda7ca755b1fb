"""A browser for tests: WebTest over the whole WSGI application, in the test's own transaction."""

import pytest
from webtest import TestApp

from rtpy.http.transactions import guard_sessions
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.wsgi import make_wsgi


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory):
    """Where templates are kept compiled for all tests of this process."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture
def wsgi(app, compiled_templates):
    """The WSGI application over the app under test, with the guard on."""
    made = make_wsgi(app, **{"rtpy.template_cache": compiled_templates})
    guard_sessions(made.registry)
    return made


@pytest.fixture
def browser(wsgi):
    """A browser that nobody is logged in with."""
    return TestApp(wsgi, extra_environ={"REMOTE_ADDR": "127.0.0.1"})


@pytest.fixture
def another(wsgi):
    """Makes further browsers: `another()`, from another address `another("192.0.2.1")`."""
    return lambda peer="127.0.0.1": TestApp(wsgi, extra_environ={"REMOTE_ADDR": peer})


@pytest.fixture
def login():
    """Logs a browser in as people do: `login(browser, "ann", "secret")`; without a name as root."""

    def log_in(browser, name="root", password=ROOT_PASSWORD):
        form = browser.get("/login").form
        form["username"], form["password"] = name, password
        answer = form.submit()
        assert answer.status_int == 303, answer.text
        return browser

    return log_in


@pytest.fixture
def root(browser, login):
    """A browser with root logged in."""
    return login(browser)
