"""Tokens: who may make them, what they open, and when they end."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from rtpy.changes.accounts import set_privileged
from rtpy.changes.feed_keys import feed_keys_of, make_feed_key
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.identity.accounts import change_own_password, set_disabled, set_password
from rtpy.identity.issuing import MOST, issue_token, revoke_token, tokens_of
from rtpy.identity.logins import Through
from rtpy.identity.scopes import EVERYTHING, ONLY_READ, Level, Scope
from rtpy.identity.tokens import find_token_login, touch_token
from rtpy.models import AuthToken, ConfigChange
from rtpy.work import Face


@pytest.fixture
def jo(make):
    jo = make.staff("jo", password="first password")
    make.grant(jo, "ManageAuthTokens", "ModifySelf")
    return jo


@pytest.fixture
def find(db, app):
    return lambda text: find_token_login(db.connection(), text, app.clock.now())


def test_a_token_has_rts_form_and_opens_the_door_in_its_users_name(work_of, jo, find, query_count):
    text, row = issue_token(work_of("jo"), jo, "  Monitoring  of disks ", ONLY_READ, 365)
    number, user, secret = text.split("-")
    assert (int(number), int(user)) == (row.id, jo.id)
    assert len(secret) == 32
    assert not set(secret) - set("0123456789abcdef")
    with query_count() as count:
        login = find(text)
    assert count.total == 1
    assert (login.user_id, login.through, login.token_id) == (jo.id, Through.TOKEN, row.id)
    assert login.scope == ONLY_READ
    assert login.is_privileged
    assert login.session_id is None
    assert login.csrf_token == ""
    assert row.name == "Monitoring of disks"


def test_what_is_no_token_opens_nothing(work_of, jo, make, find, query_count):
    good, row = issue_token(work_of("jo"), jo, "a", EVERYTHING, 1)
    other = make.staff("bo")
    secret = good.split("-")[2]
    wrong = (
        "",
        "x",
        secret,
        good[:-1],
        good + "0",
        good.upper(),
        f"{row.id}-{other.id}-{secret}",
        f"{row.id + 1}-{jo.id}-{secret}",
        f"{row.id}-{jo.id}-{'0' * 32}",
        f"{row.id}-{jo.id}-{row.secret_hash}",
        f"0{good}",
        good.replace("-", "\u2010"),
        "9" * 18 + f"-1-{secret}",
        "9" * 19 + f"-1-{secret}",
        "1-1-" + "\u0661" * 32,
        good + "\x00",
        "1-" * 100_000,
    )
    assert [each for each in wrong if find(each) is not None] == []
    assert find(good) is not None
    assert find(f" {good}\n") is not None
    with query_count() as count:
        find("no token")
    assert count.total == 0


def test_a_token_ends_when_it_is_over_revoked_or_its_user_is_gone(work_of, work, jo, find, db, clock):
    def fresh():
        return issue_token(work_of("jo"), jo, "a", EVERYTHING, 30)

    over, _ = fresh()
    clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert find(over) is not None
    clock.advance(timedelta(seconds=1))
    assert find(over) is None

    revoked, row = fresh()
    revoke_token(work_of("jo"), jo, row.id)
    db.flush()
    assert find(revoked) is None
    with pytest.raises(NotFound):
        revoke_token(work_of("jo"), jo, row.id)

    disabled, _ = fresh()
    make_feed_key(work_of("jo"), "mine", "")
    set_disabled(work, jo, disabled=True)
    db.flush()
    assert find(disabled) is None
    assert not feed_keys_of(db, jo.id)
    set_disabled(work, jo, disabled=False)
    db.flush()
    assert find(disabled) is None

    reset, _ = fresh()
    set_password(work, jo, "another password")
    db.flush()
    assert find(reset) is None


def test_with_ones_own_new_password_tokens_and_feeds_end_unless_they_are_kept(work_of, jo, find, db):
    text, _ = issue_token(work_of("jo"), jo, "a", EVERYTHING, 30)
    make_feed_key(work_of("jo"), "mine", "")
    change_own_password(work_of("jo"), "first password", "second password", session_id=None, keep_keys=True)
    db.flush()
    assert find(text) is not None
    assert feed_keys_of(db, jo.id)
    change_own_password(work_of("jo"), "second password", "third password", session_id=None)
    db.flush()
    assert find(text) is None
    assert not feed_keys_of(db, jo.id)


def test_a_stolen_database_holds_no_usable_token(work_of, jo, db, find):
    text_, row = issue_token(work_of("jo"), jo, "a", EVERYTHING, 30)
    db.flush()
    secret = text_.split("-")[2]
    for table in ("auth_tokens", "config_changes", "transactions"):
        for line in db.execute(text(f"SELECT * FROM {table}")):
            assert secret not in repr(line)
    assert find(f"{row.id}-{jo.id}-{row.secret_hash[:32]}") is None


def test_who_may_make_tokens_for_whom(work_of, work, jo, make, db, app):
    bo, ann = make.staff("bo"), make.customer("ann@client.example")
    admin = make.staff("admin")
    make.grant(admin, "AdminUsers", "ManageAuthTokens")
    refused = [
        (work_of("bo"), bo, "ManageAuthTokens"),
        (work_of("jo"), bo, "super-user"),
        (work_of("admin"), jo, "super-user"),
        (work_of("jo", Face.REST2), jo, "program"),
        (work_of("jo", Face.REST1), jo, "program"),
        (work_of("root", Face.MAIL), jo, "program"),
        (work, db.get_one(type(jo), app.nobody_id(db)), "part of rtpy"),
    ]
    for who, user, said in refused:
        with pytest.raises(Refused, match=said):
            issue_token(who, user, "a", EVERYTHING, 30)
    set_disabled(work, bo, disabled=True)
    with pytest.raises(Refused, match="switched off"):
        issue_token(work, bo, "a", EVERYTHING, 30)
    assert issue_token(work, ann, "a", EVERYTHING, 30)[1].creator_id == work.actor.user_id
    _, row = issue_token(work_of("jo"), jo, "a", EVERYTHING, 30)
    with pytest.raises(Refused, match="AdminUsers"):
        revoke_token(work_of("jo"), ann, row.id)
    with pytest.raises(NotFound):
        revoke_token(work_of("admin"), ann, row.id)  # it is jo's
    revoke_token(work_of("admin"), jo, row.id)


def test_senseless_tokens_are_not_made(work_of, jo, make):
    queue, work = make.queue(), work_of("jo")
    wrong = [
        ("", EVERYTHING, 30, "name"),
        ("x" * 101, EVERYTHING, 30, "name"),
        ("a\x00b", EVERYTHING, 30, "name"),
        ("a", Scope(Level.READ, frozenset()), 30, "queues"),
        ("a", Scope(Level.READ, frozenset({queue.id, 999_999})), 30, "queues"),
        ("a", Scope(Level.ADMIN, frozenset({queue.id})), 30, "queues"),
        ("a", EVERYTHING, 0, "days"),
        ("a", EVERYTHING, -1, "days"),
        ("a", EVERYTHING, 731, "days"),
        ("a", EVERYTHING, 10**30, "days"),
        ("a", EVERYTHING, None, "days"),
    ]
    for name, scope, days, field in wrong:
        with pytest.raises(Invalid) as invalid:
            issue_token(work, jo, name, scope, days)
        assert [problem.field for problem in invalid.value.problems] == [field], (name, scope, days)
    for _ in range(MOST):
        issue_token(work, jo, "a", EVERYTHING, 730)
    with pytest.raises(Refused, match=f"{MOST} tokens"):
        issue_token(work, jo, "a", EVERYTHING, 30)


class TestWithoutLimit:
    @pytest.fixture
    def config(self, config):
        return replace(config, rest=replace(config.rest, longest_token_days=0))

    def test_tokens_may_last_for_ever(self, work_of, jo, find, clock):
        text, row = issue_token(work_of("jo"), jo, "a", EVERYTHING, None)
        assert row.expires is None
        clock.advance(timedelta(days=20_000))
        assert find(text) is not None


def test_what_becomes_of_tokens_is_in_the_log_of_the_set_up(work_of, jo, make, db, caplog):
    queue, work = make.queue("Shop"), work_of("jo")
    with caplog.at_level(logging.INFO, "rtpy"):
        text, row = issue_token(work, jo, "till", Scope(Level.WRITE, frozenset({queue.id})), 30)
        revoke_token(work, jo, row.id)
    db.flush()
    made, ended = db.query(ConfigChange).filter_by(kind="api token").order_by(ConfigChange.id)
    plain = {"user": "jo", "scope": "write", "queues": ["Shop"], "expires": "2026-04-01"}
    assert (made.action, made.after, ended.action, ended.before) == ("create", plain, "delete", plain)
    assert text.split("-")[2] not in caplog.text


def test_the_list_shows_scope_end_and_last_use(work_of, jo, make, db, clock, query_count):
    queue, work = make.queue("Shop"), work_of("jo")
    _, row = issue_token(work, jo, "till", Scope(Level.WRITE, frozenset({queue.id})), 30)
    issue_token(work, jo, "disks", ONLY_READ, 90)
    db.flush()
    touch_token(db, row.id, now=clock.now(), peer="192.0.2.7")
    clock.advance(timedelta(days=31))
    number = jo.id
    db.expire_all()
    with query_count() as count:
        disks, till = tokens_of(db, number, clock.now())
    assert count.total == 2
    assert (disks.name, disks.queues, disks.is_over, disks.last_used) == ("disks", None, False, None)
    assert (till.level, till.queues, till.is_over, till.last_peer) == (
        Level.WRITE,
        ("Shop",),
        True,
        "192.0.2.7",
    )


def test_a_new_address_is_a_line_in_the_log(work_of, jo, db, clock, caplog):
    _text, row = issue_token(work_of("jo"), jo, "a", EVERYTHING, 30)
    with caplog.at_level(logging.INFO, "rtpy.login"):
        for peer in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
            touch_token(db, row.id, now=clock.now(), peer=peer)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        f"token {row.id}: used from 192.0.2.7, before from nowhere",
        f"token {row.id}: used from 192.0.2.8, before from 192.0.2.7",
    ]


def test_a_token_says_whether_its_user_is_still_staff(work_of, work, jo, find, db):
    text, _ = issue_token(work_of("jo"), jo, "a", EVERYTHING, 30)
    set_privileged(work, jo, privileged=False)
    db.flush()
    assert not find(text).is_privileged


@pytest.mark.parametrize(
    ("scope", "read", "search", "write", "setup"),
    [
        (ONLY_READ, True, True, False, False),
        (Scope(Level.WRITE), True, True, True, False),
        (Scope(Level.ADMIN), True, True, True, True),
        (Scope(Level.READ, frozenset({1})), True, True, False, False),
        (Scope(Level.WRITE, frozenset({1})), True, True, True, False),
        (Scope(Level.ADMIN, frozenset({1})), True, True, True, False),
        (EVERYTHING, True, True, True, True),
    ],
)
def test_what_a_scope_allows(scope, read, search, write, setup):
    told = (
        scope.allows(writing=False),
        scope.allows(writing=False, is_setup=True),
        scope.allows(writing=True),
        scope.allows(writing=True, is_setup=True),
    )
    assert told == (read, search, write, setup)
    assert AuthToken.__table__.c.level.type.length >= max(len(level) for level in Level)
