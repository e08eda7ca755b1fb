"""Rules about files: their size, their names, and words that do not belong in them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]

LONGEST = 350
MAY_BE_LONGER = {
    "rtpy/content/fold.py": "All ways in which mail programs mark a quotation, in the order in which they are tried.",
    "rtpy/demo/telling.py": "One teller, a method for each kind of step of a plot.",
    "rtpy/hookspecs.py": "Every hook on one page, in the order of a ticket's life: mostly docstrings.",
    "rtpy/mail/headers.py": "From bytes to decoded fields; every step shares the repairs for damaged input.",
    "rtpy/migrations/versions/0001_the_first_tables.py": "Every table of the first version, written once.",
}
"""Files over the limit, each with its reason."""

VAGUE = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "handler",
    "handlers",
    "data",
    "info",
    "common",
    "misc",
}

COMMIT = {
    "rtpy/app.py": "App.work, the edge of every piece of work",
    "rtpy/setup.py": "a new database, before there is anybody to work",
    "rtpy/db/session.py": "SQLite's own PRAGMA, outside any transaction",
    "rtpy/identity/login.py": "an attempt is counted although the request of a refused login is undone",
    "rtpy/mail/delivery.py": "a lease before, an outcome after the mail goes out: each for itself",
    "rtpy/mail/intake.py": "a mail is committed as it came before anything is read, and each later state by itself",
    "rtpy/migrations/patience.py": "settings of the connection, outside any transaction",
    "rtpy/migrations/run.py": "each revision is a transaction of its own",
    "rtpy/migrations/steps.py": "each batch of a revision is a transaction of its own",
}
COMMIT_ROOMS = ("rtpy/jobs/", "rtpy/cli/", "rtpy/demo/", "rtpy/testing/", "rtpy/http/")
"""Where a transaction may be ended: at the edges, and nowhere in between."""


def tracked(*patterns: str) -> list[str]:
    """Files of the repository, also new ones that are not ignored; without git the calling test is skipped."""
    if os.environ.get("CI") != "true" and (shutil.which("git") is None or not (TOP / ".git").exists()):
        pytest.skip("git is not installed or this is no clone: rules about files are not checked.")
    # a clone that belongs to somebody else is as good
    command = ["git", "-c", f"safe.directory={TOP}", "ls-files", "--cached", "--others", "--exclude-standard"]
    command += ["--", *patterns]
    told = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True, timeout=30)
    return sorted(name for name in set(told.stdout.splitlines()) if (TOP / name).is_file())


def lines_with(pattern: str, names: list[str]) -> list[str]:
    """`name:line` of each match."""
    found = []
    for name in names:
        text = (TOP / name).read_text(encoding="utf-8", errors="replace")
        if re.search(pattern, text):
            found += [
                f"{name}:{number}"
                for number, line in enumerate(text.splitlines(), 1)
                if re.search(pattern, line)
            ]
    return found


def test_no_long_file_without_a_reason():
    names = [
        name for name in tracked("*.py", "sbin") if not name.startswith("tests/")
    ]  # tables of cases may be long
    sizes = {name: len((TOP / name).read_text(encoding="utf-8").splitlines()) for name in names}
    assert {name for name, size in sizes.items() if size > LONGEST} - set(MAY_BE_LONGER) == set()
    assert set(MAY_BE_LONGER) - set(names) == set()


def test_modules_are_named_after_what_they_hold():
    assert [
        name for name in tracked("rtpy/*.py", "plugins/*.py") if Path(name).stem.strip("_") in VAGUE
    ] == []


def test_every_module_begins_with_a_sentence():
    silent = []
    for name in tracked("rtpy/*.py", "plugins/*.py"):
        text = (TOP / name).read_text(encoding="utf-8")
        if text.strip() and not re.match(r'r?"""[^"\n]', text):
            silent.append(name)
    assert silent == []


def test_only_the_edges_end_a_transaction():
    inner = [
        name for name in tracked("rtpy/*.py") if name not in COMMIT and not name.startswith(COMMIT_ROOMS)
    ]
    assert lines_with(r"\.commit\(", inner) == []


@pytest.mark.parametrize("name", sorted(COMMIT))
def test_an_exception_from_the_commit_rule_is_needed(name):
    assert lines_with(r"\.commit\(", [name]) != []


def test_times_have_a_zone():
    naive = (
        r"datetime\.now\(\)|datetime\.utcnow\(|datetime\.utcfromtimestamp\(|datetime\.fromtimestamp\([^,)]*\)"
    )
    assert lines_with(naive, tracked("rtpy/*.py", "plugins/*.py")) == []


def test_nothing_is_left_for_later():
    later = r"\b(TODO|FIXME|XXX)\b"
    assert lines_with(later, tracked("rtpy", "plugins/*.py", "share/templates", "share/static", "sbin")) == []


def test_no_file_names_a_place_on_somebodys_machine():
    place = r"(?<![\w}.])/" + r"(work|home|root|Users)/[a-z]"
    names = [name for name in tracked() if name != "LICENSE" and not name.startswith("tests/mail/")]
    assert lines_with(place, names) == []
