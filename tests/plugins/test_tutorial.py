"""The tutorial is run as it stands: its files are written in their order, its commands say what the page says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "extending" / "tutorial.md"
BLOCK = re.compile(
    r"(?:^File `(?P<file>[^`]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks():
    """Every block of the page: the file that it is, or none, its language and its text."""
    return [(found["file"], found["kind"], found["text"]) for found in BLOCK.finditer(PAGE.read_text())]


def commands(text):
    """The commands of a block, each with the lines that it must say."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        yield command, lines


def test_every_block_is_a_file_or_commands():
    assert [kind for file, kind, _ in blocks() if (file is None) != (kind == "console")] == []
    assert sum(kind == "console" for _, kind, _ in blocks()) >= 4


@pytest.mark.slow
@pytest.mark.databases("sqlite")  # the commands make the database of the home
def test_the_tutorial_works_as_it_stands(tmp_path, new_database, compiled_templates):
    home = tmp_path / "home"
    package = home / "plugins" / "visits"
    package.mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RTPY_", "PYTEST_"))}
    (tmp_path / "rtpy.toml").touch()  # no plugin but ours
    own = {"RTPY_HOME": str(home), "RTPY_CONFIG": str(tmp_path / "rtpy.toml"), "COLUMNS": "200"}
    environment = {**kept, **own, "RTPY_TEST_TEMPLATES": str(compiled_templates)}
    with new_database(home):
        for file, _, text in blocks():
            if file:
                (package / file).parent.mkdir(parents=True, exist_ok=True)
                (package / file).write_text(text)
                continue
            for command, lines in commands(text):
                told = run(command, package, environment)
                assert [line for line in lines if line not in told] == [], f"{command}\n{told}"


@pytest.fixture(scope="session")
def listed_plugins():
    """Without the sample's tables."""
    return ()


def run(command, package, environment):
    """What a command says, the marks of tables taken away."""
    words = shlex.split(command)
    if words[0] == "rtpy":
        words = [sys.executable, "-m", "rtpy.cli.main", *words[1:]]
    else:  # PostgreSQL is left to the plugins of this repository, which run the same suite
        words = [sys.executable, *words[1:], "-k", "not postgresql"]
    done = subprocess.run(words, cwd=package, env=environment, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return re.sub(r" +", " ", done.stdout.replace("│", " ")).replace("fine ", "fine  ")
