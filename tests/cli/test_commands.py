"""The frame of the command line."""

import os
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from rtpy.cli.main import COMMANDS, rtpy
from rtpy.testing.servers import free_port


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(name):
    command = rtpy.get_command(click.Context(rtpy), name)
    inner = command.list_commands(click.Context(command)) if isinstance(command, click.Group) else []
    for words in [[name], *([name, each] for each in inner)]:
        answer = CliRunner().invoke(rtpy, [*words, "--help"])
        assert answer.exit_code == 0
        assert re.search(rf"Example\b.*: .*\brtpy[ -]{' '.join(words)}\b", answer.output), words


def test_help_is_answered_without_loading_the_server():
    """Where no plugin is listed: those bring commands of their own, which help shows."""
    program = (
        "import sys; from click.testing import CliRunner; from rtpy.cli.main import rtpy;"
        "CliRunner().invoke(rtpy, ['--help']);"
        "print([name for name in ('sqlalchemy', 'pyramid', 'waitress', 'rich') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "RTPY_NO_PLUGINS": "1"},
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["up", "init"])
def test_a_home_out_of_reach_is_told_in_a_sentence(tmp_path, name):
    place = tmp_path / (
        "x" * 300
    )  # like a folder closed to this user, which root, who may run this, never meets
    command = [sys.executable, "-m", "rtpy.cli.main", name, "--home", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [f"{place}/rtpy.toml: File name too long."]


def test_a_broken_configuration_is_told_in_sentences(tmp_path):
    file = tmp_path / "rtpy.toml"
    file.write_text("[web]\nport = 0\nprot = 1\n")
    answer = CliRunner().invoke(rtpy, ["check", "--config", str(file)])
    assert answer.exit_code == 1
    assert "line 2: web.port must be from 1 to 65535" in answer.output
    assert "line 3: there is no option web.prot; did you mean web.port?" in answer.output


def test_check_says_that_there_is_no_database_yet(tmp_path):
    answer = CliRunner().invoke(rtpy, ["check", "--home", str(tmp_path)])
    assert answer.exit_code == 1
    assert "not made yet; run: rtpy init" in answer.output


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "postgresql+asyncpg://x/y", "postgresql://h:abc/x", "postgresql://[::1/x"]
)
def test_an_address_of_a_database_that_cannot_be_used_is_told_without_it(tmp_path, monkeypatch, url):
    for words in (["copy-database", "--to", url], ["restore", __file__, "--database", url]):
        answer = CliRunner().invoke(rtpy, [*words, "--home", str(tmp_path)])
        assert (answer.exit_code, answer.output.count("\n")) == (1, 1), answer.output
        assert "no address of a database: write one such as postgresql+psycopg://" in answer.output
    monkeypatch.setenv("RTPY_DATABASE_URL", url)
    answer = CliRunner().invoke(rtpy, ["check", "--home", str(tmp_path)])
    assert answer.exit_code == 1
    assert "RTPY_DATABASE_URL: database.url must be an address such as sqlite:" in answer.output


@pytest.mark.parametrize(
    "words", ["user list", "user create ann", "validator", "demo load", "index", "worker"]
)
def test_a_command_in_the_wrong_home_says_so_and_makes_nothing_there(tmp_path, words):
    answer = CliRunner().invoke(rtpy, [*words.split(), "--home", str(tmp_path / "home")])
    place = tmp_path / "home" / "rtpy.db"
    assert (answer.exit_code, str(answer.exception)) == (
        1,
        f"There is no database at {place}: name another home with --home or RTPY_HOME, or run `rtpy init`.",
    )
    assert not place.parent.exists()


def test_plugin_list_names_a_listed_plugin_that_is_not_installed(tmp_path):
    (tmp_path / "rtpy.toml").write_text("plugins = ['absent']\n")
    answer = CliRunner().invoke(rtpy, ["plugin", "list", "--home", str(tmp_path)])
    assert "absent" in answer.output
    assert "not installed" in answer.output


def test_a_listed_plugin_brings_its_commands(tmp_path):
    (tmp_path / "rtpy_greeting.py").write_text(
        "import click\nfrom rtpy import hookimpl\n\n\n"
        "@click.command(short_help='Say hello.')\ndef greet():\n    click.echo('hello')\n\n\n"
        "@hookimpl\ndef rtpy_commands(cli):\n    cli.add_command(greet)\n"
    )
    package = tmp_path / "rtpy_greeting-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: rtpy-greeting\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[rtpy.plugins]\ngreeting = rtpy_greeting\n")

    def told(*words: str, listed: str) -> str:
        environment = {
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "RTPY_PLUGINS": listed,
            "RTPY_HOME": str(tmp_path),
        }
        command = [sys.executable, "-m", "rtpy.cli.main", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60).stdout

    assert told("greet", listed="greeting") == "hello\n"
    assert "greet  Say hello." in told("--help", listed="greeting")
    assert "loaded" in told("plugin", "list", listed="greeting")
    assert told("greet", listed="") == ""


@pytest.mark.parametrize("words", [["migrate"], ["init"], ["user", "list"], ["up", "--port", "0"]])
def test_a_database_that_cannot_be_reached_is_told_in_one_sentence(tmp_path, monkeypatch, words):
    monkeypatch.setenv("RTPY_DATABASE_URL", "postgresql+psycopg://me:8125551@/rt?host=/nowhere/at/all")
    monkeypatch.setenv("RTPY_HOME", str(tmp_path))
    words = [str(free_port()) if word == "0" else word for word in words]
    answer = CliRunner().invoke(rtpy, words)
    assert answer.exit_code == 1
    assert "Error: The database postgresql+psycopg://me:***@/rt?host=" in answer.output
    assert "cannot be used: " in answer.output
    assert "8125551" not in answer.output
