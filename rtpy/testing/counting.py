"""Counting statements, so that a query in a loop is seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_STAMP = "SELECT configurations.value"
"""The look at the stamp of what is remembered (`rtpy.remembered`): once in a second, whatever is asked."""


@dataclass
class Counted:
    """The statements of one `with` block."""

    statements: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many; savepoints and looks at the stamp left out."""
        return len(self.statements)


class QueryCount:
    """Called as a context manager it counts what happens inside."""

    def __init__(self) -> None:
        self._open: list[Counted] = []

    @contextmanager
    def __call__(self) -> Iterator[Counted]:
        """Count inside the block."""
        counted = Counted()
        self._open.append(counted)
        try:
            yield counted
        finally:
            self._open.remove(counted)

    def hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """A statement was sent; listener of before_cursor_execute."""
        if "SAVEPOINT" in statement or statement.startswith(_STAMP):
            return
        for counted in self._open:
            counted.statements.append(statement)
