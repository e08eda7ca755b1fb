"""The history of logins: what is kept of an attempt, what never, for whom it is shown, and when it goes."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.identity.accounts import set_disabled
from rtpy.identity.issuing import issue_token
from rtpy.identity.login_history import (
    FAILED,
    Result,
    find_logins,
    forget_logins,
    note_failed,
    note_login,
)
from rtpy.identity.logins import How
from rtpy.identity.scopes import EVERYTHING
from rtpy.models import LoginEvent
from tests.web.conftest import another, browser, customer, enter, extra, jo, login, root, token, wsgi

__all__ = ["another", "browser", "customer", "enter", "extra", "jo", "login", "root", "token", "wsgi"]

PASSWORD = "bo's password"

pytestmark = pytest.mark.databases("sqlite")
"""Plain inserts and one select; what differs between databases is tried with the second factor's own statements."""


@pytest.fixture
def bo(make):
    return make.staff("bo", password=PASSWORD, real_name="Bo Lee")


def attempt(browser, name, password):
    form = browser.get("/login").form
    form["username"], form["password"] = name, password
    return form.submit(expect_errors=True)


def test_each_attempt_is_a_line_and_what_nobody_is_called_is_not_kept(another, bo, work, db):
    typed = "my secret passphrase"
    browser = another("192.0.2.7")
    for name, password in (("bo", "wrong"), (typed, "x"), ("bo", PASSWORD)):
        attempt(browser, name, password)
    set_disabled(work, bo, disabled=True)
    attempt(another("192.0.2.8"), "bo@staff.example", PASSWORD)
    lines = find_logins(db)[::-1]
    assert [(line.user_id, line.result, line.how, line.peer) for line in lines] == [
        (bo.id, "wrong password", "password", "192.0.2.7"),
        (None, "wrong password", "password", "192.0.2.7"),
        (bo.id, "in", "password", "192.0.2.7"),
        (bo.id, "disabled", "password", "192.0.2.8"),
    ]
    kept = [str(value) for row in db.execute(select(LoginEvent.__table__)) for value in row]
    assert [value for value in kept if typed in value or PASSWORD in value] == []


def test_who_was_stopped_is_one_line_however_often_they_go_on(another, bo, db):
    for _ in range(15):
        attempt(another(), "bo", "wrong")
    assert [line.result for line in find_logins(db)] == ["too many", *["wrong password"] * 10]


def test_a_program_is_noted_once_a_day_and_a_token_at_its_first_use(browser, bo, work, db):
    text, _ = issue_token(work, bo, "test", EVERYTHING, 30)
    db.commit()
    pair = base64.b64encode(f"bo:{PASSWORD}".encode()).decode()
    for header in (f"Basic {pair}", f"token {text}"):
        for _ in range(3):
            browser.get("/REST/2.0/queues/all", headers={"Authorization": header})
    assert [(line.how, line.result) for line in find_logins(db)] == [("token", "in"), ("program", "in")]


def test_a_program_that_needs_a_token_and_goes_on_without_is_one_line(app, bo, db):
    for _ in range(5):
        note_failed(app, "BO", Result.NEEDS_TOKEN, peer="192.0.2.7", how=How.PROGRAM)
    assert [(line.user_id, line.result) for line in find_logins(db)] == [(bo.id, "needs token")]


def test_people_see_the_attempts_at_their_own_account_only(another, enter, make, bo, db, work):
    eve = make.staff("eve")
    for user, peer in ((bo, "192.0.2.7"), (eve, "192.0.2.66")):
        note_login(db, user.id, "password", Result.WRONG_PASSWORD, at=work.now, peer=peer)
    db.commit()
    page = enter(another(), bo).get("/sessions").text
    assert ("192.0.2.7" in page, "Wrong password" in page, "192.0.2.66" in page) == (True, True, False)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["192.0.2.9", "192.0.2.8", "192.0.2.7"]),
        ("?q=bo", ["192.0.2.8", "192.0.2.7"]),
        ("?q=lee", ["192.0.2.8", "192.0.2.7"]),
        ("?q=192.0.2.9", ["192.0.2.9"]),
        ("?q=%25", []),
        (f"?result={FAILED}", ["192.0.2.9", "192.0.2.8"]),
        ("?result=in", ["192.0.2.7"]),
        ("?result=nonsense", ["192.0.2.9", "192.0.2.8", "192.0.2.7"]),
    ],
)
def test_administrators_find_attempts(asked, found, root, bo, db, work, query_count):
    for user_id, result, peer in (
        (bo.id, Result.IN, "192.0.2.7"),
        (bo.id, Result.WRONG_CODE, "192.0.2.8"),
        (None, Result.WRONG_PASSWORD, "192.0.2.9"),
    ):
        note_login(db, user_id, "password", result, at=work.now, peer=peer)
    db.commit()
    page = root.get("/admin/logins" + asked).text
    seen = [peer for peer in ("192.0.2.9", "192.0.2.8", "192.0.2.7") if f">{peer}<" in page]
    assert seen == found


def test_the_list_asks_once_however_long_it_is(root, bo, db, work, query_count):
    counts = []
    for more in (1, 30):
        for _ in range(more):
            note_login(db, bo.id, "password", Result.IN, at=work.now, peer="192.0.2.7")
        db.commit()
        root.get("/admin/logins")
        with query_count() as count:
            root.get("/admin/logins")
        counts.append(count.total)
    assert counts[0] == counts[1]


def test_lines_go_after_the_days_of_the_option(app, bo, db, clock):
    for days in (366, 364):
        note_login(db, bo.id, "password", Result.IN, at=clock.now() - timedelta(days=days), peer=str(days))
    db.commit()
    assert forget_logins(app) == 1
    assert [line.peer for line in find_logins(db)] == ["364"]
