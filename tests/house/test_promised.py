"""Plugins import public names only, and every public name says what it is."""

import ast
import importlib
from pathlib import Path

import pytest

from rtpy.promised import PROMISED, SAID, is_promised, line_of

TOP = Path(__file__).parents[2]
PLUGINS = sorted(
    file
    for pattern in ("plugins/*/rtpy_*", "tests/plugins/sample/rtpy_*", "share/plugin/rtpy_*")
    for package in TOP.glob(pattern)
    for file in package.rglob("*.py")
)


def imported(file):
    """(module, name) of everything that a file imports from rtpy; the name is empty for whole modules."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


@pytest.mark.parametrize(
    "package", sorted({file.relative_to(TOP).parts[:-1] for file in PLUGINS}), ids="/".join
)
def test_a_plugin_imports_public_names_only(package):
    folder = TOP.joinpath(*package)
    private = [
        f"{file.name}: from {module} import {name}"
        for file in folder.glob("*.py")
        for module, name in imported(file)
        if module.partition(".")[0] == "rtpy" and not is_promised(module, name)
    ]
    assert private == [], "only what rtpy/promised.py names; add it there if plugins shall have it"


@pytest.mark.parametrize("module", PROMISED)
def test_a_public_name_exists_and_says_what_it_is(module):
    found = importlib.import_module(module)
    for name in PROMISED[module]:
        assert hasattr(found, name)
        assert line_of(module, name)[-1] in ".?"
        assert not any(part.startswith("_") for part in (*module.split("."), name))


def test_public_names_are_listed_once():
    assert list(PROMISED) == sorted(PROMISED)
    assert [names for names in PROMISED.values() if len(names) != len(set(names))] == []
    assert [full for full in SAID if not is_promised(*full.rsplit(".", 1))] == []
