"""`rtpy token`: made, listed and revoked by commands."""

import re

import pytest
from click.testing import CliRunner

from rtpy.cli.main import rtpy
from rtpy.cli.site import open_app
from rtpy.config import Config
from rtpy.identity.tokens import find_token_login


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The home of an initialised site."""
    made = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RTPY_HOME", str(made))
        assert run("init", "--root-password", "first-secret").exit_code == 0
        run("user", "create", "robot", "--privileged")
        yield made


def run(*words):
    return CliRunner().invoke(rtpy, words)


def login(home, text):
    with open_app(Config.for_tests(home)) as app, app.reading_sessions() as db:
        return find_token_login(db.connection(), text, app.clock.now())


def test_a_token_is_printed_once_listed_and_revoked(home):
    answer = run(
        "token", "create", "robot", "disks", "--scope", "write", "--queue", "general", "--days", "30"
    )
    text = answer.stdout.split()[0]
    assert re.fullmatch(r"\d+-\d+-[0-9a-f]{32}", text), answer.output
    found = login(home, text)
    assert (found.name, found.scope.level, len(found.scope.queues)) == ("robot", "write", 1)
    listed = run("token", "list", "robot").output
    assert "disks" in listed
    assert text.split("-")[2] not in listed
    assert run("token", "revoke", "robot", text.split("-")[0]).output == "1 token revoked.\n"
    assert login(home, text) is None
    run("token", "create", "robot", "one")
    run("token", "create", "robot", "two")
    assert run("token", "revoke", "robot", "--all").output == "2 tokens revoked.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "nemo", "x"), "There is no user nemo."),
        (("create", "robot", "x", "--queue", "nemo"), "There is no queue nemo."),
        (("create", "robot", "x", "--never-ends"), "rest.longest_token_days"),
        (("create", "robot", "x", "--days", "9999"), "1 to 730 days"),
        (("create", "robot", "x", "--scope", "admin", "--queue", "general"), "cannot be limited"),
        (("create", "RT_System", "x"), "part of rtpy itself"),
        (("revoke", "robot", "999"), "There is no such token"),
        (("revoke", "robot"), "number of a token"),
        (("revoke", "robot", "1", "--all"), "number of a token"),
    ],
)
def test_what_is_refused(home, words, said):
    answer = run("token", *words)
    assert answer.exit_code != 0
    assert said in f"{answer.output}{answer.exception}"
