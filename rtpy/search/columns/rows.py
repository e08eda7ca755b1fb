"""Rows of a result: the cells of a page, in a bounded number of queries whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from rtpy.search.columns.column import Column, Value
from rtpy.search.columns.kinds import showing_of
from rtpy.search.searched import Target
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Row:
    """One thing: its cells in the order of the columns, and what its own row tells besides (of a ticket: `Facts`)."""

    id: int
    values: tuple[Value, ...]
    facts: Any


def rows_of(
    work: Work,
    ids: Sequence[int],
    columns: Sequence[Column],
    zone: ZoneInfo,
    kind: Target = Target.TICKETS,
) -> tuple[Row, ...]:
    """The rows of these things, in the order of `ids`; those that the reader may not see are left out.

    One query, and one for each kind of further data that the columns want: people, watchers, custom fields, links,
    sums. `zone` is the reader's, in which fields of several moments are written.
    """
    page = showing_of(kind).page(work, ids, zone)
    return tuple(
        Row(thing.id, tuple(column.value(page, thing) for column in columns), thing)
        for thing in page.facts.values()
    )
