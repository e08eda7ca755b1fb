"""One sign: a thing that was looked at, how it goes with it, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select

MOST = 10_000
"""Nobody waits for more than this to be counted."""


class Grade(StrEnum):
    """How much a sign matters."""

    FINE = "fine"
    NOTE = "note"
    """Worth a look when there is time."""
    BAD = "bad"
    """Not in order: something does not happen that people rely on."""


@dataclass(frozen=True, slots=True)
class Sign:
    """`sentence` stands where everybody may read it who reaches the server: no names in it of people or other servers.

    `detail` adds those, for administrators. `remedy` says what to do, `page` is the route of the page for it.
    """

    about: str
    grade: Grade
    sentence: str
    remedy: str = ""
    page: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""


def how_many(number: int, one: str, many: str) -> str:
    """`1 mail waits`, `3 mails wait`, `more than 10,000 mails wait`, from `mail waits` and `mails wait`."""
    if number > MOST:
        return f"more than {MOST:,} {many}"
    return f"{number:,} {one if number == 1 else many}"


def how_long(age: timedelta | float) -> str:
    """`40 s`, `12 minutes`, `5 hours`, `3 days`."""
    seconds = age.total_seconds() if isinstance(age, timedelta) else age
    for length, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {word}"
    return f"{int(max(seconds, 0))} s"


def count_up_to_most(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many rows fit, as a part of a statement; one more than `MOST` stands for all that are more."""
    found = select(literal(1)).where(*conditions).limit(MOST + 1).subquery()
    return select(func.count()).select_from(found).scalar_subquery()
