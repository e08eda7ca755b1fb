"""A33 to A39 against the whole site: logins that must end, that cannot be planted, guessed, led away or forged."""

import re
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urljoin, urlsplit

import pytest
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import func, inspect, select, text
from webtest import TestApp

from rtpy.config.config import Config
from rtpy.hookspecs import hookimpl
from rtpy.identity import passwords
from rtpy.identity.passwords import hash_password
from rtpy.models import Principal, RateCounter, Ticket, User, WebSession
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.wsgi import make_wsgi
from tests.attacks.routes import UNSAFE, all_routes, path_of

SECRET = "jo's password"


@pytest.fixture
def jo(another, make, login):
    """A browser with Jo logged in through the form, who is staff."""
    make.staff("jo", password=SECRET, real_name="Jo Bloggs")
    return login(another(), "jo", SECRET)


def is_out(browser):
    """Does the browser's very next request lead to the login?"""
    answer = browser.get("/", expect_errors=True)
    return answer.status_int == 303 and "/login" in answer.headers["Location"]


def deed(root, token, person, **fields):
    given = {"csrf_token": token(root), **fields}
    return root.post(f"/people/{person}/modify", given)


def id_of(db, name):
    return db.scalars(select(User.id).where(User.name == name)).one()


# --- A33 --------------------------------------------------------------------------------------------------------


def test_a33_who_is_switched_off_is_out_with_the_next_click(root, jo, another, login, token, db):
    second = login(another("192.0.2.4"), "jo", SECRET)
    deed(root, token, id_of(db, "jo"), deed="disable")
    assert [is_out(jo), is_out(second)] == [True, True]
    form = another().get("/login").form
    form["username"], form["password"] = "jo", SECRET
    assert form.submit().status_int == 200
    deed(root, token, id_of(db, "jo"), deed="enable")
    assert [is_out(jo), is_out(second)] == [True, True]


def test_a33_what_was_being_typed_does_nothing_any_more(root, jo, token, make, db):
    ticket = make.ticket()
    carried = token(jo)
    page = jo.get(f"/ticket/{ticket.id}")
    assert page.status_int == 200
    deed(root, token, id_of(db, "jo"), deed="disable")
    before = db.scalar(text("SELECT count(*) FROM transactions WHERE object_type = 'ticket'"))
    for path in ("reply", "comment", "modify", "draft", "people"):
        given = {
            "csrf_token": carried,
            "text": "late",
            "kind": "reply",
            "status": "resolved",
            "role": "Cc",
            "add": "x@y.z",
        }
        assert jo.post(f"/ticket/{ticket.id}/{path}", given, expect_errors=True).status_int == 403
    assert db.scalar(text("SELECT count(*) FROM transactions WHERE object_type = 'ticket'")) == before


def test_a33_a_new_password_ends_every_login_but_of_others(root, jo, another, login, token, db):
    second = login(another(), "jo", SECRET)
    deed(root, token, id_of(db, "jo"), deed="password", password="a new long password")
    assert [is_out(jo), is_out(second), is_out(root)] == [True, True, False]
    assert not is_out(login(another(), "jo", "a new long password"))


def test_a33_who_is_staff_no_more_sees_no_page_of_staff(jo, db, make):
    ticket = make.ticket()
    assert jo.get(f"/ticket/{ticket.id}").status_int == 200
    group = db.scalar(text("SELECT id FROM groups WHERE name = 'Privileged'"))
    db.execute(
        text("DELETE FROM group_closure WHERE group_id = :group AND member_id = :jo"),
        {"group": group, "jo": id_of(db, "jo")},
    )
    db.commit()
    for path in ("/", "/tickets", f"/ticket/{ticket.id}", "/people"):
        assert jo.get(path, expect_errors=True).status_int in (403, 404)


# --- A34 --------------------------------------------------------------------------------------------------------

COOKIE = "rtpy_session"


@pytest.mark.parametrize("planted", ["x" * 43, "0", "a" * 5000, "../../x", "\u00e9", '"\\351"', "root"])
def test_a34_a_planted_cookie_is_never_the_session(another, login, db, planted):
    victim = another()
    victim.set_cookie(COOKIE, planted)
    login(victim)
    assert victim.cookies[COOKIE] != planted
    assert len(victim.cookies[COOKIE]) >= 43
    attacker = another()
    attacker.set_cookie(COOKIE, planted)
    assert is_out(attacker)


