"""Logging in and out: who gets in, what the cookies are, and who is kept waiting."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.addresses import set_addresses
from rtpy.identity import login as login_module
from rtpy.identity.login import TooManyLogins, check_login
from rtpy.identity.passwords import hash_password, verify_password
from rtpy.models import RateCounter, User, WebSession
from rtpy.testing.fixtures import ROOT_PASSWORD

WRONG = "This user name and password do not fit together."


def try_login(browser, name, password, **more):
    form = browser.get("/login").form
    form["username"], form["password"] = name, password
    return form.submit(expect_errors=True, **more)


def test_a_page_of_staff_leads_to_the_login_and_back(browser, make):
    ticket = make.ticket()
    sent = browser.get(f"/ticket/{ticket.id}/history?x=1")
    assert (sent.status_int, sent.headers["Location"]) == (
        303,
        f"http://localhost/login?next=%2Fticket%2F{ticket.id}%2Fhistory%3Fx%3D1",
    )
    form = sent.follow().form
    form["username"], form["password"] = "root", ROOT_PASSWORD
    assert form.submit().headers["Location"] == f"http://localhost/ticket/{ticket.id}/history?x=1"


@pytest.mark.parametrize("name", ["root", "ROOT", " root ", "root@localhost", "Root@LOCALHOST"])
def test_a_user_logs_in_by_name_or_address(browser, name):
    assert try_login(browser, name, ROOT_PASSWORD).status_int == 303


def test_a_user_logs_in_by_each_address_but_a_name_goes_first(browser, another, make, db, work):
    jo = make.staff("jo", password="jo's password")
    set_addresses(work, jo, ["jo@old.example", "jo@home.example"])
    db.flush()
    assert try_login(browser, "Jo@OLD.example", "jo's password").status_int == 303
    make.staff("jo@home.example", password="another's password")
    assert try_login(another(), "jo@home.example", "jo's password").status_int == 200
    assert try_login(another(), "jo@home.example", "another's password").status_int == 303


def test_who_is_disabled_does_not_get_in_by_a_further_address_either(browser, make, db, work):
    jo = make.staff("jo", password="jo's password")
    set_addresses(work, jo, ["jo@old.example"])
    jo.principal.disabled = True
    db.flush()
    assert try_login(browser, "jo@old.example", "jo's password").status_int == 200


def test_a_customer_with_a_password_may_log_in(browser, make, db):
    ann = make.customer("ann@client.example")
    ann.password_hash = hash_password("ann's password")
    db.flush()
    assert try_login(browser, "ann@client.example", "ann's password").status_int == 303


@pytest.mark.parametrize(
    "name", ["", "nobody-of-that-name", "RT_System", "Nobody", "a" * 5000, "x\x00y", "%", "_oot"]
)
def test_a_wrong_login_says_one_and_the_same(browser, name):
    answer = try_login(browser, name, ROOT_PASSWORD)
    assert answer.status_int == 200
    assert WRONG in answer.text
    assert "rtpy_session" not in browser.cookies


def test_a_disabled_user_does_not_get_in_and_hears_the_same(browser, make, db):
    make.staff("jo", password="jo's password").principal.disabled = True
    db.flush()
    assert WRONG in try_login(browser, "jo", "jo's password").text


def test_what_was_typed_as_name_stays_in_the_form(browser):
    answer = try_login(browser, '"><b>jo', "wrong")
    assert answer.form["username"].value == '"><b>jo'
    assert "<b>jo" not in answer.text


def test_logout_is_a_post_and_ends_the_session(browser, login, token):
    login(browser)
    cookie = browser.cookies["rtpy_session"]
    assert browser.get("/logout", expect_errors=True).status_int == 405
    out = browser.post("/logout", {"csrf_token": token(browser)})
    assert (out.status_int, out.headers["Location"]) == (303, "http://localhost/login")
    browser.set_cookie("rtpy_session", cookie)
    assert browser.get("/sessions").status_int == 303


def test_who_is_logged_out_already_may_log_out_again(browser):
    out = browser.post("/logout", {})
    assert (out.status_int, out.headers["Location"]) == (303, "http://localhost/login")


def test_who_is_logged_in_is_sent_on_from_the_form(root):
    answer = root.get("/login?next=/tickets")
    assert (answer.status_int, answer.headers["Location"]) == (303, "http://localhost/tickets")


def test_a_password_is_hashed_as_its_documentation_says(real_passwords):
    assert hash_password("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_old_hash_is_renewed_at_login(browser, make, db, real_passwords):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("jo's password")
    jo = make.staff("jo")
    jo.password_hash = old
    db.flush()
    assert try_login(browser, "jo", "jo's password").status_int == 303
    db.refresh(jo)
    assert jo.password_hash != old
    assert verify_password("jo's password", jo.password_hash)


# --- A35: passwords of all lengths and bytes --------------------------------------------------------------------

PASSWORDS = [
    "x",
    "p" * 72,
    "p" * 73,
    "p" * 1000,
    "a\x00b",
    "pässwörd",
    "密码🔑",
    " with spaces ",
    "'; DROP TABLE users; --",
]


@pytest.mark.parametrize("password", PASSWORDS)
def test_a35_a_password_is_never_cut(password):
    stored = hash_password(password)
    assert verify_password(password, stored)
    assert not verify_password(password + "x", stored)
    assert not verify_password(password[:-1], stored)


def test_a35_unicode_forms_of_a_password_are_one():
    assert verify_password("pa\u0308sswort", hash_password("p\u00e4sswort"))


@pytest.mark.parametrize("password", ["", "x" * 1_000_000, "\ud800", "\x00"])
def test_a35_a_senseless_password_is_just_wrong(password):
    assert not verify_password(password, hash_password("something else"))


def test_a35_an_empty_password_is_nobodys_even_if_stored():
    assert not verify_password("", hash_password(""))


def test_a35_a_million_bytes_are_refused_before_any_hashing(browser):
    assert WRONG in try_login(browser, "root", "x" * 1_000_000).text


def test_a35_broken_bytes_in_the_form_are_no_error(browser):
    token = browser.get("/login").form["csrf_token"].value
    body = f"csrf_token={token}&username=root&password=%ff%fe%00".encode()
    assert WRONG in browser.post("/login", body, content_type="application/x-www-form-urlencoded").text


# --- A36: nobody learns who has an account ----------------------------------------------------------------------


def test_a36_a_wrong_password_and_an_unknown_user_get_the_same_answer(browser):
    answers = [try_login(browser, name, "wrong") for name in ("root", "toor")]
    pages = [re.sub(r'value="(root|toor)"', "", answer.text) for answer in answers]
    assert pages[0] == pages[1]
    assert [answer.status for answer in answers] == ["200 OK", "200 OK"]


def test_a36_an_unknown_user_costs_one_hash_like_any_other(app, make, monkeypatch):
    make.staff("jo")  # has no password
    counted = []
    verify = login_module.verify_password
    monkeypatch.setattr(
        login_module, "verify_password", lambda given, stored: counted.append(stored) or verify(given, stored)
    )
    for name in ("root", "toor", "jo", ""):
        with pytest.raises(login_module.LoginFailed):
            check_login(app, name, "wrong", peer="192.0.2.1")
    assert len(counted) == 4


def test_a36_an_unknown_user_costs_as_many_queries(app, make, query_count):
    totals = []
    for name in ("root", "toor"):
        with query_count() as count, pytest.raises(login_module.LoginFailed):
            check_login(app, name, "wrong", peer="192.0.2.1")
        totals.append(count.total)
    assert totals[0] == totals[1] <= 4


# --- A37: guessing is slow, and locks nobody else out -----------------------------------------------------------


def fail(app, times, name="root", peer="192.0.2.1", device=""):
    """What became of so many wrong attempts: how many were looked at."""
    looked_at = 0
    for _ in range(times):
        try:
            check_login(app, name, "wrong", peer=peer, device=device)
        except TooManyLogins:
            continue
        except login_module.LoginFailed:
            looked_at += 1
    return looked_at


@pytest.fixture
def quick(monkeypatch):
    """Passwords are compared without hashing: these tests are about counting."""
    monkeypatch.setattr(login_module, "verify_password", lambda given, stored: given == ROOT_PASSWORD)


def test_a37_one_address_gets_ten_attempts_on_one_account(app, quick):
    assert fail(app, 30) == 10


def test_a37_the_right_password_does_not_help_who_guessed_too_often(app, quick):
    fail(app, 11)
    with pytest.raises(TooManyLogins, match=r"Please wait \d+ minutes? and try again"):
        check_login(app, "root", ROOT_PASSWORD, peer="192.0.2.1")


def test_a37_a_stranger_does_not_lock_the_user_out(app, quick):
    fail(app, 200)
    assert check_login(app, "root", ROOT_PASSWORD, peer="198.51.100.7").name == "root"


def test_a37_name_and_address_of_an_account_count_together(app, quick):
    assert fail(app, 10) + fail(app, 10, name="root@localhost") == 10


def test_a37_one_address_gets_a_hundred_attempts_on_all_accounts(app, quick):
    assert sum(fail(app, 1, name=f"user{number}") for number in range(150)) == 100


def test_a37_many_addresses_get_a_hundred_attempts_on_one_account(app, quick):
    assert sum(fail(app, 5, peer=f"198.51.{number}.1") for number in range(40)) == 100


def test_a37_a_known_browser_gets_in_while_the_account_is_attacked(app, quick, db):
    root = db.scalar(select(User).where(User.name == "root"))
    device = login_module.make_device(app, root.id, root.password_hash)
    for number in range(40):
        fail(app, 5, peer=f"198.51.{number}.1")
    with pytest.raises(TooManyLogins):
        check_login(app, "root", ROOT_PASSWORD, peer="203.0.113.9")
    assert check_login(app, "root", ROOT_PASSWORD, peer="203.0.113.9", device=device).name == "root"


@pytest.mark.parametrize("device", ["", ".", "a.b", "x" * 5000, "nonce." + "0" * 64, "ü.ß"])
def test_a37_a_forged_device_cookie_counts_as_none(app, quick, device):
    assert fail(app, 20, device=device) == 10


def test_a37_a_device_cookie_is_good_for_one_user_and_one_password_only(app, db):
    root = db.scalar(select(User).where(User.name == "root"))
    device = login_module.make_device(app, root.id, root.password_hash)
    assert login_module.device_nonce(app, root.id, root.password_hash, device)
    assert not login_module.device_nonce(app, root.id + 1, root.password_hash, device)
    assert not login_module.device_nonce(app, root.id, "another hash", device)


def test_a37_a_device_has_a_limit_too(app, quick, db):
    root = db.scalar(select(User).where(User.name == "root"))
    assert fail(app, 50, device=login_module.make_device(app, root.id, root.password_hash)) == 20


def test_a37_an_ipv6_customer_is_one_address(app, quick):
    assert sum(fail(app, 1, peer=f"2001:db8::{number}") for number in range(1, 30)) == 10


def test_a37_waiting_helps(app, quick, clock):
    fail(app, 11)
    clock.advance(timedelta(minutes=16))
    assert check_login(app, "root", ROOT_PASSWORD, peer="192.0.2.1").name == "root"


def test_a37_who_logs_in_well_is_never_kept_waiting(browser, another, login):
    for _ in range(15):
        login(another())
    assert try_login(browser, "root", "wrong").status_int == 200


def test_a37_too_many_attempts_are_answered_429_with_a_time(browser, quick):
    answers = [try_login(browser, "root", "wrong") for _ in range(11)]
    assert [answer.status_int for answer in answers] == [200] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    assert "Too many attempts to log in." in answers[-1].text


def test_a37_what_was_typed_as_name_is_not_stored(app, quick, db):
    fail(app, 1, name="my secret password")
    assert [row for row in db.scalars(select(RateCounter.key)) if "secret" in row] == []


@pytest.mark.concurrent
def test_a37_parallel_attempts_are_counted_one_by_one(committed_app, quick):
    results = []
    threads = [threading.Thread(target=lambda: results.append(fail(committed_app, 10))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(results) == 10


# --- A34, A38 ---------------------------------------------------------------------------------------------------


def test_a34_the_cookies_are_kept_from_scripts_and_other_sites(browser):
    cookies = try_login(browser, "root", ROOT_PASSWORD).headers.getall("Set-Cookie")
    given = [cookie for cookie in cookies if "=;" not in cookie]
    assert sorted(cookie.split("=")[0] for cookie in given) == ["rtpy_device", "rtpy_session"]
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie for cookie in given)


UNSAFE = [
    "//evil.example",
    "//evil.example/x",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "http://localhost:81/",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    "/@evil.example",
    "/x//evil.example",
    "/..//evil.example",
    " //evil.example",
    "evil.example",
    "/x\x00",
    "/x\r\nSet-Cookie: a=b",
    "http://[::1",
    "/" + "x" * 3000,
    "/logout",
    "/login?next=//evil.example",
]


@pytest.mark.parametrize("wanted", UNSAFE)
def test_a38_a_login_leads_to_this_site_only(browser, wanted):
    token = browser.get("/login").form["csrf_token"].value
    given = {"csrf_token": token, "username": "root", "password": ROOT_PASSWORD, "next": wanted}
    assert browser.post("/login", given).headers["Location"] == "http://localhost/"


@pytest.mark.parametrize(
    "wanted", ["/tickets?status=open&page=2", "/ticket/7", "/x%2F%2Fevil", "/tickets?q=%40ann"]
)
def test_a38_a_path_of_this_site_is_kept(browser, wanted):
    token = browser.get("/login").form["csrf_token"].value
    given = {"csrf_token": token, "username": "root", "password": ROOT_PASSWORD, "next": wanted}
    assert browser.post("/login", given).headers["Location"] == "http://localhost" + wanted


def test_the_token_is_stored_as_a_hash_only(browser, db):
    try_login(browser, "root", ROOT_PASSWORD)
    token = browser.cookies["rtpy_session"]
    assert len(token) >= 43
    stored = [value for row in db.execute(select(WebSession.__table__)) for value in row]
    assert token not in [str(value) for value in stored]
