"""Rules about page templates."""

import re
from pathlib import Path

import pytest

from rtpy.paths import find_share
from rtpy.web.templating import Templates

PAGES = find_share() / "templates"
NAMES = sorted(path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.pt"))


@pytest.fixture(scope="module")
def templates(compiled_templates):
    return Templates([PAGES], cache=compiled_templates)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(templates, name):
    templates.check(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_loads_others_by_bare_name(name):
    loaded = re.findall(r"load:\s*([^\s;\"'<>]+)", (PAGES / name).read_text())
    assert [each for each in loaded if each.startswith((".", "/")) or not (PAGES / each).is_file()] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_keeps_to_the_content_security_policy(name):
    text = re.sub(r"<!--.*?-->", "", (PAGES / name).read_text(), flags=re.DOTALL)
    inline = (
        r"<script(?![^>]*\bsrc=)(?![^>]*\battributes=)|<style\b|\sstyle=|\son[a-z]+=|href=[\"']javascript:"
    )
    assert re.findall(inline, text) == []


def test_there_are_templates():
    assert len(NAMES) > 5
    assert isinstance(PAGES, Path)