def test_a34_the_attackers_own_session_is_not_taken_over_by_the_victim(another, token, jo):
    planted = jo.cookies[COOKIE]
    victim = another()
    victim.set_cookie(COOKIE, planted)
    given = {"csrf_token": token(victim), "username": "root", "password": ROOT_PASSWORD}
    victim.post("/login", given)
    assert victim.cookies[COOKIE] != planted
    assert is_out(jo)


def test_a34_cookies_of_other_sites_of_the_domain_keep_nobody_out(another, login):
    browser = login(another())
    own = browser.cookies[COOKIE]
    for foreign in (
        "x=\u00e9",
        'x="\\377"',
        "\u00e9=1",
        "x=\x01",
        "a;;;=;b",
        "=" * 2000,
        f"{COOKIE}x=\u00ff",
    ):
        answer = another().get("/sessions", headers={"Cookie": f"{foreign}; {COOKIE}={own}"})
        assert answer.status_int == 200


def test_a34_the_id_changes_at_each_login_and_dies_at_logout(another, login, token):
    seen = []
    browser = another()
    for _ in range(3):
        login(browser)
        seen.append(browser.cookies[COOKIE])
        browser.post("/logout", {"csrf_token": token(browser)})
        assert COOKIE not in browser.cookies
    assert len(set(seen)) == 3
    for old in seen:
        replayed = another()
        replayed.set_cookie(COOKIE, old)
        assert is_out(replayed)


def test_a34_cookies_are_for_this_site_and_no_script(app, tmp_path, compiled_templates):
    url = app.engine.url.render_as_string(hide_password=False)
    app.config = Config.for_tests(tmp_path, database__url=url, web__base_url="https://help.example.com")
    browser = TestApp(make_wsgi(app, **{"rtpy.template_cache": compiled_templates}), lint=False)
    form = browser.get("https://help.example.com/login").form
    form["username"], form["password"] = "root", ROOT_PASSWORD
    answer = form.submit()
    given = answer.headers.getall("Set-Cookie")
    assert len([cookie for cookie in given if "Max-Age=0" not in cookie]) >= 2
    for cookie in given:
        if "Max-Age=0" not in cookie:
            assert {"secure", "httponly", "samesite=lax"} <= {
                part.strip().lower() for part in cookie.split(";")
            }
            assert "domain=" not in cookie.lower()


def test_a34_the_token_is_stored_as_a_hash_only(root, db):
    stored = " ".join(str(row) for row in db.execute(select(WebSession.__table__)))
    assert root.cookies[COOKIE] not in stored


# --- A35 --------------------------------------------------------------------------------------------------------

PASSWORDS = {
    "1": "x",
    "72": "p" * 72,
    "73": "p" * 72 + "q",
    "1000": "k" * 1000,
    "NUL": "abcdefgh\x00ijkl",
    "accent": "caf\u00e9 au lait",
    "emoji": "\U0001f511" * 20,
    "blanks": "  in and out  ",
}


def try_in(browser, name, password):
    form = browser.get("/login").form
    given = {"csrf_token": form["csrf_token"].value, "username": name, "password": password}
    answer = browser.post("/login", given, expect_errors=True)
    assert answer.status_int in (200, 303, 429), answer.status
    return answer.status_int == 303


@pytest.fixture
def with_password(make, db):
    def make_one(password):
        user = make.staff("pat")
        user.password_hash = hash_password(password)
        db.commit()

    return make_one


@pytest.mark.parametrize("case", PASSWORDS)
def test_a35_only_the_whole_password_fits(another, with_password, case):
    password = PASSWORDS[case]
    with_password(password)
    assert try_in(another(), "pat", password)
    near = {
        password[:-1],
        password + "x",
        password + "\x00",
        password.split("\x00")[0] + "\x00",
        password[:72] + "zz",
        "",
    }
    near |= {password.strip() + " ", password.upper(), password.encode().decode("latin-1", "replace")}
    for number, wrong in enumerate(sorted(near - {password})):
        assert not try_in(another(f"198.51.100.{number}"), "pat", wrong), wrong


def test_a35_the_same_letters_in_another_unicode_form_are_the_same(another, with_password):
    with_password("cafe\u0301 au lait")
    assert try_in(another(), "pat", "caf\u00e9 au lait")


