"""A result column: its name, its title, what it holds, and how its values are read for a whole page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rtpy.customfields.brought import BroughtKind
from rtpy.errors import RtpyError
from rtpy.work import Work


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    """Aware moments in UTC, or days."""
    MINUTES = "minutes"
    PERSON = "person"
    """Names of people and groups."""
    LINK = "link"
    """`Linked` values."""


class Align(StrEnum):
    """Where the values of a column stand."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a link: `ticket_id` when it is a ticket, `is_seen` when the reader may open it."""

    label: str
    uri: str
    ticket_id: int | None = None
    is_seen: bool = True


Value = str | int | Decimal | date | datetime | tuple[str, ...] | tuple[Linked, ...] | None
"""What a cell holds, never HTML; None: nothing."""


class CannotShow(RtpyError):
    """A column that there is not, or a format that cannot be read; `position` is where, from 1 (0: not known)."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result; `name` is RT's spelling, `title` are plain words.

    `value` reads the cell of a thing from its page (of tickets: a `TicketPage` and its `Facts`); what it needs beyond
    the thing itself is asked for once for all things of the page. `is_relative`: people see a moment as “2 days ago”.
    """

    name: str
    title: str
    kind: Kind
    value: Callable[[Any, Any], Value]
    is_relative: bool = False
    drawn_by: BroughtKind | None = None
    """The kind of custom field whose values stand in it, when a plugin brings it: pages show them in its way."""

    @property
    def align(self) -> Align:
        """Numbers and minutes stand on the right."""
        return Align.RIGHT if self.kind in (Kind.NUMBER, Kind.MINUTES) else Align.LEFT


@dataclass(frozen=True, slots=True)
class BroughtColumn:
    """A column that a plugin brings under a name of its own (hook `rtpy_columns`).

    `load` is called once for a page (up to 500 tickets) with the ids of tickets that the reader may see, and answers
    with their values; ids may be missing. It asks a bounded number of queries and hides what the reader may not see.
    """

    title: str
    kind: Kind
    load: Callable[[Work, Sequence[int]], Mapping[int, Value]]
