"""The second factor below the pages: which codes are good, how often, and for whom a group asks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from rtpy.changes.groups import change_group, make_group, put_into_group
from rtpy.errors import Invalid, Refused
from rtpy.identity.login import Passed
from rtpy.identity.second_factor import codes
from rtpy.identity.second_factor.factor import (
    Used,
    begin_factor,
    confirm_factor,
    drop_unconfirmed,
    find_good_code,
    has_second_factor,
    renew_codes,
    reset_factor,
    secret_being_set_up,
    standing_of,
    take_off,
    use_code,
)
from rtpy.identity.second_factor.pending import begin_pending, check_code, finish_login
from rtpy.identity.sessions import sessions_of, start_session
from rtpy.models import LoginEvent, OutgoingMail, RecoveryCode, SecondFactor, Transaction, User, WebSession
from rtpy.work import Face

NOW = datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def shown(secret, at):
    return pyotp.TOTP(secret).at(at)


@pytest.fixture
def jo(make):
    return make.staff("jo", password="jo's password")


@pytest.fixture
def her(jo, work_of):
    return work_of("jo")


@pytest.fixture
def secret(her):
    """The secret of Jo's app, which is confirmed with the code of two minutes ago."""
    begin_factor(her)
    drawn = secret_being_set_up(her.app, her.db, her.actor.user_id)
    her.now -= timedelta(minutes=2)
    confirm_factor(her, shown(drawn, her.now))
    her.now += timedelta(minutes=2)
    return drawn


def try_code(work, user, typed):
    found = find_good_code(work.app, work.db, user.id, typed, work.now)
    return found is not None and use_code(work.db, user.id, found, work.now)