@pytest.mark.parametrize("size", [0, 1025, 100_000, 1_000_000])
def test_a35_no_password_and_a_huge_one_cost_nothing_and_fit_nobody(another, with_password, size):
    with_password("an honest password")
    began = time.process_time()
    assert not try_in(another(), "pat", "x" * size)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("password", ["", "short", "x" * 1025, "x" * 1_000_000])
def test_a35_nobody_gets_a_senseless_password(root, jo, token, another, login, db, password):
    answer = root.post(
        f"/people/{id_of(db, 'jo')}/modify",
        {"csrf_token": token(root), "deed": "password", "password": password},
        expect_errors=True,
    )
    assert answer.status_int == 422
    assert not is_out(jo)


# --- A36 --------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(make, db):
    """Names that a guesser may try: what stands behind each must not be told."""
    make.staff("known", password="a long password")
    gone = make.staff("gone", password="a long password")
    make.customer("bare@client.example")
    customer = make.customer("ann@client.example")
    customer.password_hash = hash_password("a long password")
    db.get_one(Principal, gone.id).disabled = True
    db.commit()
    return [
        "known",
        "gone",
        "bare@client.example",
        "ann@client.example",
        "known@staff.example",
        "nobody-here",
        "Nobody",
        "RT_System",
        "x\0y",
    ]


def plain(page, name):
    page = re.sub(r'name="csrf_token" value="[^"]+"|[0-9a-f]{16,}', "", page)
    return page.replace(f'value="{name}"', 'value="NAME"')


def test_a36_the_login_says_the_same_of_everybody(another, people):
    answers = set()
    for name in people:
        browser = another(f"192.0.2.{len(answers)}")
        form = browser.get("/login").form
        form["username"], form["password"] = name, "wrong password"
        answer = form.submit()
        answers.add((answer.status_int, plain(answer.text, name), tuple(sorted(answer.headers.keys()))))
    assert len(answers) == 1


def test_a36_the_login_works_as_hard_for_everybody(another, people, monkeypatch, query_count):
    checked = []
    real = passwords._HASHER.verify
    monkeypatch.setattr(
        passwords, "_HASHER", type("Counting", (), {"verify": lambda _, *a: checked.append(1) or real(*a)})()
    )
    costs = set()
    try_in(another("192.0.2.99"), "the first", "wrong password")  # what is remembered is read once
    for number, name in enumerate(people):
        browser = another(f"192.0.2.{number}")
        browser.get("/login")
        checked.clear()
        with query_count() as count:
            try_in(browser, name, "wrong password")
        costs.add((len(checked), count.total))
    assert len(costs) == 1
    assert next(iter(costs))[0] == 1


def test_a36_the_times_do_not_tell(real_passwords, another, people):
    """Bounds are wide, since machines are busy; an early answer without hashing would be ten times faster."""
    took = {name: [] for name in ("known", "nobody-here", "gone")}
    for turn in range(8):
        for number, (name, times) in enumerate(took.items()):
            browser = another(f"203.0.113.{turn * 10 + number}")
            token = browser.get("/login").form["csrf_token"].value
            began = time.thread_time()
            browser.post("/login", {"csrf_token": token, "username": name, "password": "wrong password"})
            times.append(time.thread_time() - began)
    best = [statistics.median(times) for times in took.values()]
    assert max(best) < 2 * min(best)


# --- A37 --------------------------------------------------------------------------------------------------------


@pytest.mark.concurrent
def test_a37_parallel_guesses_are_counted_one_by_one_and_the_owner_gets_in(
    committed_app, compiled_templates, monkeypatch
):
    """One hundred guesses at once from one address, a hundred and forty from many; not one more than the limits."""
    app = committed_app
    wsgi = make_wsgi(app, **{"rtpy.template_cache": compiled_templates})
    owner = TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert try_in(owner, "root", ROOT_PASSWORD)
    hashed = []
    monkeypatch.setattr(
        "rtpy.identity.login.verify_password", lambda password, stored: hashed.append(1) and False
    )

    def guess(peer):
        browser = TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": peer})
        given = {
            "csrf_token": browser.get("/login").form["csrf_token"].value,
            "username": "root",
            "password": "guess",
        }
        return browser.post("/login", given, expect_errors=True).status_int

    with ThreadPoolExecutor(8) as pool:
        from_one = Counter(pool.map(guess, ["198.51.100.7"] * 60))
        assert (from_one, len(hashed)) == ({200: 10, 429: 50}, 10)
        from_many = Counter(pool.map(guess, [f"203.0.113.{number % 28}" for number in range(140)]))
    assert len(hashed) <= 100
    assert set(from_many) == {200, 429}
    with app.reading_sessions() as db:
        limits = select(func.max(RateCounter.hits)).where(RateCounter.key.like("login:account:%"))
        assert db.scalar(limits) >= 100
    monkeypatch.undo()
    assert owner.get("/sessions").status_int == 200
    known = TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    known.set_cookie("rtpy_device", owner.cookies["rtpy_device"])
    assert try_in(known, "root", ROOT_PASSWORD)


