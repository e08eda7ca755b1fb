"""A39: a request that somebody else made the browser send does nothing."""

import re

import pytest
from sqlalchemy import select

from rtpy.models import WebSession
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.web.routes import ADDRESSES

REFUSED = "Please send this again"

pytestmark = pytest.mark.databases("sqlite")  # what is refused here never reaches a statement


def end_others(browser, **more):
    return browser.post("/sessions", {"end": "others", **more}, expect_errors=True)


def test_a39_a_form_without_a_token_is_refused_and_says_what_to_do(root):
    answer = end_others(root)
    assert answer.status_int == 403
    assert REFUSED in answer.text
    assert "Go back in your browser, where what you typed still stands" in answer.text


def test_a39_what_was_typed_can_be_copied_from_the_refusal(root):
    answer = end_others(root, content="Dear Ann, </textarea><script>", password="x" * 30, short="abc")
    assert answer.html.find("textarea").text.strip() == "Dear Ann, </textarea><script>"
    assert "x" * 30 not in answer.text


def test_a39_what_another_site_sent_is_not_shown(root):
    answer = root.post(
        "/sessions", {"content": "x" * 50}, headers={"Sec-Fetch-Site": "cross-site"}, status=403
    )
    assert "x" * 50 not in answer.text


def test_who_was_logged_out_meanwhile_can_copy_the_text_too(browser, make):
    given = {"content": "A long reply to the customer."}
    answer = browser.post(f"/ticket/{make.ticket().id}/reply", given, status=403)
    assert "Your login has ended" in answer.text
    assert answer.html.find("textarea").text.strip() == "A long reply to the customer."


@pytest.mark.parametrize("bad", ["", "x", "0" * 64, "ü", "x" * 100_000])
def test_a39_a_wrong_token_is_refused(root, bad):
    assert end_others(root, csrf_token=bad).status_int == 403


def test_a39_the_token_of_another_session_is_refused(root, jo, token):
    assert end_others(root, csrf_token=token(jo)).status_int == 403


def test_a39_the_token_from_before_the_login_is_refused(browser, login):
    before = browser.get("/login").form["csrf_token"].value
    login(browser)
    assert end_others(browser, csrf_token=before).status_int == 403


def test_a39_a_good_token_works_in_field_and_header(root, token):
    good = token(root)
    assert end_others(root, csrf_token=good).status_int == 303
    assert root.post("/sessions", {"end": "others"}, headers={"X-CSRF-Token": good}).status_int == 303


def test_a39_a_token_in_the_address_does_not_count(root, token):
    good = token(root)
    assert root.post(f"/sessions?csrf_token={good}", {"end": "others"}, expect_errors=True).status_int == 403


def test_a39_text_plain_json_does_not_count(root, token):
    body = f'{{"csrf_token": "{token(root)}", "end": "others"}}'
    assert root.post("/sessions", body, content_type="text/plain", expect_errors=True).status_int == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a39_another_site_is_refused_even_with_the_token(root, token, headers):
    given = {"csrf_token": token(root), "end": "others"}
    assert root.post("/sessions", given, headers=headers, expect_errors=True).status_int == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_a39_our_own_pages_are_not(root, token, headers):
    given = {"csrf_token": token(root), "end": "others"}
    assert root.post("/sessions", given, headers=headers).status_int == 303


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a39_a_method_cannot_be_smuggled(root, another, login, name):
    second = login(another())
    root.get("/sessions?end=others&_method=POST", headers={name: "POST"})
    root.post("/sessions", {"end": "others"}, headers={name: "GET"}, expect_errors=True)
    assert second.get("/sessions").status_int == 200


def test_a39_login_needs_a_token_of_this_browser(browser, another):
    foreign = another().get("/login").form["csrf_token"].value
    given = {"username": "root", "password": ROOT_PASSWORD}
    assert browser.post("/login", given, expect_errors=True).status_int == 403
    assert browser.post("/login", {**given, "csrf_token": foreign}, expect_errors=True).status_int == 403
    browser.get("/login")
    assert browser.post("/login", {**given, "csrf_token": foreign}, expect_errors=True).status_int == 403
    assert "rtpy_session" not in browser.cookies


def test_a39_logout_needs_a_token(root, db):
    assert root.post("/logout", {}, expect_errors=True).status_int == 403
    assert db.scalar(select(WebSession.id)) is not None
    assert root.get("/sessions").status_int == 200


def test_a39_the_choice_of_colours_needs_a_token(browser):
    assert browser.post("/theme", {"theme": "dark"}, expect_errors=True).status_int == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a39_no_page_takes_an_unsafe_method_without_a_token(root, make, method):
    numbers = {
        "id": make.ticket().id,
        "txn": 1,
        "attachment_id": 1,
        "filename": "x",
        "cid": "x",
        "page": "Display",
    }
    paths = [
        re.sub(r"{(\w+)[^}]*(?:{[^}]*}\))?[^}]*}+", lambda name: str(numbers.get(name[1], 1)), address.path)
        for address in ADDRESSES
    ]
    answers = {path: root.request(path, method=method, expect_errors=True).status_int for path in paths}
    assert {path: status for path, status in answers.items() if status not in (403, 404, 405)} == {}
    assert root.get("/sessions").status_int == 200
