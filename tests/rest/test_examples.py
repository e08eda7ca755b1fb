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
        made = site.command("token", "create", "root", "examples", "--scope", "admin")
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


PAGES = sorted(path.name for path in DOCS.glob("*.md"))
DONE = {"README.md": ("Owner changed from Nobody to root", "Status changed from")}
"""What the examples of a page must have done."""


@pytest.mark.parametrize("page", PAGES)
def test_what_is_shown_for_the_shell_does_it(page, environment, tmp_path):
    code = "set -e\n" + "\n".join(blocks(page, "sh"))
    said = run(["bash", "-c"], code, environment, tmp_path)
    assert [words for words in DONE.get(page, ()) if words not in said] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_is_shown_for_python_does_it(page, environment, tmp_path):
    for code in blocks(page, "python"):
        run([sys.executable, "-c"], code, environment, tmp_path)


def test_there_are_examples_for_both():
    assert blocks("README.md", "sh")
    assert blocks("README.md", "python")