# --- A38 --------------------------------------------------------------------------------------------------------

AWAY = [
    "//evil.example",
    "///evil.example",
    "////evil.example//",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\x0b/evil.example",
    "\x00//evil.example",
    "/\u2028/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "HtTp://evil.example",
    "http://localhost:81/",
    "http://localhost@evil.example/",
    "//localhost@evil.example",
    "/@evil.example",
    "@evil.example",
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "/x//evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/%0a/evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    " //evil.example",
    "evil.example",
    "http://[::1",
    "ftp://evil.example",
    "//evil%E3%80%82example",
    "/\u3002/evil.example",
    "?//evil.example",
    "#//evil.example",
    "/?x=//evil.example",
    "/x\r\nSet-Cookie: a=b",
    "mailto:x@y.z",
]


def lands_at(answer):
    """Where a browser goes that reads Location as browsers do: leading blanks, tabs, line ends and backslashes."""
    where = re.sub(r"[\t\r\n]", "", answer.headers["Location"].strip("".join(map(chr, range(33))))).replace(
        "\\", "/"
    )
    return urlsplit(urljoin(answer.request.url, where)), where


def assert_at_home(answer):
    place, where = lands_at(answer)
    assert (place.scheme, place.netloc) == (
        "http",
        "localhost:80" if ":80" in place.netloc else "localhost",
    ), where
    assert not where.startswith("//")
    assert "a" not in {name.strip().split("=")[0] for name in answer.headers.getall("Set-Cookie")}


@pytest.mark.parametrize("wanted", AWAY)
def test_a38_no_login_and_no_button_leads_away(another, login, token, wanted):
    for encoded in (wanted, quote(wanted, safe="")):
        browser = another()
        form = browser.get(f"/login?next={quote(encoded, safe='')}").form
        form["username"], form["password"] = "root", ROOT_PASSWORD
        assert_at_home(form.submit())
        secret = token(browser)
        given = {"csrf_token": secret, "theme": "dark", "return_to": encoded}
        assert_at_home(browser.post("/theme", given))
        again = browser.get(f"/login?next={quote(encoded, safe='')}")
        assert_at_home(again)
    posted = another()
    secret = posted.get("/login").form["csrf_token"].value
    assert_at_home(
        posted.post(
            "/login", {"csrf_token": secret, "username": "root", "password": ROOT_PASSWORD, "next": wanted}
        )
    )


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/..", "/\\evil.example", "/%5cevil.example", "///login", "//"]
)
def test_a38_a_strange_address_of_ours_leads_nowhere_else(browser, root, path):
    for who in (browser, root):
        answer = who.get(f"http://localhost{path}", expect_errors=True)
        assert answer.status_int in (303, 302, 400, 404, 421)
        if answer.status_int < 400:
            assert_at_home(answer)


def test_a38_no_redirect_of_any_route_leads_away(root, wsgi, another, make):
    ticket = make.ticket()
    numbers = {"ticket": ticket.id, "txn": 1, "attachment": 1, "outgoing": 1}
    evil = "next=//evil.example&return_to=//evil.example&url=//evil.example&q=//evil.example&Queue=//evil.example"
    for who in (root, another()):
        for route in all_routes(wsgi):
            path = path_of(route, numbers)
            answer = who.get(f"{path}{'&' if '?' in path else '?'}{evil}", expect_errors=True)
            if 300 <= answer.status_int < 400:
                assert_at_home(answer)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "evil.example:80",
        "localhost:80@evil.example",
        "localhost:x",
        "127.0.0.1:80@evil.example",
        "[::1]@evil.example",
    ],
)
def test_a38_another_name_of_the_host_shapes_no_redirect(browser, host):
    answer = browser.get("/", headers={"Host": host}, expect_errors=True)
    assert answer.status_int == 421
    for header in ("X-Forwarded-Host", "X-Host", "Forwarded"):
        answer = browser.get("/", headers={header: f"host={host}" if header == "Forwarded" else host})
        assert "evil.example" not in answer.headers["Location"]


