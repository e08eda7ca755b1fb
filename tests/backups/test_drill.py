"""The drill of docs/administering/backup.md: its commands are read from the page and run, in other folders."""

import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from rtpy.backups.naming import new_name
from rtpy.backups.taking import take_backup
from rtpy.cli.main import rtpy
from rtpy.testing.servers import free_port
from tests.install.documents import BACKUP, blocks_of

AS_POSTGRES = "runuser -u postgres -- "
ONLY = {"8081": "sqlite", AS_POSTGRES: "postgresql"}
"""What stands in the drill of one kind of database."""


def commands(kind):
    """The lines of the block about this kind that begins with the latest backup."""
    (block,) = (each for each in blocks_of(BACKUP) if kind in each.words and each.text.startswith("latest="))
    return block.text.splitlines()


@pytest.fixture
def surroundings(database_kind, request, tmp_path, site):
    """Variables for the commands: where rtpy and the server's programs are."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "rtpy").write_text(f'#!/bin/sh\nexec {sys.executable} -m rtpy.cli.main "$@"\n')
    (programs / "rtpy").chmod(0o755)
    found = {
        "PATH": f"{programs}:/usr/sbin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "RTPY_CONFIG": str(site.config.home / "rtpy.toml"),
    }
    if database_kind == "postgresql":
        server = make_url(request.getfixturevalue("postgres_url"))
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = 'rtpy'")) is None:
                connection.execute(text("CREATE ROLE rtpy LOGIN"))
        engine.dispose()
        found |= {"PGHOST": str(server.query["host"]), "PGUSER": "postgres"}
    return found


def test_the_drill_goes_as_it_is_written(database_kind, site, surroundings, tell, tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    folder.mkdir()
    take_backup(site, new_name(folder, "help.example", site.clock.now()), {}, tell)
    script = "\n".join(commands(database_kind))
    for written, here in {
        "/var/backups/rtpy": str(folder),
        "/srv/drill": str(tmp_path / "drill"),
        "8081": str(free_port()),
        "-o rtpy -g rtpy ": "",  # here everything belongs to who tests
        AS_POSTGRES: "",
    }.items():
        assert written in script or ONLY.get(written) not in (None, database_kind)
        script = script.replace(written, here)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    said, variables = "", ""
    for line in re.sub(r"&\n(.*)\n(kill .*)", r"& \1; \2", script).splitlines():
        if line.startswith("latest="):
            variables = line + "\n"
        said += run_here(line, variables) if line.startswith("rtpy ") else bash(variables + line)
    assert "whole. help.example" in said
    assert "Outgoing mail is held" in said
    assert "in order" in said
    assert not (tmp_path / "drill").exists()


def run_here(line, variables):
    """Run a command of rtpy in this process: to start Python takes a second each time."""
    words = bash(f"{variables}printf '%s\\n' {line}").splitlines()
    done = CliRunner().invoke(rtpy, words[1:])
    assert done.exit_code == 0, done.output
    return done.output


def bash(script):
    done = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
