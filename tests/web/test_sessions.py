"""Sessions: they end when they should, change when they must, and cost one query."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.identity.accounts import set_disabled, set_password
from rtpy.identity.sessions import end_sessions_of, sessions_of
from rtpy.models import Principal, User, WebSession
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.web.login_words import name_browser

GONE = (303, "http://localhost/login?next=%2Fsessions")


def is_in(browser):
    answer = browser.get("/sessions", expect_errors=True)
    if answer.status_int == 200:
        return True
    assert (answer.status_int, answer.headers["Location"]) == GONE
    return False


def user_named(db, name):
    return db.scalar(select(User).where(User.name == name))


def test_a24_tokens_are_random_and_long(another, login):
    tokens = {login(another()).cookies["rtpy_session"] for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) >= 43 for token in tokens)


def test_a33_a_disabled_user_is_out_at_once(jo, work, db):
    assert is_in(jo)
    set_disabled(work, user_named(db, "jo"), disabled=True)
    db.flush()
    assert not is_in(jo)


def test_a33_disabling_the_row_alone_is_enough(jo, db):
    db.get_one(Principal, user_named(db, "jo").id).disabled = True
    db.flush()
    assert not is_in(jo)


def test_a33_a_new_password_ends_all_sessions(jo, another, enter, work, db):
    second = enter(another(), user_named(db, "jo"))
    set_password(work, user_named(db, "jo"), "quite another one")
    db.flush()
    assert (is_in(jo), is_in(second)) == (False, False)


def test_a33_logins_of_others_stay(jo, root, work, db):
    set_disabled(work, user_named(db, "jo"), disabled=True)
    db.flush()
    assert is_in(root)


def test_a34_a_login_makes_a_new_session_and_ends_the_old_one(browser, login, token):
    root = login(browser)
    old, old_csrf = root.cookies["rtpy_session"], token(root)
    root.post("/login", {"csrf_token": old_csrf, "username": "root", "password": ROOT_PASSWORD})
    assert root.cookies["rtpy_session"] != old
    assert token(root) != old_csrf
    root.set_cookie("rtpy_session", old)
    assert not is_in(root)


def test_a34_a_session_that_somebody_planted_is_not_taken_over(browser, login):
    browser.set_cookie("rtpy_session", "planted" * 8)
    login(browser)
    assert browser.cookies["rtpy_session"] != "planted" * 8


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "ü", "%00", "'; --"])
def test_a_senseless_cookie_is_no_login(browser, token):
    assert browser.get("/sessions", headers={"Cookie": f"rtpy_session={token}"}).status_int == 303


def test_an_unused_login_ends_after_two_weeks(root, clock):
    clock.advance(timedelta(days=13))
    assert is_in(root)
    clock.advance(timedelta(days=13))
    assert is_in(root)
    clock.advance(timedelta(days=15))
    assert not is_in(root)


def test_seen_is_written_once_a_minute(root, clock, query_count):
    def writes():
        with query_count() as count:
            assert is_in(root)
        return [statement for statement in count.statements if not statement.startswith(("SELECT", "WITH"))]

    assert writes() == []
    clock.advance(timedelta(seconds=59))
    assert writes() == []
    clock.advance(timedelta(seconds=2))
    assert [statement.split(" SET")[0] for statement in writes()] == ["UPDATE web_sessions"]
    assert writes() == []


def test_a_post_is_seen_too(root, clock, token, db):
    given = {"csrf_token": token(root), "end": "0"}
    clock.advance(timedelta(minutes=5))
    root.post("/sessions", given)
    db.expire_all()
    assert db.scalar(select(WebSession.seen)) == clock.now()


def test_who_is_logged_in_is_found_by_one_query(root, query_count):
    root.get("/login")  # which groups ask for a second factor is read once and kept
    with query_count() as count:
        root.get("/login")
    assert len(count.statements) == 1


def test_without_a_cookie_nothing_is_asked(browser, query_count):
    with query_count() as count:
        browser.get("/sessions")
    assert count.statements == []


def test_old_sessions_are_swept_at_a_login(browser, another, login, clock, db):
    login(browser)
    clock.advance(timedelta(days=20))
    login(another())
    assert len(db.scalars(select(WebSession.id)).all()) == 1


def test_a_user_sees_and_ends_the_other_logins(root, another, login, jo):
    second = login(another())
    page = root.get("/sessions")
    assert page.text.count("this one") == 1
    assert len(page.forms) >= 2
    button = [
        form for form in page.forms.values() if form.fields.get("end") and form["end"].value != "others"
    ]
    ended = button[0].submit("end").follow()
    assert "1 login ended." in ended.text
    assert (is_in(root), is_in(second), is_in(jo)) == (True, False, True)


def test_all_others_are_ended_at_once(root, another, login, token, jo):
    others = [login(another()), login(another())]
    page = root.post("/sessions", {"csrf_token": token(root), "end": "others"}).follow()
    assert "2 logins ended." in page.text
    assert [is_in(other) for other in others] == [False, False]
    assert (is_in(root), is_in(jo)) == (True, True)


def test_nobody_ends_the_logins_of_others(root, jo, db, work, token):
    mine = sessions_of(db, work.actor.user_id, work.now)[0].id
    page = jo.post("/sessions", {"csrf_token": token(jo), "end": str(mine)}).follow()
    assert "There was nothing to end" in page.text
    assert is_in(root)


@pytest.mark.parametrize("end", ["", "x", "-1", "9" * 40, "²"])
def test_senseless_numbers_end_nothing(root, token, end):
    assert root.post("/sessions", {"csrf_token": token(root), "end": end}).status_int == 303
    assert is_in(root)


def test_a_message_is_shown_once(root, token):
    page = root.post("/sessions", {"csrf_token": token(root), "end": "0"}).follow()
    assert "that login is over already" in page.text
    assert "that login is over already" not in root.get("/sessions").text


def test_end_sessions_of_counts(db, work, root):
    assert end_sessions_of(db, work.actor.user_id) == 1
    assert end_sessions_of(db, work.actor.user_id) == 0


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Chrome on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "unknown"),
    ],
)
def test_a_browser_is_called_what_people_call_it(agent, name):
    assert name_browser(agent) == name
