"""The pages of tokens: one's own, and those that administrators see."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.feed_keys import feed_keys_of, make_feed_key
from rtpy.identity.issuing import issue_token, tokens_of
from rtpy.identity.logins import Through
from rtpy.identity.scopes import EVERYTHING, Level, Scope
from rtpy.identity.tokens import find_token_login
from rtpy.models import AuthToken
from rtpy.rights.names import Right
from rtpy.testing.fixtures import ROOT_PASSWORD

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")

PASSWORD = "first password"
HERE = "/account/tokens"


@pytest.fixture
def eva(make):
    eva = make.staff("eva", password=PASSWORD)
    make.grant(eva, Right.MANAGE_AUTH_TOKENS, Right.MODIFY_SELF)
    return eva


@pytest.fixture
def browser_of_eva(another, enter, eva):
    return enter(another(), eva)


def fill(page, **given):
    form = next(form for form in page.forms.values() if "scope" in form.fields)
    values = {"name": "disks", "scope": "read", "days": "365", "password": PASSWORD, **given}
    for name, value in values.items():
        form.fields[name][0].force_value(value)
    return form


def shown(page):
    found = re.search(r'id="made-token"[^>]* value="([^"]*)"', page.text)
    return found and found[1]


def test_a_token_is_made_shown_once_and_revoked(browser_of_eva, eva, db, app):
    page = fill(browser_of_eva.get(HERE)).submit("deed", value="create")
    text = shown(page)
    login = find_token_login(db.connection(), text, app.clock.now())
    assert (login.user_id, login.through, login.scope) == (eva.id, Through.TOKEN, Scope(Level.READ))
    again = browser_of_eva.get(HERE)
    assert shown(again) is None
    assert text.split("-")[2] not in again
    assert "disks" in again
    assert "Read only" in again
    form = next(form for form in again.forms.values() if "revoke" in form.fields)
    assert "revoked" in form.submit("revoke").follow()
    assert find_token_login(db.connection(), text, app.clock.now()) is None
    assert form.submit("revoke").status_int == 303  # a second time nothing happens


def test_a_token_is_limited_to_chosen_queues(browser_of_eva, make, eva, db, app):
    queue = make.queue("Shop")
    form = fill(browser_of_eva.get(HERE), scope="write", days="30")
    form["queues"] = [str(queue.id)]
    page = form.submit("deed", value="create")
    login = find_token_login(db.connection(), shown(page), app.clock.now())
    assert login.scope == Scope(Level.WRITE, frozenset({queue.id}))
    (line,) = tokens_of(db, eva.id, app.clock.now())
    assert line.queues == ("Shop",)


def test_what_does_not_make_a_token(browser_of_eva, make, db, jo, clock):
    hidden = make.queue("Hidden", granted=False)
    cases = [
        ({"password": "wrong"}, "not your present password"),
        ({"password": ""}, "not your present password"),
        ({"name": " "}, "a name"),
        ({"scope": "root"}, "what the token may do"),
        ({"scope": ""}, "what the token may do"),
        ({"days": "never"}, "must end"),
        ({"days": ""}, "when the token ends"),
        ({"days": "99999"}, "1 to 730 days"),
        ({"days": "-1"}, "when the token ends"),
        ({"queues": [str(hidden.id)]}, "queues that exist"),
        ({"queues": ["99999"]}, "queues that exist"),
    ]
    for given, said in cases:
        queues = given.pop("queues", [])
        form = fill(browser_of_eva.get(HERE), **given)
        posted = [(name, value) for name, value in form.submit_fields("deed") if name != "queues"]
        posted += [("queues", each) for each in queues]
        assert said in browser_of_eva.post(HERE, posted, status=422), given
        clock.advance(timedelta(minutes=6))  # ten wrong passwords are too many
    page = jo.get(HERE)
    assert "right ManageAuthTokens" in page
    assert not any("scope" in form.fields for form in page.forms.values())
    form = fill(browser_of_eva.get(HERE))
    posted = dict(form.submit_fields("deed"))
    posted["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    assert "right ManageAuthTokens" in jo.post(HERE, posted, status=422)
    assert db.scalar(select(func.count(AuthToken.id))) == 0


def test_a37_the_password_is_not_guessed_at_the_form(browser_of_eva, db):
    form = fill(browser_of_eva.get(HERE), password="wrong")
    for _ in range(10):
        form.submit("deed", value="create", status=422)
    form["password"] = PASSWORD
    assert form.submit("deed", value="create", status=429).headers["Retry-After"]
    assert db.scalar(select(func.count(AuthToken.id))) == 0


def test_nobody_revokes_tokens_of_others(jo, token, work_of, eva, db, app):
    _, row = issue_token(work_of("eva"), eva, "a", EVERYTHING, 30)
    db.flush()
    jo.post(HERE, {"csrf_token": token(jo), "revoke": str(row.id)})
    jo.post(f"/admin/users/{eva.id}/tokens", {"csrf_token": token(jo), "revoke": str(row.id)}, status=403)
    for senseless in ("x", "-1", "9" * 40, "²"):
        jo.post(HERE, {"csrf_token": token(jo), "revoke": senseless})
    assert len(tokens_of(db, eva.id, app.clock.now())) == 1


def test_administrators_see_and_revoke_tokens_and_feeds(another, enter, make, token, work_of, eva, db, app):
    admin = make.staff("admin")
    make.grant(admin, Right.ADMIN_USERS, Right.SHOW_CONFIG_TAB)
    browser, here = enter(another(), admin), f"/admin/users/{eva.id}/tokens"
    text, row = issue_token(work_of("eva"), eva, "till", EVERYTHING, 30)
    _, feed = make_feed_key(work_of("eva"), "my week", "")
    db.flush()
    page = browser.get(here)
    assert "till" in page
    assert "my week" in page
    assert text.split("-")[2] not in page
    assert not any("scope" in form.fields for form in page.forms.values())
    browser.post(here, {"csrf_token": token(browser), "revoke": str(row.id)})
    browser.post(here, {"csrf_token": token(browser), "revoke_feed": str(feed.id)})
    browser.post(here, {"csrf_token": token(browser), "revoke_feed": "0"})
    db.expire_all()
    assert not tokens_of(db, eva.id, app.clock.now())
    assert not feed_keys_of(db, eva.id)
    issue_token(work_of("root"), make.staff("boss"), "b", EVERYTHING, 30)
    make.grant(eva, Right.SUPER_USER)
    browser.post(here, {"csrf_token": token(browser), "revoke_feed": "0"}, status=403)


def test_a_super_user_makes_tokens_for_others(root, eva, db, app):
    here = f"/admin/users/{eva.id}/tokens"
    page = fill(root.get(here), password=ROOT_PASSWORD).submit("deed", value="create")
    assert find_token_login(db.connection(), shown(page), app.clock.now()).user_id == eva.id


@pytest.mark.parametrize("kept", [True, False])
def test_a_new_password_ends_tokens_and_feeds_unless_they_are_kept(
    browser_of_eva, work_of, eva, db, app, kept
):
    text, _ = issue_token(work_of("eva"), eva, "till", EVERYTHING, 30)
    db.flush()
    form = next(
        form for form in browser_of_eva.get("/account/password").forms.values() if "old" in form.fields
    )
    form["old"], form["password"], form["again"] = PASSWORD, "second password", "second password"
    form["keep"] = kept
    form.submit("deed")
    assert (find_token_login(db.connection(), text, app.clock.now()) is not None) is kept
