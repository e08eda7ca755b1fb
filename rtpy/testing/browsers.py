"""Browsers for tests: WebTest over the whole WSGI application, in the test's own transaction.

A conftest takes the fixtures that it wants by importing them.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.config.options import Database
from rtpy.http.transactions import guard_sessions, join_sessions
from rtpy.identity.sessions import start_session
from rtpy.models import User
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.testing.quick_forms import Browser
from rtpy.wsgi import make_wsgi


@pytest.fixture
def wsgi(app: App, compiled_templates: Path) -> Any:
    """The WSGI application over the app under test, with the guard on."""
    made = _kept.of(app, compiled_templates)
    guard_sessions(made.registry)
    return made


class KeptWsgi:
    """Serves one app after the other by the same WSGI application while they differ in home and database only.

    To put one together takes longer than most tests.
    """

    def __init__(self) -> None:
        self._fits: Any = None
        self._made: Any = None

    def of(self, app: App, compiled_templates: Path) -> Any:
        """The application, over this app now."""
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
def browser(wsgi: Any) -> Browser:
    """A browser that nobody is logged in with."""
    return make_browser(wsgi, "127.0.0.1")


def make_browser(wsgi: Any, peer: str) -> Browser:
    """A browser at that network address."""
    # WebTest's checker hides that a body can be read twice, so that WebOb copies it into files nobody closes.
    return Browser(wsgi, lint=False, extra_environ={"REMOTE_ADDR": peer})


@pytest.fixture
def another(wsgi: Any) -> Callable[..., Browser]:
    """Makes further browsers: `another()`, from another address `another("192.0.2.1")`."""
    return lambda peer="127.0.0.1": make_browser(wsgi, peer)


@pytest.fixture
def login() -> Callable[..., Browser]:
    """Logs a browser in as people do: `login(browser, "ann", "secret")`; without a name as root."""

    def log_in(browser: Browser, name: str = "root", password: str = ROOT_PASSWORD) -> Browser:
        form = browser.get("/login").form
        form["username"], form["password"] = name, password
        answer = form.submit()
        assert answer.status_int == 303, answer.text
        return browser

    return log_in


@pytest.fixture
def enter(app: App, db: Session) -> Callable[[Browser, User], Browser]:
    """Gives a browser a good session without the form, which is slow by intent: `enter(browser, user)`."""

    def with_session(browser: Browser, user: User) -> Browser:
        days = app.config.web.session_days
        browser.set_cookie("rtpy_session", start_session(db, user.id, now=app.clock.now(), days=days))
        return browser

    return with_session


@pytest.fixture
def token() -> Callable[[Browser], Any]:
    """The token of a browser's session, as its forms carry it."""
    return lambda browser: re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/sessions").text)[0]


@pytest.fixture
def root(browser: Browser, db: Session, enter: Callable[[Browser, User], Browser]) -> Browser:
    """A browser with root logged in."""
    return enter(browser, db.scalars(select(User).where(User.name == "root")).one())
