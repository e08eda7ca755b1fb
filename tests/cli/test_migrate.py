"""`rtpy migrate` and what starts a site: told beforehand, refused in a sentence, done when asked."""

from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from rtpy.cli.main import rtpy
from rtpy.db.session import make_engine
from rtpy.errors import RtpyError
from rtpy.migrations.lines import CORE
from rtpy.migrations.revisions import head_of
from rtpy.migrations.run import downgrade_connection, revision_of
from rtpy.testing.servers import free_port


@pytest.fixture
def site(new_database, tmp_path, monkeypatch):
    """The engine of a site's database; commands find it by the environment."""
    with new_database(tmp_path) as url:
        monkeypatch.setenv("RTPY_HOME", str(tmp_path))
        monkeypatch.setenv("RTPY_DATABASE_URL", url)
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def older(site):
    """The same, as an older version left it: without the last tables and columns."""
    with site.begin() as connection:
        downgrade_connection(connection, "0029")
    return site


def run(*words):
    answer = CliRunner().invoke(rtpy, [str(word) for word in words])
    refused = answer.exception if isinstance(answer.exception, RtpyError) else ""  # told by `main`
    return answer.exit_code, f"{answer.output}{refused}"


@contextmanager
def revision(engine):
    with engine.connect() as connection:
        yield revision_of(connection, CORE)


def test_an_older_database_is_told_planned_and_brought_up_to_date(older):
    for command in (["worker"], ["serve", "--no-plugins"]):
        code, said = run(*command)
        assert (code, "are of an older version (revision 0029, this one needs " in said) == (1, True), said
        assert "run `rtpy migrate`" in said

    code, said = run("migrate", "--plan")
    assert code == 0
    assert "core 0030  kind not said, about 1 s\n    What a mail says to one of its recipients alone." in said
    assert "touches outgoing_recipients (about " in said
    assert "core 0031  expand, about 1 s\n" in said
    assert "a guess from the number of rows" in said
    with revision(older) as present:
        assert present == "0029", "a plan changes nothing"

    code, said = run("migrate", "--lock-timeout", 2)
    assert (code, said.splitlines()[-1]) == (0, "The database is up to date.")
    assert "core 0030: What a mail says to one of its recipients alone.\ncore 0030: done in " in said
    with revision(older) as present:
        assert present == head_of(CORE)
    assert run("migrate", "--plan") == (0, "The database is up to date: there is nothing to do.\n")


def test_a_database_of_a_newer_version_stops_everything_in_one_sentence(site):
    with site.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(
            text(
                "INSERT INTO schema_revisions (line, revision, kind, release, applied) "
                "VALUES ('', '9999', 'contract', '7.0.0', '2030-01-01 00:00:00')"
            )
        )
    for words in (["migrate"], ["migrate", "--plan"], ["worker"], ["up", "--port", free_port()], ["check"]):
        code, said = run(*words)
        assert code == 1
        assert "The tables of core are of a newer version (7.0.0), with which this one (" in said, words
        assert "update rtpy on this machine" in said


def test_single_commands_say_what_is_to_be_migrated_and_do_nothing(older, tmp_path):
    for words in (["user", "list"], ["validator"], ["lmtp", "--listen", tmp_path / "socket"]):
        code, said = run(*words)
        assert (code, "The tables of core are of an older version (revision 0029, " in said) == (1, True), (
            said
        )
        assert said.endswith("run `rtpy migrate`.")
    assert not (tmp_path / "socket").exists()


@pytest.mark.databases("postgresql")  # on SQLite `up` is the only node
def test_up_leaves_an_older_database_that_others_may_use_alone_until_it_is_asked(older):
    code, said = run("up", "--port", free_port())
    assert code == 1
    assert said.splitlines()[-1].endswith("run `rtpy migrate`. When no other node runs: rtpy up --migrate")
    with revision(older) as present:
        assert present == "0029"


@pytest.mark.databases("sqlite")  # the same words
def test_what_cannot_be_done_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("RTPY_HOME", str(tmp_path))
    assert run("migrate", "--plan")[1].startswith("Error: There is no database yet: run rtpy init.")
    code, said = run("migrate", "--lock-timeout", "soon")
    assert (code, "'soon' is not a valid float range" in said) == (2, True)
