"""A new site and its accounts, by commands."""

import re

import pytest
from click.testing import CliRunner, Result
from pyotp import TOTP

from rtpy.changes.people import find_by_name
from rtpy.cli.main import main, rtpy
from rtpy.cli.site import open_app
from rtpy.config import Config
from rtpy.identity.passwords import verify_password
from rtpy.identity.second_factor.factor import begin_factor, confirm_factor, secret_being_set_up
from rtpy.models import Principal, User
from rtpy.work import Face


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The home of an initialised site, chosen by the environment."""
    monkeypatch.setenv("RTPY_HOME", str(tmp_path))
    assert run("init", "--root-password", "first-secret").exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(rtpy, words)


def account(home, name: str) -> tuple[User, bool]:
    """A user and whether it is disabled."""
    with open_app(Config.for_tests(home)) as app, app.reading_sessions() as db:
        user = find_by_name(db, name)
        assert user is not None
        return user, db.get_one(Principal, user.id).disabled


def test_init_gives_root_the_password(home):
    assert verify_password("first-secret", account(home, "root")[0].password_hash)


def test_a_second_init_leaves_root_alone(home):
    answer = run("init", "--root-password", "second-secret")
    assert "keeps its password" in answer.output
    assert verify_password("first-secret", account(home, "root")[0].password_hash)


def test_check_finds_a_new_site_in_order(home):
    answer = run("check")
    assert answer.exit_code == 0, answer.output


def test_a_user_gets_the_password_that_is_printed(home):
    answer = run("user", "create", "ann", "--email", "ann@example.com", "--privileged")
    drawn = re.search(r"with the password (\S+)", answer.output)
    assert drawn is not None
    assert verify_password(drawn[1], account(home, "ann")[0].password_hash)
    assert "ann@example.com" in run("user", "list").output


def test_a_lost_second_factor_is_taken_off(home):
    with open_app(Config.for_tests(home)) as app, app.work() as work:
        her = work.as_actor(app.actor_named(work.db, "root", Face.WEB))
        begin_factor(her)
        secret = secret_being_set_up(app, work.db, her.actor.user_id)
        confirm_factor(her, TOTP(secret).at(her.now))
    said = [run("user", "reset-second-factor", "root").output.strip() for _ in range(2)]
    assert said == ["root has no second factor any more.", "root had no second factor."]


def test_a_user_can_be_disabled_and_enabled(home):
    run("user", "create", "ann")
    run("user", "disable", "ann")
    assert account(home, "ann")[1] is True
    run("user", "enable", "ann")
    assert account(home, "ann")[1] is False


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["user", "create", "root"], "There is a user root already."),
        (["user", "create", ""], "Give a login name of up to 200 letters, without blanks."),
        (["user", "create", "x", "--email", "nonsense"], "“nonsense” is not a mail address"),
        (["user", "password", "nemo"], "There is no user nemo."),
        (["user", "disable", "RT_System"], "part of rtpy itself"),
        (["user", "password", "root", "--password", "short"], "A password has 12 to 1024 characters."),
    ],
)
def test_a_refusal_is_one_sentence(home, monkeypatch, capsys, words, sentence):
    monkeypatch.setattr("sys.argv", ["rtpy", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert len(told.splitlines()) == 1
