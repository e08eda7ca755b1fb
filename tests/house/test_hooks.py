"""Every hook is documented, and used by a test."""

import inspect
import re
from pathlib import Path

import pytest

from rtpy import __version__, hookspecs
from rtpy.cli.docs_extending import TERMS, deprecation, hooks_by_kind, hooks_page, since

TOP = Path(__file__).parents[2]

HOOKS = {name: thing for name, thing in vars(hookspecs).items() if name.startswith("rtpy_")}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_what_it_is_for_and_since_when(name):
    told = inspect.getdoc(HOOKS[name]) or ""
    assert len(told) > 40
    assert since(HOOKS[name])
    assert [int(part) for part in since(HOOKS[name]).split(".")] <= [
        int(part) for part in __version__.split(".")
    ]


def test_every_hook_has_a_kind_with_its_terms():
    kinds = hooks_by_kind()
    assert [name for names in kinds.values() for name in names] == list(HOOKS)
    assert set(kinds) == set(TERMS)


@pytest.mark.parametrize("name", hooks_by_kind()["register"])
def test_a_register_hook_takes_nothing(name):
    assert str(inspect.signature(HOOKS[name])).startswith("()")


def test_a_deprecated_hook_says_what_takes_its_place(monkeypatch):
    warning = DeprecationWarning("Deprecated since 0.4: use rtpy_panels.")
    monkeypatch.setitem(HOOKS["rtpy_menu"].rtpy_spec, "warn_on_impl", warning)
    assert deprecation(HOOKS["rtpy_menu"]) == "Deprecated since 0.4: use rtpy_panels."
    assert "**Deprecated**: Deprecated since 0.4" in hooks_page("")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_proved_by_a_test_of_the_sample_plugin(name):
    proofs = "\n".join(file.read_text() for file in (TOP / "tests" / "plugins").glob("test_*.py"))
    assert re.search(rf"def test_\w*{name}_", proofs)
    assert f"def {name}(" in (TOP / "tests/plugins/sample/rtpy_budget/plugin.py").read_text()
