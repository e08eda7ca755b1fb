"""The documentation says what the code says."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from rtpy.cli.docs import pages
from rtpy.cli.main import COMMANDS
from rtpy.config.options import OPTIONS
from rtpy.content.part import plain_message
from rtpy.mail.drops import values_for
from rtpy.mail.occasion import Occasion
from rtpy.mail.template import SIMPLE
from rtpy.mail.variables import VARIABLES
from rtpy.models import Transaction
from rtpy.web.routes import ADDRESSES

TOP = Path(__file__).parents[2]
DOCS = sorted((TOP / "docs").rglob("*.md"))
WRITTEN = [*DOCS, *(TOP / name for name in ("README.md", "CONTRIBUTING.md", "CHANGES.md", "INSTALL"))]


def name_of(path):
    return path.relative_to(TOP).as_posix()


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_what_the_code_says(name):
    assert (TOP / "docs" / name).read_text() == pages()[name], "run: python -m rtpy.cli.docs"


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_a_link_leads_to_a_file(path):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_a_file_that_is_named_exists(path):
    named = re.findall(
        r"`((?:rtpy|docs|etc|share|sbin|tests|benchmarks|plugins)/[\w./{,}-]*\w)`", path.read_text()
    )
    made = re.findall(r"^File `([^`]+)`:$", path.read_text(), re.MULTILINE)  # by who follows the tutorial
    missing = [each for each in named if "{" not in each and not (TOP / each).exists()]
    assert set(missing) - set(made) == set()


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_a_command_that_is_shown_exists(path):
    shown = re.findall(r"(?:sbin/|`)rtpy ([a-z][a-z-]*)", path.read_text())
    other = {"over-budget", "visits", "is"}  # the sample plugin's, the tutorial's, and "rtpy is ready"
    assert set(shown) - set(COMMANDS) - other - {"test"} == set()


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_an_option_that_is_named_exists(path):
    sections = {name.partition(".")[0] for name in OPTIONS if "." in name}
    named = re.findall(rf"(?<!rtpy\.)\b((?:{'|'.join(sections)})\.[a-z_]+)\b(?!\(|\.[a-z])", path.read_text())
    files = {
        "web.pt",
        "mail.eml",
        "database.py",
        "database.md",
        "attachments.md",
        "log.py",
        "web.py",
        "web.service",
        "mail.py",
        "mail.md",
        "search.py",
        "login.py",
        "search.md",
        "rest.md",
        "webhooks.md",
    }
    routes = {address.name for address in ADDRESSES}
    assert {each for each in named if each not in OPTIONS} - files - routes == set()


def test_every_page_is_in_the_index():
    index = (TOP / "docs" / "README.md").read_text()
    pages_below = [path.relative_to(TOP / "docs").as_posix() for path in DOCS]
    told = [page for page in pages_below if page != "README.md" and not page.startswith("decisions/")]
    assert [page for page in told if f"]({page})" not in index] == []
    records = (TOP / "docs" / "decisions" / "README.md").read_text()
    names = [path.name for path in DOCS if path.parent.name == "decisions" and path.name != "README.md"]
    assert [name for name in names if f"]({name})" not in records] == [], "add it to docs/decisions/README.md"


def test_the_variables_of_templates_are_those_that_are_told(work, make):
    ticket = make.ticket()
    transaction = work.db.scalars(
        select(Transaction).where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type == "Create",
        )
    ).one()
    occasion = Occasion(work.as_system(), ticket, transaction, plain_message("Hello"))
    found: set[str] = set()
    tops = {name.partition(".")[0] for name in VARIABLES}
    for top, value in values_for(occasion, frozenset(tops | {"rt"})).items():
        if top == "rt":
            assert set(value) == set(SIMPLE)
        else:
            parts = isinstance(value, dict) and top != "fields"
            found |= {f"{top}.{name}" for name in value} if parts else {top}
    assert found | {"last_reply.text", "last_reply.name"} == set(VARIABLES)
