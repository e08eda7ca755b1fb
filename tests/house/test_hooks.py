"""Every hook is documented, and used by a test."""

import inspect
import re
from pathlib import Path

import pytest

from rtpy import hookspecs

TOP = Path(__file__).parents[2]

HOOKS = {name: thing for name, thing in vars(hookspecs).items() if name.startswith("rtpy_")}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_what_it_is_for_and_since_when(name):
    told = inspect.getdoc(HOOKS[name]) or ""
    assert len(told) > 40
    assert "New in " in told


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_proved_by_a_test_of_the_sample_plugin(name):
    proofs = "\n".join(file.read_text() for file in (TOP / "tests" / "plugins").glob("test_*.py"))
    assert re.search(rf"def test_\w*{name}_", proofs)
    assert f"def {name}(" in (TOP / "tests/plugins/sample/rtpy_budget/plugin.py").read_text()
