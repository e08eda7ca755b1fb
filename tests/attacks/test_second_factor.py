"""A34, A36, A37 and the second factor: half a login opens nothing, codes are neither guessed nor used twice."""

import base64
import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from rtpy.changes.groups import change_group, make_group, put_into_group
from rtpy.http.seeing import SEE_AS
from rtpy.identity.accounts import set_disabled, set_password
from rtpy.identity.issuing import issue_token
from rtpy.identity.scopes import EVERYTHING
from rtpy.identity.second_factor.factor import begin_factor, confirm_factor, renew_codes, secret_being_set_up
from rtpy.identity.sessions import SessionKind, start_session
from rtpy.models import LoginEvent, PendingLogin, RateCounter, User, WebSession
from rtpy.rest.sessions import rest_cookie_name
from tests.attacks.routes import all_routes

PASSWORD = "jo's password"
ASK = "/login/code"
API = "/REST/2.0/queues/all"
CLOSED = (302, 401)

pytestmark = pytest.mark.databases("sqlite")
"""The statements that races depend on are tried on both databases in tests/identity/test_second_factor.py."""


@pytest.fixture
def her(make, work_of):
    make.staff("jo", password=PASSWORD, real_name="Jo Bloggs")
    return work_of("jo")


@pytest.fixture
def secret(her):
    """Of Jo's app, confirmed two minutes ago."""
    begin_factor(her)
    drawn = secret_being_set_up(her.app, her.db, her.actor.user_id)
    her.now -= timedelta(minutes=2)
    confirm_factor(her, pyotp.TOTP(drawn).at(her.now))
    her.now += timedelta(minutes=2)
    her.db.commit()
    return drawn


@pytest.fixture
def code(secret, clock):
    """The code that Jo's app shows now."""
    return lambda: pyotp.TOTP(secret).at(clock.now())


@pytest.fixture
def asked(work_of):
    """Lets a group ask its members for a second factor."""

    def asked(*people):
        work = work_of("root")
        outer, inner = make_group(work, name="All staff"), make_group(work, name="Network")
        put_into_group(work, outer, inner.id)
        for person in people:
            put_into_group(work, inner, person)
        change_group(work, outer, name=outer.name, description="", second_factor=True)
        work.db.commit()

    return asked


def first_factor(browser, password=PASSWORD, wanted=""):
    form = browser.get("/login" + (f"?next={wanted}" if wanted else "")).form
    form["username"], form["password"] = "jo", password
    return form.submit(expect_errors=True)


def give(browser, code, path=ASK):
    form = browser.get(path).form
    form["code"] = code
    return form.submit(expect_errors=True)


def is_out(browser, path="/"):
    answer = browser.get(path, expect_errors=True)
    return answer.status_int in (302, 303) and "/login" in answer.headers["Location"]


def plain_paths(wsgi):
    """Every address of the site that needs no number."""
    patterns = {route.pattern for route in all_routes(wsgi)}
    plain = sorted(each for each in patterns if each.startswith("/") and "{" not in each and "*" not in each)
    assert len(plain) > 50
    return plain


def opened_to_strangers(another, wsgi):
    """What is open to whoever comes."""
    stranger = another()
    return {path for path in plain_paths(wsgi) if stranger.get(path, expect_errors=True).status_int == 200}


def results(db):
    return list(db.scalars(select(LoginEvent.result).order_by(LoginEvent.id)))


def test_a34_a_session_begins_after_the_code_and_not_before(browser, code, db):
    answer = first_factor(browser, wanted="/queue")
    assert (answer.status_int, answer.location) == (303, "http://localhost/login/code?next=%2Fqueue")
    assert "rtpy_session" not in browser.cookies
    assert db.scalar(select(func.count(WebSession.id))) == 0
    assert is_out(browser)
    answer = give(browser, code(), answer.location)
    assert (answer.status_int, answer.location) == (303, "http://localhost/queue")
    assert not is_out(browser)
    assert (browser.cookies.get("rtpy_second"), db.scalar(select(func.count(PendingLogin.id)))) == (None, 0)
    assert results(db) == ["asked for code", "in by code"]


def test_a34_half_a_login_opens_nothing_anywhere(browser, another, code, wsgi):
    """Neither with its own cookie nor with its value as any other."""
    first_factor(browser)
    half = browser.cookies["rtpy_second"]
    browser.set_cookie("rtpy_session", half)
    browser.set_cookie(rest_cookie_name(wsgi.registry["rtpy.app"]), half)
    opened = [path for path in plain_paths(wsgi) if browser.get(path, expect_errors=True).status_int == 200]
    assert set(opened) == {ASK, *opened_to_strangers(another, wsgi)}
    assert browser.get(API, expect_errors=True).status_int in CLOSED