@pytest.mark.parametrize(
    ("seconds", "is_good"),
    [(-61, False), (-35, True), (0, True), (20, True), (54, True), (55, False), (300, False)],
)
def test_codes_of_a_phone_whose_clock_is_half_a_minute_wrong_are_good(seconds, is_good):
    code = shown(SECRET, NOW + timedelta(seconds=seconds))
    assert (codes.matching_step(SECRET, code, NOW) is not None) is is_good


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("ABCD-efgh-jkmn", "abcdefghjkmn"),
        ("", ""),
        ("12345\x00", ""),
        ("１２３４５６", ""),
        ("1" * 5000, "1" * 100),
        ("' OR 1=1 --", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(typed, read):
    assert codes.read_code(typed) == read


def test_the_picture_is_one_that_browsers_show_as_an_image_and_holds_no_script():
    picture = codes.draw_picture(codes.enrolment_address(SECRET, "jo", "desk: one"))
    assert b"<svg" in picture
    assert b"script" not in picture
    assert b"style=" not in picture


def test_recovery_codes_are_many_and_all_different():
    drawn = {code for _ in range(20) for code in codes.draw_recovery_codes()}
    assert len(drawn) == 200
    assert {len(codes.read_code(code)) for code in drawn} == {codes.RECOVERY_LENGTH}


def test_a_factor_counts_as_soon_as_a_first_code_was_right(her, jo):
    begin_factor(her)
    secret = secret_being_set_up(her.app, her.db, jo.id)
    assert has_second_factor(her.db, jo.id) is False
    with pytest.raises(Invalid):
        confirm_factor(her, "000000" if shown(secret, her.now) != "000000" else "000001")
    assert has_second_factor(her.db, jo.id) is False
    assert len(confirm_factor(her, shown(secret, her.now))) == 10
    assert has_second_factor(her.db, jo.id) is True
    assert secret_being_set_up(her.app, her.db, jo.id) is None


def test_neither_secret_nor_codes_lie_in_the_database_as_they_are(her, jo):
    begin_factor(her)
    secret = secret_being_set_up(her.app, her.db, jo.id)
    drawn = confirm_factor(her, shown(secret, her.now))
    row = her.db.execute(select(SecondFactor.secret, SecondFactor.new_secret)).one()
    kept = "".join([row.secret, row.new_secret, *her.db.scalars(select(RecoveryCode.code_hash))])
    assert [each for each in (secret, *drawn, *map(codes.read_code, drawn)) if each in kept] == []


def test_the_code_that_confirmed_the_app_opens_nothing(her, jo):
    begin_factor(her)
    code = shown(secret_being_set_up(her.app, her.db, jo.id), her.now)
    confirm_factor(her, code)
    assert try_code(her, jo, code) is False


def test_a_code_of_the_app_is_good_once_and_no_older_one_after_it(her, jo, secret):
    older, present = shown(secret, her.now - timedelta(seconds=30)), shown(secret, her.now)
    assert [try_code(her, jo, code) for code in (present, present, older)] == [True, False, False]


def test_of_two_that_found_the_same_code_good_one_gets_in(her, jo, secret):
    code = shown(secret, her.now)
    found = [find_good_code(her.app, her.db, jo.id, code, her.now) for _ in range(2)]
    assert [use_code(her.db, jo.id, each, her.now) for each in found] == [True, False]


def test_a_recovery_code_is_good_once_however_it_is_typed(her, jo, secret):
    first, second = renew_codes(her)[:2]
    typed = (first.upper().replace("-", " "), first, second)
    assert [try_code(her, jo, code) for code in typed] == [True, False, True]
    assert standing_of(her.db, jo.id).codes_left == 8


def test_new_recovery_codes_make_those_before_worthless(her, jo, secret):
    before = renew_codes(her)
    renew_codes(her)
    assert [try_code(her, jo, code) for code in before] == [False] * 10


def test_codes_of_one_are_no_codes_of_another(her, jo, secret, make, work_of):
    make.staff("bo")
    bo = work_of("bo")
    begin_factor(bo)
    confirm_factor(bo, shown(secret_being_set_up(bo.app, bo.db, bo.actor.user_id), bo.now))
    drawn = renew_codes(bo)
    assert try_code(her, jo, drawn[0]) is False


def test_the_old_phone_goes_on_until_the_other_one_is_confirmed(her, jo, secret):
    begin_factor(her)
    other = secret_being_set_up(her.app, her.db, jo.id)
    assert try_code(her, jo, shown(other, her.now)) is False
    assert try_code(her, jo, shown(secret, her.now)) is True
    drop_unconfirmed(her.db, jo.id)
    assert has_second_factor(her.db, jo.id) is True
    begin_factor(her)
    other = secret_being_set_up(her.app, her.db, jo.id)
    confirm_factor(her, shown(other, her.now))
    her.now += timedelta(minutes=2)
    assert [try_code(her, jo, shown(each, her.now)) for each in (secret, other)] == [False, True]


def test_confirming_it_ends_every_login_there_was(her, jo):
    start_session(her.db, jo.id, now=her.now, days=1)
    begin_factor(her)
    confirm_factor(her, shown(secret_being_set_up(her.app, her.db, jo.id), her.now))
    assert sessions_of(her.db, jo.id, her.now) == []


def test_taken_off_it_leaves_no_code_and_a_line_in_the_history(her, jo, secret):
    left = renew_codes(her)[0]
    take_off(her)
    assert has_second_factor(her.db, jo.id) is False
    assert find_good_code(her.app, her.db, jo.id, left, her.now) is None
    lines = her.db.execute(
        select(Transaction.field, Transaction.new_value)
        .where(Transaction.object_type == "user", Transaction.object_id == jo.id, Transaction.type == "Set")
        .order_by(Transaction.id)
    ).all()
    assert [tuple(line) for line in lines] == [
        ("SecondFactor", "on"),
        ("RecoveryCodes", "new"),
        ("SecondFactor", "off"),
    ]


def test_each_change_is_told_by_mail(her, jo, secret, work):
    renew_codes(her)
    reset_factor(work, jo)
    told = list(her.db.scalars(select(OutgoingMail.subject).order_by(OutgoingMail.id)))
    assert [subject.partition("] ")[2] for subject in told] == [
        "A second factor was set up",
        "New recovery codes were made",
        "Your second factor was taken off",
    ]


def test_nobody_takes_off_what_a_group_around_their_group_asks_for(her, jo, secret, work):
    outer, inner = make_group(work, name="All staff"), make_group(work, name="Network")
    put_into_group(work, outer, inner.id)
    put_into_group(work, inner, jo.id)
    change_group(work, outer, name=outer.name, description="", second_factor=True)
    with pytest.raises(Refused, match="All staff"):
        take_off(her)


def test_an_administrator_takes_it_off_and_ends_the_logins(her, jo, secret, work):
    start_session(her.db, jo.id, now=her.now, days=1)
    assert [reset_factor(work, jo), reset_factor(work, jo)] == [True, False]
    assert has_second_factor(her.db, jo.id) is False
    assert sessions_of(her.db, jo.id, her.now) == []


def test_who_keeps_people_takes_nothing_off_super_users(her, jo, make, work):
    with pytest.raises(Refused, match="AdminUsers"):
        reset_factor(her, jo)
    make.grant(jo, "AdminUsers")
    her.forget_rights()
    root = work.db.get_one(type(jo), work.actor.user_id)
    with pytest.raises(Refused, match="super-user"):
        reset_factor(her, root)


def test_a_code_of_the_app_is_told_from_one_on_paper(her, jo, secret):
    paper = renew_codes(her)[3]
    kinds = [
        find_good_code(her.app, her.db, jo.id, each, her.now)[0] for each in (shown(secret, her.now), paper)
    ]
    assert kinds == [Used.APP, Used.RECOVERY]


def in_one_way_or_another(app, token, code):
    """One login to its end, as a request does it; True when a session began."""
    try:
        good = check_code(app, token, code, peer="192.0.2.1")
        with app.work() as work:
            finish_login(work.db, token, good, days=1, peer="192.0.2.1", user_agent="")
    except Refused:
        return False
    return True


@pytest.mark.parametrize("same", ["code", "login"])
def test_at_once_from_many_sides_a_code_and_a_login_are_good_once(same, committed_app):
    app = committed_app
    with app.work() as work:
        root = app.actor_named(work.db, "root", Face.WEB)
        her = work.as_actor(root)
        begin_factor(her)
        secret = secret_being_set_up(app, work.db, root.user_id)
        her.now -= timedelta(minutes=2)
        papers = confirm_factor(her, shown(secret, her.now))
        stored = work.db.get_one(User, root.user_id).password_hash
        passed = Passed(root.user_id, "root", None, (), app.clock.now(), stored)
        tokens = [begin_pending(work.db, passed) for _ in range(5)]
    if same == "code":
        tries = [(token, shown(secret, app.clock.now())) for token in tokens]
    else:
        tries = [(tokens[0], paper) for paper in papers[:5]]
    with ThreadPoolExecutor(5) as threads:
        came_in = list(threads.map(lambda each: in_one_way_or_another(app, *each), tries))
    with app.reading_sessions() as db:
        sessions = db.scalar(select(func.count(WebSession.id)))
        noted = db.scalar(select(func.count(LoginEvent.id)).where(LoginEvent.result.startswith("in")))
    assert (came_in.count(True), sessions, noted) == (1, 1, 1)
