"""Logging in and out: who gets in, what the cookies are, and who is kept waiting."""

import pytest

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


def test_a_customer_with_a_password_may_log_in(browser, make, db):
    from rtpy.identity.passwords import hash_password

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


def test_logout_is_a_post_and_ends_the_session(browser, login):
    login(browser)
    token = browser.cookies["rtpy_session"]
    assert browser.get("/logout", expect_errors=True).status_int == 405
    form_token = browser.get("/sessions").forms[0]["csrf_token"].value
    out = browser.post("/logout", {"csrf_token": form_token})
    assert (out.status_int, out.headers["Location"]) == (303, "http://localhost/login")
    browser.set_cookie("rtpy_session", token)
    assert browser.get("/sessions").status_int == 303