def test_a34_the_page_of_codes_ends_a_session_that_was_there(browser, another, code, db, her):
    other = start_session(db, her.actor.user_id, now=her.now, days=1)
    db.commit()
    first_factor(browser)
    browser.set_cookie("rtpy_session", "x" * 43)
    give(browser, code())
    assert browser.cookies["rtpy_session"] not in (other, "x" * 43)


@pytest.mark.parametrize(
    "case", ["too late", "new password", "switched off", "another's cookie", "no cookie"]
)
def test_who_waited_for_a_code_waits_no_more(case, browser, code, clock, work, db, her):
    first_factor(browser)
    page = browser.get(ASK)
    jo = db.get_one(User, her.actor.user_id)
    good = code()
    if case == "too late":
        clock.set(clock.now() + timedelta(minutes=10, seconds=1))
        good = code()
    elif case == "new password":
        set_password(work, jo, "a new long password")
    elif case == "switched off":
        set_disabled(work, jo, disabled=True)
    elif case == "another's cookie":
        browser.set_cookie("rtpy_second", "A" * 43)
    else:
        browser.set_cookie("rtpy_second", "")
    db.commit()
    form = page.form
    form["code"] = good
    answer = form.submit(expect_errors=True)
    assert (answer.status_int, "Please log in again" in answer.text) == (422, True)
    assert is_out(browser)


def test_a_code_and_a_pending_login_are_good_once(browser, another, code, db):
    thief = another("192.0.2.9")
    for each in (browser, thief):
        first_factor(each)
    seen, kept = code(), browser.cookies["rtpy_second"]
    assert give(browser, seen).status_int == 303
    answer = give(thief, seen)
    assert (answer.status_int, "used already" in answer.text) == (422, True)
    again = another()
    again.set_cookie("rtpy_second", kept)
    assert is_out(again, ASK)
    assert results(db)[2:] == ["in by code", "wrong code"]


def test_a_recovery_code_opens_the_door_once(browser, another, her, secret, db):
    paper = renew_codes(her)[0]
    db.commit()
    first_factor(browser)
    assert give(browser, paper.upper(), ASK + "?recovery=1").status_int == 303
    other = another()
    first_factor(other)
    assert give(other, paper, ASK + "?recovery=1").status_int == 422
    assert results(db) == ["asked for code", "in by recovery", "asked for code", "wrong code"]


@pytest.mark.parametrize(
    "typed",
    ["", "000000", "12345", "1234567", "x" * 6000, "' OR 1=1 --", "\x00\x00", "１２３４５６", "%", "-1"],
)
def test_what_is_no_code_opens_nothing(typed, browser, secret, db):
    first_factor(browser)
    page = browser.get(ASK).form
    given = {"csrf_token": page["csrf_token"].value, "code": typed, "next": "//evil.example"}
    answer = browser.post(ASK, given, expect_errors=True)
    assert (answer.status_int, "evil" in answer.text) == (422, False)
    assert is_out(browser)


def test_a37_codes_are_not_guessed_from_one_address_or_from_many(browser, another, code, db, her, clock):
    first_factor(browser)
    answers = [give(browser, "000000").status_int for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2
    for number in range(5):
        stranger = another(f"192.0.2.{number}")
        first_factor(stranger)
        answers += [give(stranger, "000000").status_int for _ in range(8)]
    assert answers.count(422) == 30
    fresh = another("198.51.100.1")
    first_factor(fresh)
    assert give(fresh, code()).status_int == 429
    assert not db.scalars(select(RateCounter.key).where(RateCounter.key.contains("000000"))).all()


def test_a37_who_has_the_password_alone_begins_no_login_after_another(another, code, db):
    thief = another("192.0.2.9")
    answers = [first_factor(thief).status_int for _ in range(12)]
    assert answers == [303] * 10 + [429] * 2
    assert db.scalar(select(func.count(PendingLogin.id))) == 10


def test_a37_who_guesses_codes_locks_out_no_session_and_no_browser_of_the_owner(
    browser, another, code, clock
):
    first_factor(browser)
    assert give(browser, code()).status_int == 303
    clock.set(clock.now() + timedelta(minutes=1))
    thief = another("192.0.2.9")
    first_factor(thief)
    for _ in range(31):
        give(thief, "000000")
    assert not is_out(browser)
    page = browser.get("/")
    browser.post("/logout", {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]})
    first_factor(browser)
    assert give(browser, code()).status_int == 303


def test_a38_the_code_leads_to_paths_of_this_site_only(browser, code):
    first_factor(browser, wanted="//evil.example/")
    form = browser.get(ASK).form
    form["code"], form["next"] = code(), "https://evil.example/"
    assert form.submit().location == "http://localhost/"


def test_a39_a_code_without_the_token_of_its_page_is_refused(browser, code):
    first_factor(browser)
    assert browser.post(ASK, {"code": code()}, expect_errors=True).status_int == 403
    assert is_out(browser)


# --- who must have one ---------------------------------------------------------------------------------------------


