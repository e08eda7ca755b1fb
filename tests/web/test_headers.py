"""The headers of every answer, and the names the site answers to."""

import pytest
from pyramid.request import Request
from webtest import TestApp

from rtpy.config.config import Config
from rtpy.http.tweens import known_hosts

PAGES = [
    "/login",
    "/health",
    "/nothing-here",
    "/sessions",
    "/logout",
    "/static/icons/favicon.svg",
    "/metrics",
]


@pytest.mark.parametrize("path", PAGES)
def test_a48_no_page_may_be_framed_or_run_foreign_code(browser, path):
    headers = browser.get(path, expect_errors=True).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a48_no_other_site_may_read_answers(browser):
    answer = browser.get("/login", headers={"Origin": "https://evil.example"})
    preflight = browser.options("/login", headers={"Origin": "https://evil.example"}, expect_errors=True)
    for headers in (answer.headers, preflight.headers):
        assert [name for name in headers if name.lower().startswith("access-control")] == []


def test_pages_are_not_kept_and_static_files_are(root):
    assert root.get("/sessions").headers["Cache-Control"] == "no-store"
    assert root.get("/login").headers["Cache-Control"] == "no-store"
    url = root.get("/sessions").html.find("link", rel="stylesheet")["href"]
    assert "immutable" in root.get(url).headers["Cache-Control"]


def test_a_page_has_a_number_of_its_own(browser):
    assert browser.get("/health").headers["X-Request-Id"] != browser.get("/health").headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1:8080", 200),
        ("192.168.1.7", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("evil.example:80", 421),
        ("localhost@evil.example", 421),
        ("", 421),
    ],
)
def test_only_known_host_names_are_answered(browser, host, status):
    assert browser.get("/health", headers={"Host": host}, expect_errors=True).status_int == status


def test_base_url_and_configured_names_are_known(tmp_path):
    config = Config.for_tests(
        tmp_path, web__base_url="https://help.example.com/rt", web__hosts=["rt.internal"]
    )
    assert {"help.example.com", "rt.internal", "localhost"} <= known_hosts(config)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=" + "a" * 300, b"x"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="x"\r\n'
            b"Content-Type: text/plain; charset=klingon\r\n\r\nq\r\n--a--\r\n",
        ),
        ("application/x-www-form-urlencoded; charset=latin1", b"a=1"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(wsgi, kind, body):
    request = Request.blank("/login", method="POST", body=body, content_type=kind)
    assert request.get_response(wsgi).status_int == 400


def test_a_body_without_end_is_refused(wsgi, app):
    request = Request.blank("/login", method="POST", host="localhost")
    request.content_length = 3 * app.config.mail.max_size
    assert request.get_response(wsgi).status_int == 413


class TestOverHttps:
    """A site whose base_url is https."""

    @pytest.fixture
    def config(self, tmp_path, database_engine):
        url = database_engine.url.render_as_string(hide_password=False)
        return Config.for_tests(tmp_path, database__url=url, web__base_url="https://localhost")

    def test_cookies_go_over_https_only_and_browsers_remember(self, wsgi):
        browser = TestApp(
            wsgi, lint=False, extra_environ={"wsgi.url_scheme": "https", "HTTP_HOST": "localhost"}
        )
        answer = browser.get("/login")
        assert "secure" in answer.headers["Set-Cookie"].lower()
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