# --- A39 --------------------------------------------------------------------------------------------------------

WITHOUT_TOKEN = {"mail-gateway"}
"""Routes that take an unsafe method from whoever asks: mail servers hand in mail, which anybody may send."""


def unprotected(wsgi, browser, numbers, *, headers=None, body=None):
    """Routes that do something (or fail) when another site makes a logged-in browser send an unsafe request."""
    found = {}
    for route in all_routes(wsgi):
        for method in UNSAFE:
            answer = browser.request(
                path_of(route, numbers),
                method=method,
                expect_errors=True,
                headers=headers,
                body=body
                if body is not None
                else b"deed=disable&status=resolved&text=x&end=others&theme=dark&kind=reply",
                content_type="application/x-www-form-urlencoded",
            )
            status = rest1_status(answer) if route.name.startswith("rest1") else answer.status_int
            if status not in (401, 403, 404, 405):
                found[f"{method} {route.name}"] = status
    return {key: status for key, status in found.items() if key.split(" ")[1] not in WITHOUT_TOKEN}


def rest1_status(answer):
    """REST 1.0 answers 200 whatever becomes of a call: its first line says it."""
    return 405 if "Use GET or POST" in answer.text else int(answer.text.split()[1])


def rows_of(db):
    """How many rows each table has, but for what counts requests."""
    tables = [name for name in inspect(db.connection()).get_table_names() if name not in ("rate_counters",)]
    return {name: db.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables}


@pytest.fixture
def numbers(make, db):
    ticket = make.ticket()
    said = db.scalar(text("SELECT max(id) FROM transactions WHERE object_type = 'ticket'"))
    return {
        "ticket": ticket.id,
        "people": ticket.creator_id,
        "queue": ticket.queue_id,
        "txn": said,
        "attachment": 1,
        "outgoing": 1,
    }


def test_a39_no_route_takes_an_unsafe_method_without_the_token(root, wsgi, numbers, db):
    before = rows_of(db)
    assert unprotected(wsgi, root, numbers) == {}
    assert rows_of(db) == before
    assert root.get("/sessions").status_int == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a39_no_route_takes_one_from_another_site_even_with_the_token(root, wsgi, numbers, token, headers):
    headers = {**headers, "X-CSRF-Token": token(root)}
    assert unprotected(wsgi, root, numbers, headers=headers) == {}


def test_a39_nor_with_the_token_of_somebody_else(root, jo, wsgi, numbers, token):
    assert unprotected(wsgi, root, numbers, headers={"X-CSRF-Token": token(jo)}) == {}


def test_a39_nor_before_the_login(browser, wsgi, numbers, db):
    before = rows_of(db)
    found = unprotected(wsgi, browser, numbers)
    # Who is not logged in has no login to end.
    assert found == {"POST logout": 303}
    assert rows_of(db) == before


@pytest.mark.parametrize("how", ["open", "not protected"])
def test_a39_a_new_route_without_protection_is_noticed(app, compiled_templates, login, make, numbers, how):
    class Careless:
        @hookimpl
        def rtpy_web(self, config):
            config.add_route("careless", "/careless")
            config.add_view(
                lambda request: Response("done"),
                route_name="careless",
                permission=NO_PERMISSION_REQUIRED,
                require_csrf=how == "open",
                request_method=None if how == "open" else "POST",
            )

    app.plugins.register(Careless())
    wsgi = make_wsgi(app, **{"rtpy.template_cache": compiled_templates})
    browser = login(TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": "127.0.0.1"}))
    found = unprotected(wsgi, browser, numbers)
    assert found == ({} if how == "open" else {"POST careless": 200})


def test_a39_and_a32_reading_changes_nothing(root, wsgi, numbers, db):
    before = rows_of(db)
    for route in all_routes(wsgi):
        for method in ("GET", "HEAD", "OPTIONS"):
            path = path_of(route, numbers)
            evil = "deed=disable&_method=POST&status=resolved&end=others&theme=dark&text=x"
            root.request(
                f"{path}{'&' if '?' in path else '?'}{evil}",
                method=method,
                headers={"X-HTTP-Method-Override": "POST"},
                expect_errors=True,
            )
    assert rows_of(db) == before
    assert db.get_one(Ticket, numbers["ticket"]).status == "new"