def test_who_must_set_one_up_can_open_nothing_else(browser, another, her, asked, wsgi):
    asked(her.actor.user_id)
    assert first_factor(browser).status_int == 303
    opened = {path for path in plain_paths(wsgi) if browser.get(path, expect_errors=True).status_int == 200}
    assert opened - opened_to_strangers(another, wsgi) == {"/account/second-factor/set-up"}
    answer = browser.get("/queue")
    assert answer.location == "http://localhost/account/second-factor/set-up?next=%2Fqueue"
    assert browser.get(API, expect_errors=True).status_int in CLOSED


def test_who_has_set_it_up_goes_on_where_they_wanted_to(browser, her, asked, db, clock):
    asked(her.actor.user_id)
    first_factor(browser)
    before = browser.cookies["rtpy_session"]
    page = browser.get("/queue").follow()
    form = page.forms[0]
    form["password"] = PASSWORD
    page = form.submit("deed", value="begin").follow()
    assert browser.get("/account/second-factor/picture.svg").content_type == "image/svg+xml"
    secret = re.search(r'class="secret">([^<]+)<', page.text)[1].replace(" ", "")
    form = page.forms[0]
    form["code"] = pyotp.TOTP(secret).at(clock.now())
    page = form.submit("deed", value="confirm")
    codes = re.findall(r"<code>([^<]+)</code>", page.text)
    assert (page.status_int, len(codes)) == (200, 10)
    assert browser.cookies["rtpy_session"] != before
    assert 'href="/queue"' in page.text
    assert browser.get("/queue").status_int == 200
    assert browser.get("/account/second-factor/picture.svg", expect_errors=True).status_int == 404
    assert [code for code in codes if code in browser.get("/account/second-factor").text] == []


def test_in_a_group_that_asks_no_request_costs_a_query_more(
    enter, another, make, asked, her, query_count, db
):
    bo = enter(another(), make.staff("bo"))
    bo.get("/sessions")
    counts = []
    for _ in range(2):
        bo.get("/sessions")
        with query_count() as count:
            bo.get("/sessions")
        counts.append(count.total)
        asked(her.actor.user_id) if len(counts) == 1 else None
    assert counts[0] == counts[1]


# --- programs ------------------------------------------------------------------------------------------------------


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.mark.parametrize("why", ["has one", "must have one"])
def test_programs_of_such_people_come_in_with_a_token_and_not_with_the_password(
    why, browser, her, asked, request, work, db
):
    request.getfixturevalue("secret") if why == "has one" else asked(her.actor.user_id)
    jo = db.get_one(User, her.actor.user_id)
    token, _ = issue_token(work, jo, "test", EVERYTHING, 30)
    db.commit()
    answer = browser.get(API, headers=basic("jo", PASSWORD), expect_errors=True)
    assert (answer.status_int, "token" in answer.text) == (403, True)
    assert browser.get(API, headers=basic("jo", "wrong"), expect_errors=True).status_int == 401
    assert browser.get(API, headers={"Authorization": f"token {token}"}).status_int == 200
    old = browser.post("/REST/1.0/ticket/1/show", {"user": "jo", "pass": PASSWORD})
    assert ("403" in old.text.splitlines()[0], "token" in old.text) == (True, True)
    assert rest_cookie_name(browser.app.registry["rtpy.app"]) not in browser.cookies


def test_a_session_of_a_program_is_not_enough_where_a_group_asks(browser, her, asked, db, app):
    session = start_session(db, her.actor.user_id, now=her.now, days=1, kind=SessionKind.REST)
    db.commit()
    browser.set_cookie(rest_cookie_name(app), session)
    assert browser.get(API).status_int == 200
    asked(her.actor.user_id)
    assert browser.get(API, expect_errors=True).status_int in CLOSED


# --- secrets -------------------------------------------------------------------------------------------------------


def test_a_super_user_who_sees_as_somebody_else_sees_no_secret(root, her, db):
    begin_factor(her)
    session = db.scalars(select(WebSession)).one()
    session.data = {SEE_AS: her.actor.user_id}
    db.commit()
    paths = ("", "/set-up", "/picture.svg")
    answers = [root.get("/account/second-factor" + path, expect_errors=True).status_int for path in paths]
    assert answers == [403] * 3


def test_setting_up_new_codes_and_taking_off_need_the_password_again(browser, code, her, db):
    first_factor(browser)
    give(browser, code())
    for path, deed in (("/set-up", "begin"), ("", "codes"), ("", "off")):
        page = browser.get("/account/second-factor" + path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        given = {"csrf_token": token, "deed": deed, "password": "wrong"}
        answer = browser.post("/account/second-factor" + path, given, expect_errors=True)
        assert (answer.status_int, "not your present password" in answer.text) == (422, True)
    assert secret_being_set_up(her.app, db, her.actor.user_id) is None
