"""The examples in `docs/using/search.md`, as tests read them."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "using" / "search.md"


def blocks(kind):
    """The texts of the fenced blocks that are marked so."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def queries(kind="ticketsql"):
    """One a line."""
    return [line for block in blocks(kind) for line in block.splitlines()]


def pairs(kind):
    """A line, and the indented one below it."""
    return [pair for block in blocks(kind) for pair in re.findall(r"^(\S.*)\n {4}(.*)$", block, re.MULTILINE)]
