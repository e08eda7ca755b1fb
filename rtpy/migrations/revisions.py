"""The revisions of a line as values: what each says of itself, in the order in which they are applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import ModuleType

from alembic.script import ScriptDirectory

from rtpy.migrations.lines import CORE, Line


class Kind(StrEnum):
    """What a revision means for code that does not know it: `expand` adds only, `contract` takes away or narrows."""

    EXPAND = "expand"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision. `before` is the one that it follows, None for the first of its line."""

    line: Line
    name: str
    before: str | None
    sentence: str
    """The first sentence of its docstring."""
    declared: str | None
    """What it says of its kind; None when it says nothing."""
    outside: bool
    """Whether its steps are committed one by one (`outside = True`), because one transaction would hold up the site."""
    last_used: str | None
    """Of a contract: the release whose code last used what it takes away."""
    module: ModuleType

    @property
    def kind(self) -> Kind:
        """Its kind; one that says nothing, from before the first release, may have done anything."""
        return Kind.EXPAND if self.declared == Kind.EXPAND else Kind.CONTRACT

    @property
    def waits(self) -> bool:
        """Whether it is left for when no older code runs any more: a contract that says so."""
        return self.declared == Kind.CONTRACT

    @property
    def label(self) -> str:
        """For people: `core 0031`."""
        return f"{called(self.line)} {self.name}"


def called(line: Line) -> str:
    """The line as people call it: `core`, or the plugin's name."""
    return line.name or "core"


@cache
def revisions_of(line: Line) -> Sequence[Revision]:
    """All revisions that shipped with that line, first to last; read once, for watchers ask often."""
    scripts = ScriptDirectory(str(CORE.versions.parent), version_locations=[str(line.versions)])
    if not line.versions.is_dir():
        return ()
    return tuple(
        Revision(
            line,
            script.revision,
            str(script.down_revision) if script.down_revision else None,
            _first_sentence(script.module.__doc__ or ""),
            getattr(script.module, "kind", None),
            bool(getattr(script.module, "outside", False)),
            getattr(script.module, "last_used", None),
            script.module,
        )
        for script in reversed(list(scripts.walk_revisions()))
    )


def head_of(line: Line) -> str | None:
    """The newest revision of that line that shipped."""
    found = revisions_of(line)
    return found[-1].name if found else None


def after(line: Line, name: str | None) -> Sequence[Revision]:
    """The revisions that follow the one of that name; all of them after None. Raises KeyError for an unknown name."""
    found = revisions_of(line)
    if name is None:
        return found
    for number, revision in enumerate(found):
        if revision.name == name:
            return found[number + 1 :]
    raise KeyError(name)


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.strip().partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].rstrip(".") + "." if paragraph else "It does not say what it does."
