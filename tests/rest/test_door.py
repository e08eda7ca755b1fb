"""Who calls: by cookie, token, or name and password, in RT's order; what does not count, and what is never written."""

import base64
import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from rtpy.http.seeing import SEE_AS
from rtpy.identity import passwords
from rtpy.identity.accounts import set_disabled, set_password
from rtpy.identity.issuing import issue_token, revoke_token
from rtpy.identity.scopes import EVERYTHING, ONLY_READ, Level, Scope
from rtpy.identity.sessions import SessionKind, sessions_of, start_session
from rtpy.models import AuthToken, RateCounter, User, UserAddress, WebSession
from rtpy.rest.sessions import rest_cookie_name
from rtpy.wsgi import make_wsgi
from tests.rest.conftest import WhoCalls
from tests.web.conftest import make_browser

PASSWORD = "first password"


@pytest.fixture
def jo(make):
    jo = make.staff("jo", password=PASSWORD)
    make.grant(jo, "ManageAuthTokens")
    return jo


@pytest.fixture
def token(work_of, jo, db):
    text, _ = issue_token(work_of("jo"), jo, "test", EVERYTHING, 30)
    db.flush()
    return text


@pytest.fixture
def session(app, db):
    """The value of a cookie: `session(user, kind)`."""

    def begin(user, kind=SessionKind.WEB):
        return start_session(db, user.id, now=app.clock.now(), days=1, kind=kind)

    return begin


@pytest.fixture
def hashes(monkeypatch):
    """Counts how often a password is hashed."""
    count = []
    verify = passwords._HASHER.verify
    monkeypatch.setattr(
        passwords,
        "_HASHER",
        type("Counting", (), {"verify": lambda self, *a: count.append(1) or verify(*a)})(),
    )
    monkeypatch.setattr("rtpy.identity.login.needs_rehash", lambda stored: False)
    return count


def test_each_way_in(program, app, jo, make, db, token, session, basic):
    db.add(UserAddress(user_id=jo.id, address="jo@home.example", created=app.clock.now()))
    db.flush()
    rest = rest_cookie_name(app)
    latin = "Basic " + base64.b64encode("jo:süß".encode("latin-1")).decode()
    cases = [
        # what it sends, and through what it is then logged in; None: not at all
        ({}, None),
        ({"cookies": {"rtpy_session": session(jo)}}, "browser"),
        ({"cookies": {rest: session(jo, SessionKind.REST)}}, "rest"),
        ({"cookies": {rest: session(jo)}}, None),
        ({"cookies": {"rtpy_session": session(jo, SessionKind.REST)}}, None),
        ({"cookies": {"rtpy_session": "x", rest: "y"}}, None),
        ({"cookies": {"rtpy_session": "x"}, "authorization": f"token {token}"}, "token"),
        ({"authorization": f"token {token}"}, "token"),
        ({"authorization": f"TOKEN  {token}"}, "token"),
        ({"authorization": f"Bearer {token}"}, "token"),
        ({"authorization": token}, None),
        ({"authorization": "token"}, None),
        ({"query": f"?token={token}"}, "token"),
        ({"method": "POST", "body": f"token={token}"}, "token"),
        ({"method": "POST", "body": f"token={token}", "headers": {"Content-Type": "text/plain"}}, None),
        ({"method": "POST", "body": "token=%ff%fe"}, None),
        ({"query": "?token=1-1-x", "authorization": basic("jo", PASSWORD)}, "basic"),
        ({"query": f"?token={token}", "authorization": "token 1-1-x"}, "token"),
        ({"authorization": basic("jo", PASSWORD)}, "basic"),
        ({"authorization": basic("JO", PASSWORD)}, "basic"),
        ({"authorization": basic(str(jo.id), PASSWORD)}, "basic"),
        ({"authorization": basic("jo@staff.example", PASSWORD)}, "basic"),
        ({"authorization": basic("Jo@Home.example", PASSWORD)}, "basic"),
        ({"authorization": basic("jo", PASSWORD).replace("Basic", "bASIC")}, "basic"),
        ({"authorization": basic("jo", "")}, None),
        ({"authorization": basic("", PASSWORD)}, None),
        ({"authorization": basic("nobody", PASSWORD)}, None),
        ({"authorization": basic("9" * 40, PASSWORD)}, None),
        ({"authorization": basic("jo\x00", PASSWORD)}, None),
        ({"authorization": basic("jo", PASSWORD + "\x00")}, None),
        ({"authorization": "Basic am8"}, None),
        ({"authorization": "Basic ====="}, None),
        ({"authorization": "Basic"}, None),
        ({"authorization": latin}, None),
        ({"authorization": "Digest username=jo"}, None),
    ]
    told = []
    for sent, _ in cases:
        answer = program(**sent)
        assert answer.status in (200, 401), (sent, answer.text)
        told.append((sent, answer.json and answer.json["through"]))
    assert told == cases


