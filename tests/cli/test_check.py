"""`rtpy check`: each thing that is wrong is one line with the way out, and nothing is changed."""

import json
import os
import shutil
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from rtpy.checkup import database, folders
from rtpy.checkup.everything import look_at_directories
from rtpy.cli.main import rtpy
from rtpy.config import Config
from rtpy.db.session import make_engine
from rtpy.migrations.run import downgrade_connection
from rtpy.models import UserDirectory
from rtpy.testing.servers import free_port

NOBODY = 65534


@pytest.fixture
def home(new_database, tmp_path, monkeypatch):
    """A site that is in order; commands find it by the environment."""
    with new_database(tmp_path) as url:
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        if url.startswith("sqlite"):
            shutil.move(tmp_path / "rtpy.db", home / "rtpy.db")
            url = f"sqlite:///{home}/rtpy.db"
        monkeypatch.setenv("RTPY_HOME", str(home))
        monkeypatch.setenv("RTPY_DATABASE_URL", url)
        yield home


def check(*words):
    answer = CliRunner().invoke(rtpy, ["check", *words])
    return answer.exit_code, answer.output


def wrongs(*words):
    """The lines that say what is wrong."""
    code, said = check(*words)
    assert code == 1
    return [line.removeprefix("WRONG ") for line in said.splitlines() if line.startswith("WRONG ")]


def test_a_site_in_order(home, database_kind):
    code, said = check()
    assert code == 0, said
    for line in ("configuration: in order", f"home {home}: can be written to", "mail: kept in "):
        assert line in said
    assert ("ok    clock: as the database's" in said) == (database_kind == "postgresql")
    code, said = check("--json")
    told = json.loads(said)
    assert (code, told["in_order"]) == (0, True)
    assert {"about": "configuration", "grade": "ok", "sentence": "in order", "remedy": ""} in told["findings"]
    assert list(home.glob(".rtpy-check*")) == []


@pytest.mark.databases("sqlite")  # about files
def test_secrets_that_others_can_read(home, monkeypatch):
    for name, text_ in (("secret_key", "0" * 64), ("rtpy.toml", "[mail]\nsmtp_password = 'pw-8125551'\n")):
        (home / name).write_text(text_)
        (home / name).chmod(0o644)
    (home / "rtpy.db").chmod(0o600)
    assert check()[0] == 0, "the home is closed to others"
    monkeypatch.setattr(folders, "_is_open", lambda file: file.stat().st_mode & 0o044)  # as if it were not
    assert wrongs() == [
        f"file {home}/{name}: others on this machine can read it (mode 0644); run: chmod 600 {home}/{name}"
        for name in ("secret_key", "rtpy.toml")
    ]
    assert "8125551" not in check("--json")[1]


@pytest.mark.databases("sqlite")  # about files
@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can become somebody else.")
def test_a_home_of_somebody_else():
    with tempfile.TemporaryDirectory() as top:  # that of a test is closed to others
        Path(top).chmod(0o755)
        theirs, hidden = Path(top) / "theirs", Path(top) / "closed" / "home"
        theirs.mkdir(mode=0o755)
        hidden.parent.mkdir(mode=0o700)
        os.seteuid(NOBODY)
        try:
            lines = [
                next(folders.look_at_home(Config.for_tests(home))).line.partition(": ")[2]
                for home in (theirs, hidden)
            ]
        finally:
            os.seteuid(0)
    assert lines == [
        "files cannot be made in it (permission denied); give it to the user of rtpy: "
        f"chown -R USER {theirs}",
        "it cannot be looked at (permission denied); see who owns the folders above",
    ]


@pytest.mark.databases("sqlite")  # about files
def test_a_home_that_is_missing_and_a_disk_that_is_full(home, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 2**20))
    assert wrongs() == [
        f"disk: 0.0 GiB free on the disk of {home}; make room: mail is not taken in when it is full"
    ]
    assert wrongs("--home", str(tmp_path / "absent"))[0].startswith(
        f"home {tmp_path}/absent: it is not there; run:"
    )


