"""What became of a text: the lines that went and came. Bounded in lines and time."""

from dataclasses import dataclass
from difflib import unified_diff

MOST_LINES = 400
"""Lines of one difference that are shown."""
MOST_COMPARED = 5_000
"""Comparing takes time with the square of the lines; longer texts are only said to have changed."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a difference: `kind` is came, went, same or gap."""

    kind: str
    text: str


def difference(old: str, new: str) -> tuple[DiffLine, ...]:
    """The lines that went and came, with two lines around; none for texts that are too long to compare."""
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > MOST_COMPARED:
        return ()
    found = []
    for line in list(unified_diff(before, after, lineterm="", n=2))[2 : MOST_LINES + 2]:
        kind = {"+": "came", "-": "went", "@": "gap"}.get(line[:1], "same")
        found.append(DiffLine(kind, "" if kind == "gap" else line[1:]))
    return tuple(found)
