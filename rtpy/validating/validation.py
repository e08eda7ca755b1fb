"""One question to the database: what does not fit, and how it is put right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from rtpy.work import Work

EXAMPLES = 5
"""Rows that are named of each kind."""


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows do not fit, and the first few in words."""

    count: int
    examples: tuple[str, ...] = ()


NOTHING = Found(0)


@dataclass(frozen=True, slots=True)
class Validation:
    """Something that should never be found; `name` is `part.what`, of plugins `PLUGIN.what`.

    `wrong` is what is told of rows that are found, after their number: “links name a ticket that there is not”. `look`
    counts them by a few statements over whole tables. `repair` puts them right in the transaction of `work`, says how
    many it changed, and does nothing when it is called again; None when only people can. `how` says what a repair does,
    or what people should do.
    """

    name: str
    wrong: str
    look: Callable[[Work], Found]
    how: str
    repair: Callable[[Work], int] | None = None


def count_rows(work: Work, query: Select[*tuple[Any, ...]]) -> Found:
    """What a query finds, as the answer of `look`: the number of rows and the first of them, column by column.

    The first column says what it is in words of its own, as in `select(literal("ticket"), Ticket.id)`.
    """
    connection = work.db.connection()
    count = connection.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    if not count:
        return NOTHING
    rows: Sequence[Any] = connection.execute(query.limit(EXAMPLES)).all()
    return Found(count, tuple(" ".join(str(value) for value in row) for row in rows))
