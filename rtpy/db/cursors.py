"""A cursor for PostgreSQL that describes the columns of an answer only to who looks at them.

psycopg makes an object for each column of each answer, 160 of them for the page of a ticket. SQLAlchemy looks at them
when it meets a statement for the first time, and later only whether there are any.
"""

from collections.abc import Sequence
from typing import Any, overload

import psycopg
from psycopg import Column


class Columns(Sequence[Column]):
    """The columns of an answer, made when they are asked for."""

    def __init__(self, cursor: "Cursor", number: int) -> None:
        self._cursor, self._number = cursor, number

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, index: int) -> Column: ...

    @overload
    def __getitem__(self, index: slice) -> list[Column]: ...

    def __getitem__(self, index: int | slice) -> Column | list[Column]:
        places = range(self._number)[index]
        if isinstance(places, int):
            return Column(self._cursor, places)
        return [Column(self._cursor, each) for each in places]


class Cursor(psycopg.Cursor[Any]):
    """psycopg's own but for `description`."""

    @property
    def description(self) -> Columns | None:  # type: ignore[override]  # psycopg says list
        """The columns of the answer; None when there are none."""
        answer = self.pgresult
        return Columns(self, answer.nfields) if answer is not None and answer.nfields else None
