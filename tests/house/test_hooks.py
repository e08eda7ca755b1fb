"""Every hook is documented."""

import inspect

import pytest

from rtpy import hookspecs

HOOKS = {name: thing for name, thing in vars(hookspecs).items() if name.startswith("rtpy_")}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_what_it_is_for_and_since_when(name):
    told = inspect.getdoc(HOOKS[name]) or ""
    assert len(told) > 40
    assert "New in " in told