def test_of_several_logins_the_first_in_rts_order_counts(program, make, work_of, token, session, basic, jo):
    ann = make.staff("ann")
    make.staff("bo", password=PASSWORD)
    cookie = {"rtpy_session": session(ann)}
    assert program("GET", f"token {token}", cookies=cookie).json["name"] == "ann"
    assert program("GET", basic("bo", PASSWORD), query=f"?token={token}").json["name"] == "jo"
    assert program("GET", basic("bo", PASSWORD), query="?token=1-1-1").json["name"] == "bo"


def test_a_face_leaves_ways_out(program, calls, token, basic, jo):
    calls.options = {"basic": False, "token_parameter": False}
    assert program("GET", f"token {token}").status == 200
    assert program("GET", query=f"?token={token}").status == 401
    assert program("GET", basic("jo", PASSWORD)).status == 401


def test_a39_a_cookie_of_the_pages_changes_nothing_for_another_site(program, session, jo, db, token, basic):
    cookie = {"rtpy_session": session(jo)}
    csrf = db.scalar(select(WebSession.csrf_token).where(WebSession.user_id == jo.id))
    other = db.scalar(select(WebSession.csrf_token).where(WebSession.user_id != jo.id)) or "other"
    own = {"Origin": "http://localhost"}
    cases = [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"X-CSRF-Token": ""}, 403),
        ({"X-CSRF-Token": other}, 403),
        ({"X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-CSRF-Token": csrf, "Origin": "https://evil.example"}, 403),
        ({**own, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-CSRF-Token": csrf}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        (own, 200),
    ]
    for headers, status in cases:
        for method in ("POST", "PUT", "DELETE"):
            answer = program(method, cookies=cookie, headers=headers)
            assert (headers, method, answer.status) == (headers, method, status)
        assert program("GET", cookies=cookie, headers=headers).status == 200
    assert "X-CSRF-Token" in program("POST", cookies=cookie).text
    assert program("POST", f"token {token}", cookies=cookie).json["through"] == "token"
    assert program("POST", basic("jo", PASSWORD), cookies=cookie).json["through"] == "basic"


def test_a39_where_reading_methods_write_the_face_says_so(program, calls, session, jo):
    cookie = {"rtpy_session": session(jo)}
    calls.options = {"unsafe": True}
    assert program("GET", cookies=cookie).status == 403
    assert program("GET", cookies=cookie, headers={"Sec-Fetch-Site": "same-origin"}).status == 200
    calls.options = {"unsafe": False}
    assert program("POST", cookies=cookie).status == 200


def test_who_sees_as_somebody_else_only_reads_here_too(program, make, session, db, jo):
    boss = make.staff("boss")
    make.grant(boss, "SuperUser")
    cookie = {"rtpy_session": session(boss)}
    db.execute(update(WebSession).where(WebSession.user_id == boss.id).values(data={SEE_AS: jo.id}))
    answer = program("GET", cookies=cookie).json
    assert (answer["name"], answer["scope"]) == ("jo", "read")
    assert program("POST", cookies=cookie, headers={"Sec-Fetch-Site": "same-origin"}).status == 403


def test_a_session_of_a_program_opens_no_page(calls, another, app, jo, db, clock, program):
    caller = another()
    answer = caller.post("/calls/in", {"user": "jo", "pass": PASSWORD})
    (header,) = answer.headers.getall("Set-Cookie")
    name, value = header.split(";")[0].split("=")
    assert name == rest_cookie_name(app) == "RT_SID_rtpy.8080"
    assert len(value) == 32
    assert not set(value) - set("0123456789abcdef")
    assert answer.text == value
    assert {each.strip().lower() for each in header.split(";")[1:]} == {"path=/", "httponly", "samesite=lax"}
    assert caller.post("/calls/who").json["through"] == "rest"
    assert caller.post("/calls/who", headers={"Sec-Fetch-Site": "cross-site"}, status=403)
    again = caller.post("/calls/in", {"user": "jo", "pass": PASSWORD})
    assert again.text == value
    (line,) = sessions_of(db, jo.id, clock.now())
    assert line.kind == "rest"
    for cookie in (name, "rtpy_session"):
        page = another()
        page.set_cookie(cookie, value)
        assert page.get("/", status="*").status_int in (302, 303, 403)
        assert "jo@staff" not in page.get("/account", status="*").text
    clock.advance(timedelta(hours=23))
    assert caller.get("/calls/who").status_int == 200
    clock.advance(timedelta(hours=23))
    assert caller.get("/calls/who").status_int == 200
    clock.advance(timedelta(hours=25))
    assert caller.get("/calls/who", status=401)
    caller.post("/calls/in", {"user": "jo", "pass": PASSWORD})
    value = dict(caller.cookies)[name].strip('"')
    caller.get("/calls/out")
    assert program("GET", cookies={name: value}).status == 401
    assert caller.get("/calls/in?user=jo&pass=wrong", status=401)


def test_a_token_opens_no_page(calls, another, jo, token, basic):
    for headers in ({"Authorization": f"token {token}"}, {"Authorization": basic("jo", PASSWORD)}):
        for path in ("/", "/account", f"/account?token={token}", "/sessions", "/search", "/admin"):
            answer = another().get(path, headers=headers, status="*")
            assert answer.status_int in (302, 303, 401, 403), path
            assert "jo@staff" not in answer.text


def test_each_way_costs_one_query(program, query_count, token, session, app, jo, basic, clock):
    program("GET", basic("jo", PASSWORD))
    program("GET", f"token {token}")
    program("GET")  # what the process asks once
    ways = {
        "nobody": ({}, 0),
        "browser": ({"cookies": {"rtpy_session": session(jo)}}, 1),
        "rest": ({"cookies": {rest_cookie_name(app): session(jo, SessionKind.REST)}}, 1),
        "token": ({"authorization": f"token {token}"}, 1),
        "basic": ({"authorization": basic("jo", PASSWORD)}, 1),
        "bad token": ({"authorization": "token x"}, 0),
    }
    for name, (sent, most) in ways.items():
        with query_count() as count:
            program(**sent)
        assert (name, count.total) == (name, most), count.statements


def test_the_last_use_of_a_token_is_written_once_a_minute(program, token, db, clock, query_count):
    def used():
        db.expire_all()
        return db.scalars(select(AuthToken)).one()

    program("GET", f"token {token}", peer="192.0.2.1")
    assert (used().last_used, used().last_peer) == (clock.now(), "192.0.2.1")
    first = clock.now()
    clock.advance(timedelta(seconds=59))
    with query_count() as count:
        program("POST", f"token {token}", peer="192.0.2.2")
    assert not [each for each in count.statements if "UPDATE" in each]
    assert used().last_used == first
    clock.advance(timedelta(seconds=1))
    program("GET", f"token {token}", peer="192.0.2.2")
    assert (used().last_used, used().last_peer) == (clock.now(), "192.0.2.2")


def test_a_password_is_hashed_once_in_a_while_only(program, basic, jo, hashes, clock, query_count):
    good = basic("jo", PASSWORD)
    assert [program("GET", good).status for _ in range(4)] == [200] * 4
    assert len(hashes) == 1
    with query_count() as count:
        program("POST", good)
    assert not [each for each in count.statements if each.startswith(("INSERT", "UPDATE"))]
    clock.advance(timedelta(minutes=4, seconds=59))
    program("GET", good)
    assert len(hashes) == 1
    clock.advance(timedelta(seconds=1))
    assert program("GET", good).status == 200
    assert len(hashes) == 2
    assert program("GET", basic("jo", PASSWORD + "x")).status == 401
    assert program("GET", basic("jo", PASSWORD + "x")).status == 401
    assert len(hashes) == 4


def test_a33_a_known_password_dies_with_its_change_and_with_the_account(program, basic, jo, work, db):
    good = basic("jo", PASSWORD)
    assert program("GET", good).status == 200
    set_disabled(work, jo, disabled=True)
    db.flush()
    assert program("GET", good).status == 401
    set_disabled(work, jo, disabled=False)
    set_password(work, jo, "second password")
    db.flush()
    assert program("GET", good).status == 401
    assert program("GET", basic("jo", "second password")).status == 200


def test_a37_strangers_attempts_are_throttled_and_lock_no_program_out(program, basic, jo, db, caplog):
    good, wrong = basic("jo", PASSWORD), basic("jo", "guess")
    assert program("GET", good, peer="192.0.2.1").status == 200
    assert db.scalar(select(RateCounter.hits).where(RateCounter.key.like("login:account:%:192.0.2.1"))) == 0
    with caplog.at_level(logging.WARNING, "rtpy.login"):
        said = [program("GET", wrong, peer="192.0.2.9").status for _ in range(12)]
    assert said == [401] * 10 + [429] * 2
    assert f"login failed: user {jo.id}, from 192.0.2.9" in caplog.text
    assert "guess" not in caplog.text
    assert program("GET", basic("nobody", "x"), peer="192.0.2.9").status == 401
    assert program("GET", good, peer="192.0.2.1").status == 200
    assert (
        program("GET", good, peer="192.0.2.9").status == 200
    )  # proved right a moment ago, guessed by nobody
    assert program("GET", basic("jo", "other"), peer="192.0.2.7").status == 401


def test_a47_the_database_itself_refuses_writes_of_a_token_that_only_reads(committed_app, compiled_templates):
    app, plugin = committed_app, WhoCalls()
    app.plugins.register(plugin)
    with app.work() as work:
        root = work.db.scalars(select(User).where(User.name == "root")).one()
        reader, _ = issue_token(work, root, "reader", ONLY_READ, 30)
        writer, _ = issue_token(work, root, "writer", Scope(Level.WRITE), 30)
    caller = make_browser(make_wsgi(app, **{"rtpy.template_cache": compiled_templates}), "127.0.0.1")
    plugin.write = lambda work: work.db.execute(update(User).values(comments="written"))
    for text, status in ((reader, 500), (writer, 200)):
        headers = {"Authorization": f"token {text}"}
        assert caller.post("/calls/who", headers=headers, status="*").status_int == status
        with app.reading_sessions() as db:
            is_written = db.scalar(select(User.comments).where(User.name == "root")) == "written"
            assert is_written == (status == 200)
            assert db.scalars(select(AuthToken.last_used)).all().count(None) == (0 if is_written else 1)


def test_a47_rights_reach_only_the_queues_of_the_token(program, work_of, jo, make, db):
    shop, till = make.queue("Shop"), make.queue("Till")
    text, row = issue_token(work_of("jo"), jo, "till", Scope(Level.WRITE, frozenset({till.id})), 30)
    db.flush()
    answer = program("GET", f"token {text}").json
    assert answer["queues"] == [till.id]
    assert shop.id not in answer["queues"]
    revoke_token(work_of("jo"), jo, row.id)
    db.flush()
    assert program("GET", f"token {text}").status == 401


def test_a70_no_token_and_no_password_is_in_the_log(program, token, basic, jo, caplog):
    with caplog.at_level(logging.DEBUG):
        program("GET", query=f"?token={token}")
        program("POST", body=f"token={token}")
        program("GET", f"token {token}")
        program("GET", basic("jo", PASSWORD))
        program("GET", basic("jo", "wrong " + PASSWORD))
    assert token.split("-")[2] not in caplog.text
    assert PASSWORD not in caplog.text


def test_a70_no_error_page_shows_a_token(program, token, calls, caplog):
    def fail(work):
        raise RuntimeError("broken")

    calls.write = fail
    answer = program("POST", f"token {token}", query=f"?token={token}", body=f"token={token}")
    assert answer.status == 500
    assert token.split("-")[2] not in answer.text
    assert token.split("-")[2] not in caplog.text
