"""The pages for those who write plugins, made of the code: every hook with its terms, and the public names."""

import inspect
import re
from collections.abc import Callable

from rtpy import hookspecs
from rtpy.promised import PROMISED, line_of

TERMS = {
    "register": ("once, at the start", "none", "stops the start"),
    "attach": ("once, at the start; commands when one is looked for", "none", "stops the start"),
    "ask": (
        "during the work, as often as the answer is needed",
        "that of the work; writes nothing",
        "fails the work",
    ),
    "refuse": (
        "before the effect",
        "that of the bundle",
        "`Refused` undoes the bundle and is told to the actor; anything else undoes it as an error",
    ),
    "tell": (
        "after the effect",
        "that of the effect, before it is committed",
        "undoes the whole effect; leave what may fail to a chore",
    ),
}
"""By kind of hook: when it is called, in which transaction, and what raising does."""

_NEW = re.compile(r"New in (\d+(?:\.\d+)+)")
_MARKS = re.compile(r"^# --- (\w+): (.+?) -+$|^def (rtpy_\w+)", re.MULTILINE)


def hooks_by_kind() -> dict[str, list[str]]:
    """The names of all hooks under the kinds of hooks, as rtpy/hookspecs.py has them."""
    found: dict[str, list[str]] = {}
    kind = ""
    for mark in _MARKS.finditer(inspect.getsource(hookspecs)):
        if mark[1]:
            kind = mark[1]
            found[kind] = []
        else:
            found[kind].append(mark[3])
    return found


def since(hook: Callable[..., object]) -> str:
    """The version that brought the hook; empty when its docstring does not say."""
    told = _NEW.search(inspect.getdoc(hook) or "")
    return told[1] if told else ""


def deprecation(hook: Callable[..., object]) -> str:
    """Why the hook will go and what takes its place; empty as long as it stays."""
    return str(getattr(hook, "rtpy_spec", {}).get("warn_on_impl") or "")


def hooks_page(made: str) -> str:
    """docs/extending/hooks.md; `made` is the remark that the page is generated."""
    parts = ["# Hooks\n", made, f"{inspect.cleandoc(hookspecs.__doc__ or '')}\n", _HOOKS_INTRODUCTION]
    for kind, names in hooks_by_kind().items():
        when, transaction, raising = TERMS[kind]
        parts.append(
            f"## {kind.capitalize()}\n\n"
            f"* Called: {when}.\n* Transaction: {transaction}.\n* An exception: {raising}.\n"
        )
        parts += [_hook(name) for name in names]
    return "\n".join(parts)


def public_names_page(made: str, table: Callable[..., str]) -> str:
    """docs/extending/public-names.md; `table` draws one."""
    parts = ["# Public names\n", made, _PUBLIC_NAMES_INTRODUCTION]
    for module, names in PROMISED.items():
        parts += [
            f"## {module}\n",
            table(("name", "what it is"), [(f"`{name}`", line_of(module, name)) for name in names]),
        ]
    return "\n".join(parts)


def _hook(name: str) -> str:
    hook = getattr(hookspecs, name)
    signature = str(inspect.signature(hook)).replace("'", "").replace("typing.", "")
    goes = f"**Deprecated**: {deprecation(hook)}\n\n" if deprecation(hook) else ""
    return f"### {name}\n\n```python\n{name}{signature}\n```\n\n{goes}{inspect.getdoc(hook)}\n"


_HOOKS_INTRODUCTION = """\
`from rtpy import hookimpl` marks an implementation; it may leave out arguments it does not need.
How to write a plugin: [plugin.md](plugin.md), and step by step [tutorial.md](tutorial.md). How long a hook stays as it
is: [versions.md](versions.md).
"""

_PUBLIC_NAMES_INTRODUCTION = """\
What plugins may import from rtpy. These names keep their meaning until a version says otherwise in CHANGES.md; all
others may change at any time ([versions.md](versions.md)). `rtpy plugin doctor` tells which others a plugin uses, and
the tests of this repository refuse them in `plugins/`. Tests of plugins may use everything in `rtpy.testing` too.
"""
