"""Programs for tests: they call REST 1.0 through the whole WSGI application, in the test's own transaction.

answer = root("ticket/1/show")                         # GET
answer = root("ticket/new", {"content": "id: …"})      # POST, as python-rt does it
answer.status, answer.lines, answer.text               # "200 Ok", what follows the empty line
"""

import base64
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from rtpy.models import User
from tests.rest.tokens import authorization_of
from tests.web.conftest import browser, enter, make_browser, wsgi  # noqa: F401

BASE = "/REST/1.0/"
HEAD = "RT/6.0.0 "


@dataclass
class Answer:
    """What came back; `raw` are all bytes."""

    raw: bytes
    headers: Any

    @property
    def whole(self):
        """All of it as text."""
        return self.raw.decode()

    @property
    def status(self):
        """RT's status from the first line; empty for an empty body."""
        return self.whole.split("\n", 1)[0].removeprefix(HEAD)

    @property
    def text(self):
        """What stands behind the empty line."""
        return self.whole.partition("\n\n")[2]

    @property
    def lines(self):
        """Its lines, without the empty ones at the end."""
        return self.text.rstrip("\n").split("\n")


@dataclass
class Program:
    """A program that calls in somebody's name."""

    wsgi: Any
    authorization: str = ""
    peer: str = "127.0.0.1"

    def __call__(self, path, form=None, *, files=(), headers=None, method=None):
        """GET, or POST with `form`; `files` are (field, name, bytes)."""
        sent = {**({"Authorization": self.authorization} if self.authorization else {}), **(headers or {})}
        client = make_browser(self.wsgi, self.peer)
        url = path if path.startswith("/") else BASE + path
        if form is None and not files:
            got = client.request(url, method=method or "GET", headers=sent, expect_errors=True)
        else:
            got = client.post(
                url, form or {}, headers=sent, upload_files=list(files) or None, expect_errors=True
            )
        assert got.status_int == 200, (path, got.status_int, got.body[:500])
        return Answer(got.body, got.headers)


@pytest.fixture
def api_of(app, db, wsgi):  # noqa: F811
    """Makes a program with a token of a user; with `level`, `queues` the token reaches less far."""

    def make(user, **reach):
        return Program(wsgi, authorization_of(app, db, user, **reach))

    return make


@pytest.fixture
def stranger(wsgi):  # noqa: F811
    """Nobody is logged in."""
    return Program(wsgi)


@pytest.fixture
def root(api_of, db):
    """A program of root's."""
    return api_of(db.scalar(select(User).where(User.name == "root")))


@pytest.fixture
def jo(api_of, make):
    """A program of Jo's, who is staff with a fresh installation's rights on General."""
    return api_of(make.staff("jo", real_name="Jo Bloggs"))


@pytest.fixture
def customer(api_of, make):
    """A program of Ann's, a customer."""
    return api_of(make.customer("ann@client.example", "Ann Miller"))


def basic(name, password):
    """The header for a name and a password."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