def test_a_database_that_is_too_old_or_has_another_time(home, database_kind, monkeypatch):
    monkeypatch.setitem(database.OLDEST, database_kind, (99, 1))
    assert [line.partition(": ")[2].partition(" ")[0] for line in wrongs()] == ["it"]
    assert wrongs()[0].endswith("; upgrade it to 99.1 or newer")
    monkeypatch.undo()


@pytest.mark.databases("postgresql")  # a file has no clock
def test_a_clock_that_goes_wrong(home, monkeypatch):
    monkeypatch.setattr(database, "SKEW", -1.0)
    assert [line.partition(":")[0] for line in wrongs()] == ["clock"]


def test_a_migration_that_was_interrupted(home):
    engine = make_engine(os.environ["RTPY_DATABASE_URL"])
    with engine.begin() as connection:
        downgrade_connection(connection, "0031")
        connection.execute(
            text(
                "INSERT INTO schema_steps (line, revision, name, position, updated) "
                "VALUES ('', '0032', 'tickets', 7, '2026-01-01 00:00:00')"
            )
        )
    engine.dispose()
    told = wrongs()
    assert len(told) == 1
    assert told[0].endswith(
        ": A migration of core was interrupted at revision 0032; run `rtpy migrate`, it goes on where it stopped"
    )


@pytest.mark.databases("sqlite")  # the one that cannot is PostgreSQL
def test_a_database_that_cannot_be_reached(home, monkeypatch):
    monkeypatch.setenv("RTPY_DATABASE_URL", "postgresql+psycopg://me:8125551@/rt?host=/nowhere/at/all")
    (told,) = wrongs()
    assert told.startswith("database postgresql+psycopg://me:***@/rt?host=")
    assert ": it cannot be used: " in told
    assert told.endswith("; see database.url in rtpy.toml, and whether it runs")


@pytest.mark.databases("sqlite")  # about mail
def test_a_mail_server_that_is_not_there_is_told_when_it_is_called(home, monkeypatch):
    port = free_port()
    monkeypatch.setenv("RTPY_MAIL_TRANSPORT", "smtp")
    monkeypatch.setenv("RTPY_MAIL_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("RTPY_MAIL_SMTP_PORT", str(port))
    assert f"mail: goes out through 127.0.0.1:{port} (not tried; --net does)" in check()[1]
    assert wrongs("--net")[0].startswith(f"mail: 127.0.0.1:{port} does not take mail from us: ")
    monkeypatch.setenv("RTPY_MAIL_TRANSPORT", "sendmail")
    monkeypatch.setenv("RTPY_MAIL_SENDMAIL_PATH", "/absent/sendmail")
    assert wrongs() == ["mail: there is no program /absent/sendmail; see mail.sendmail_path in rtpy.toml"]


@pytest.mark.databases("sqlite")  # one plain query
@pytest.mark.parametrize(
    ("disabled", "installed", "said"),
    [
        (False, True, ["ok directories Ours: in order"]),
        (
            False,
            False,
            ["wrong directories (Ours): nobody logs in through them. python-ldap is not installed"],
        ),
        (True, False, []),
    ],
)
def test_python_ldap_is_missed_where_a_directory_needs_it(app, db, monkeypatch, disabled, installed, said):
    row = UserDirectory(
        name="Ours", disabled=disabled, urls=[], login_attributes=[], attributes={}, created=app.clock.now()
    )
    db.add(row)
    db.flush()
    monkeypatch.setattr("rtpy.checkup.everything.find_spec", lambda _name: object() if installed else None)
    found = [f"{finding.grade} {finding.line}" for finding in look_at_directories(app)]
    assert [line.startswith(start) for line, start in zip(found, said, strict=True)] == [True] * len(said)
