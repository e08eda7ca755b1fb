"""Programs for tests: they call REST 2.0 through the whole WSGI application, in the test's own transaction.

`root`, `jo` (staff with a fresh installation's rights on General) and `customer` (Ann, without privileges) are programs
with a token; `api_of(user)` makes further ones, `stranger` has none. Each is called with a method and a path behind
`/REST/2.0/`:

    answer = root("GET", "ticket/1")
    answer.status, answer.json, answer.message, answer.headers
    jo("PUT", "ticket/1", {"Subject": "x"}, headers={"If-Match": '"7"'})
    root("POST", "tickets", form={"query": "id = 1"})
    root("POST", "ticket", document={"Queue": 1}, files=[("a.txt", "text/plain", b"ok")])

`check_cases(programs, cases)` goes through a table of them.
"""

import dataclasses
import json as json_
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, text

from rtpy.models import User
from tests.domain.customfields.conftest import field  # noqa: F401
from tests.rest.tokens import authorization_of
from tests.web.conftest import browser, make_browser, wsgi  # noqa: F401

BASE = "/REST/2.0/"
NUMBERED = (
    "queues", "tickets", "custom_fields", "custom_field_values", "custom_field_contents", "catalogs", "assets",
    "classes", "articles", "organizations", "organization_sites",
)  # fmt: skip


@dataclasses.dataclass
class Answer:
    """What came back: `json` is None when the body is none."""

    status: int
    headers: Any
    data: bytes
    json: Any = None

    @property
    def message(self):
        """The sentence of an error, or the sentences of an update."""
        return self.json.get("message") if isinstance(self.json, dict) else self.json


@dataclasses.dataclass
class Program:
    """A program that calls in somebody's name."""

    wsgi: Any
    authorization: str = ""
    peer: str = "127.0.0.1"
    headers: dict = dataclasses.field(default_factory=dict)

    def __call__(
        self,
        method,
        path,
        body=None,
        *,
        data=None,
        type=None,
        form=None,
        document=None,
        files=(),
        headers=None,
    ):
        """`body` is sent as JSON, `data` as these bytes of that `type`, `form` as a form, `document` and `files` as
        multipart/form-data in python-rt's way."""
        sent = {**self.headers, **(headers or {})}
        if self.authorization:
            sent.setdefault("Authorization", self.authorization)
        if body is not None:
            data, type = json_.dumps(body).encode(), type or "application/json"
        elif form is not None:
            data, type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        elif document is not None:
            data, type = multipart(document, files)
        if type:
            sent["Content-Type"] = type
        url = path if path.startswith("/") else BASE + path
        client = make_browser(self.wsgi, self.peer)
        got = client.request(url, method=method, body=data or b"", headers=sent, expect_errors=True)
        is_json = got.body and got.headers.get("Content-Type", "").startswith("application/json")
        return Answer(got.status_int, got.headers, got.body, json_.loads(got.body) if is_json else None)


def multipart(document, files, boundary="a-line-between"):
    """A document as part JSON and files as parts Attachments: (name, type, bytes), or with a field name in front."""
    parts = []
    if document is not None:
        text = document if isinstance(document, str) else json_.dumps(document)
        parts.append(b'Content-Disposition: form-data; name="JSON"\r\n\r\n' + text.encode())
    for each in files:
        name, filename, kind, data = each if len(each) == 4 else ("Attachments", *each)
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}'
        parts.append(head.encode() + b"\r\n\r\n" + data)
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    return body, f"multipart/form-data; boundary={boundary}"


def check_cases(programs, cases):
    """Go through a table: each case is (who, method, path, body, status, expected) and fails with its number.

    `programs` maps names to programs. `body` is JSON, or a dictionary of keyword arguments behind the key `**`.
    `expected`: a text is the message; a dictionary is a part of the JSON answer; a list the whole; a pattern of `re`
    must be found in the body; anything callable is asked with the answer; None: not looked at.
    """
    wrong = []
    for number, (who, method, path, body, status, expected) in enumerate(cases):
        keywords = body["**"] if isinstance(body, dict) and "**" in body else {"body": body}
        answer = programs[who](method, path, **keywords)
        where = f"{number}: {who} {method} {path} {body!r}: {answer.status} {answer.data[:600]!r}"
        if answer.status != status:
            wrong.append(f"{where}\n    wanted {status}")
        elif not fits(answer, expected):
            wrong.append(f"{where}\n    wanted {expected!r}")
    assert not wrong, "\n".join(wrong)


def fits(answer, expected):
    """Is that the answer? See `check_cases`."""
    match expected:
        case None:
            return True
        case str():
            return answer.message == expected
        case dict():
            return contains(answer.json, expected)
        case list():
            return answer.json == expected
        case re.Pattern():
            return expected.search(answer.data.decode()) is not None
    return expected(answer)


def contains(whole, part):
    """Is everything of `part` in `whole`, dictionaries within dictionaries too?"""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and contains(whole[name], value) for name, value in part.items())
    return whole == part


@pytest.fixture
def api_of(wsgi, app, db):  # noqa: F811
    """Makes a program with a token of a user: `api_of(user)`; with `level`, `queues` the token reaches less far."""

    def make(user, **reach):
        return Program(wsgi, authorization_of(app, db, user, **reach))

    return make


@pytest.fixture
def root(api_of, db):
    """A program of root's."""
    return api_of(db.scalar(select(User).where(User.name == "root")))


@pytest.fixture
def jo(api_of, make):
    """A program of Jo's, who is staff."""
    return api_of(make.staff("jo", real_name="Jo Bloggs"))


@pytest.fixture
def customer(api_of, make):
    """A program of Ann's, a customer."""
    return api_of(make.customer("ann@client.example", "Ann Miller"))


@pytest.fixture
def stranger(wsgi):  # noqa: F811
    """A program without any login."""
    return Program(wsgi)


@pytest.fixture
def fresh_numbers(connection):
    """Whatever is made in the test gets the numbers 1, 2, …: PostgreSQL goes on counting where others were undone."""
    if connection.dialect.name == "postgresql":
        for table in NUMBERED:
            highest = f"SELECT coalesce(max(id), 0) + 1 FROM {table}"
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), ({highest}), false)")
            )
