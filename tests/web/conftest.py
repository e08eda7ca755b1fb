"""A browser for tests: WebTest over the whole WSGI application, in the test's own transaction."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from rtpy.config.options import Database
from rtpy.http.transactions import guard_sessions, join_sessions
from rtpy.identity.sessions import start_session
from rtpy.models import User
from rtpy.testing.fixtures import ROOT_PASSWORD, compiled_templates
from rtpy.wsgi import make_wsgi
from tests.web.extra_views import ExtraViews
from tests.web.quick_forms import Browser

__all__ = ["compiled_templates"]


@pytest.fixture
def extra(app):
    """Views that only tests have; ask for it before `browser`."""
    views = ExtraViews()
    app.plugins.register(views)
    return views


@pytest.fixture
def wsgi(app, compiled_templates):
    """The WSGI application over the app under test, with the guard on."""
    made = _kept.of(app, compiled_templates)
    guard_sessions(made.registry)
    return made


class KeptWsgi:
    """Serves one app after the other by the same WSGI application while they differ in home and database only.

    To put one together takes longer than most tests.
    """

    def __init__(self):
        self._fits = self._made = None

    def of(self, app, compiled_templates):
        fits = (replace(app.config, home=Path(), database=Database()), app.plugins.get_plugins())
        if fits == self._fits:
            join_sessions(self._made.registry, app)
        else:
            self._fits = None  # nothing fits while it is not made
            self._made = make_wsgi(app, **{"rtpy.template_cache": compiled_templates})
            self._fits = fits
        return self._made


_kept = KeptWsgi()


@pytest.fixture
def browser(wsgi):
    """A browser that nobody is logged in with."""
    return make_browser(wsgi, "127.0.0.1")


def make_browser(wsgi, peer):
    # WebTest's checker hides that a body can be read twice, so that WebOb copies it into files nobody closes.
    return Browser(wsgi, lint=False, extra_environ={"REMOTE_ADDR": peer})


@pytest.fixture
def another(wsgi):
    """Makes further browsers: `another()`, from another address `another("192.0.2.1")`."""
    return lambda peer="127.0.0.1": make_browser(wsgi, peer)


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
def enter(app, db):
    """Gives a browser a good session without the form, which is slow by intent: `enter(browser, user)`."""

    def with_session(browser, user):
        days = app.config.web.session_days
        browser.set_cookie("rtpy_session", start_session(db, user.id, now=app.clock.now(), days=days))
        return browser

    return with_session


@pytest.fixture
def jo(another, make, enter):
    """A browser with Jo logged in, who is staff with a fresh installation's rights on General."""
    return enter(another(), make.staff("jo", real_name="Jo Bloggs"))


@pytest.fixture
def customer(another, make, enter):
    """A browser with Ann logged in, a customer."""
    return enter(another(), make.customer("ann@client.example", "Ann Miller"))


@pytest.fixture
def token():
    """The token of a browser's session, as its forms carry it."""
    return lambda browser: re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sessions").text)[1]


@pytest.fixture
def root(browser, db, enter):
    """A browser with root logged in."""
    return enter(browser, db.scalar(select(User).where(User.name == "root")))


@pytest.fixture
def extra_of():
    """Puts the extra views into another app: `extra_of(committed_app)`."""
    return lambda app: app.plugins.register(ExtraViews())
