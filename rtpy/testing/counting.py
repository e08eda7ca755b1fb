"""Counting statements, so that a query in a loop is seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Counted:
    """The statements of one `with` block."""

    statements: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many, savepoints left out."""
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
        if "SAVEPOINT" in statement:
            return
        for counted in self._open:
            counted.statements.append(statement)
