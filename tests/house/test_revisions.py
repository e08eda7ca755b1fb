"""Revisions of the core and of the plugins here keep to docs/extending/migrations.md, once something is released."""

from pathlib import Path

import pytest

from rtpy.migrations.recording import deeds_of, plain_dialect
from rtpy.migrations.release import lines_of_tree
from rtpy.migrations.released import releases_of
from rtpy.migrations.revisions import called, revisions_of
from rtpy.migrations.rules import DIALECTS, broken_rules

LINES = list(lines_of_tree(Path(__file__).parents[2]))


@pytest.mark.parametrize("line", LINES, ids=called)
def test_older_code_works_on_while_they_are_applied(line):
    assert list(broken_rules(line)) == []


@pytest.mark.parametrize("line", LINES, ids=called)
def test_what_is_released_is_still_there(line):
    assert set(releases_of(line).values()) - {revision.name for revision in revisions_of(line)} == set()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_they_would_do_can_be_told_beforehand(dialect):
    for line in LINES:
        for revision in revisions_of(line):
            assert deeds_of(revision, plain_dialect(dialect)), revision.label


def test_the_core_and_all_plugins_here_are_looked_at():
    assert [called(line) for line in LINES] == ["core", "billing", "portal", "sla"]
