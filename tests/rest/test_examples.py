"""The examples of the documentation of the API run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rtpy.testing.running import running_site

DOCS = Path(__file__).parents[2] / "docs" / "api"
PASSWORD = "examples that are true"


def blocks(page, language):
    """The code of a page in one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """What the examples are run with, against a real site."""
    with running_site(tmp_path_factory.mktemp("examples"), password=PASSWORD) as site:
        made = site.command("token", "create", "root", "--name", "examples", "--scope", "admin")
        token = re.search(r"\b\d+-\d+-[0-9a-f]{32,}\b", made.stdout)
        assert token, made.stdout + made.stderr
        site.start("serve")
        inherited = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        yield {**inherited, "RTPY": site.url, "TOKEN": token[0], "NO_PROXY": "*"}


def run(command, code, environment, folder):
    done = subprocess.run(
        [*command, code], env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", ["README.md", "rest2.md", "rest1.md"])
def test_what_is_shown_for_the_shell(page, environment, tmp_path):
    code = "set -e\n" + "\n".join(blocks(page, "sh"))
    run(["bash", "-c"], code, environment, tmp_path)


@pytest.mark.parametrize("page", ["README.md", "rest2.md", "rest1.md"])
def test_what_is_shown_for_python(page, environment, tmp_path):
    for code in blocks(page, "python"):
        run([sys.executable, "-c"], code, environment, tmp_path)


def test_the_examples_do_what_they_say(environment, tmp_path):
    code = "set -e\n" + "\n".join(blocks("README.md", "sh"))
    said = run(["bash", "-c"], code, environment, tmp_path)
    assert "Owner changed from Nobody to root" in said
    assert "Status changed from" in said
