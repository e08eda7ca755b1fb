"""One transaction for each request: what is kept, what is undone, what is repeated."""

import re
from datetime import timedelta

import pytest
import transaction
from pyramid.request import Request
from pyramid_retry import mark_error_retryable
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError, OperationalError
from webtest import TestApp

from rtpy.db.base import Base
from rtpy.identity.sessions import start_session
from rtpy.migrations.lines import core_tables
from rtpy.models import Configuration, User
from rtpy.testing.people import Factory
from rtpy.web.routes import ADDRESSES
from rtpy.wsgi import make_wsgi


@pytest.fixture
def site(extra, browser):
    """A browser on a site with views that write."""
    return browser


def stored(db):
    db.expire_all()
    return sorted(
        db.scalars(select(Configuration.name).where(Configuration.name.in_(["a", "b", "c", "x", "y"])))
    )


def test_a_bulk_statement_is_committed(site, db):
    site.post("/extra/write")
    assert stored(db) == ["x"]


def test_an_answer_that_is_returned_is_committed(site, db):
    assert site.post("/extra/redirect_after").status_int == 303
    assert stored(db) == ["x"]


def test_an_error_that_is_raised_undoes_its_request_only(site, db):
    site.post("/extra/write?name=a")
    assert site.post("/extra/raise_after?name=b", status=400)
    site.post("/extra/write?name=c")
    assert stored(db) == ["a", "c"]


def test_a_request_that_meets_another_is_repeated(site, extra, db):
    assert site.post("/extra/conflict?good=3").text == "3"
    assert (extra.tries, stored(db)) == ([0, 1, 2], ["x"])


def test_after_three_attempts_it_is_an_error(site, extra, db):
    assert "Something went wrong" in site.post("/extra/conflict?good=4", status=500).text
    assert (extra.tries, stored(db)) == ([0, 1, 2], [])


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a32_the_database_refuses_a_write_in_a_reading_request(committed_app, extra_of, method):
    extra_of(committed_app)
    browser = TestApp(make_wsgi(committed_app))
    assert getattr(browser, method)("/extra/write", expect_errors=True).status_int == 500
    with committed_app.reading_sessions() as db:
        assert stored(db) == []


def test_a32_reading_sessions_read_only(committed_app):
    _, reading = make_wsgi(committed_app).registry["rtpy.sessions"]
    transaction.manager.explicit = True
    transaction.manager.begin()
    try:
        with pytest.raises(DatabaseError):
            reading().connection().execute(Configuration.__table__.delete())
    finally:
        transaction.manager.abort()


def test_a_health_check_opens_no_session(site, query_count):
    with query_count() as count:
        site.get("/health")
        site.get("/static/icons/favicon.svg")
    assert count.statements == []


def test_the_page_of_the_login_asks_nothing_that_it_knows(site, query_count):
    site.get("/login")
    with query_count() as count:
        site.get("/login")
    assert count.statements == []


def test_a_file_is_whole_in_the_next_attempt(site, extra):
    site.post("/extra/upload", upload_files=[("file", "a.bin", b"x" * 50_000)])
    assert extra.tries == [50_000, 50_000]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=\xfc", b"x"),
        ("application/x-www-form-urlencoded; charset=bogus", b"a=b"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ],
)
def test_a_form_that_cannot_be_read_is_no_error_of_ours(site, content_type, body):
    environ = {"CONTENT_TYPE": content_type}
    request = Request.blank("/extra/write", method="POST", body=body, environ=environ, host="localhost")
    assert request.get_response(site.app).status_int in (200, 400)


def test_a_session_that_cannot_be_kept_does_not_repeat_the_request(site, login, clock, extra, monkeypatch):
    login(site)
    clock.advance(timedelta(minutes=5))

    def fail(_request):
        error = OperationalError("UPDATE", {}, Exception("database is locked"))
        mark_error_retryable(error)
        raise error

    monkeypatch.setattr("rtpy.http.tweens.keep_session", fail)
    assert site.get("/sessions").status_int == 200
    assert site.post("/extra/conflict?good=1").text == "1"


@pytest.mark.slow
def test_a32_opening_every_page_changes_nothing(committed_app):
    with committed_app.work() as work:
        make = Factory(committed_app, work.db)
        ticket = make.ticket().id
        token = start_session(
            work.db, work.db.scalar(select(User.id).where(User.name == "root")), now=work.now, days=14
        )
    browser = TestApp(make_wsgi(committed_app), lint=False)
    numbers = {"id": ticket, "filename": "x", "cid": "x", "page": "Display"}
    before = everything(committed_app)
    for address in ADDRESSES:
        path = re.sub(
            r"{(\w+)[^}]*(?:{[^}]*}\))?[^}]*}+", lambda name: str(numbers.get(name[1], 1)), address.path
        )
        for method in ("GET", "HEAD", "OPTIONS"):
            headers = {"Cookie": f"rtpy_session={token}"}
            answer = browser.request(path, method=method, headers=headers, expect_errors=True)
            assert answer.status_int < 500, (method, path)
    assert everything(committed_app) == before


def everything(app):
    """All rows of all tables."""
    with app.engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name in core_tables()]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}
