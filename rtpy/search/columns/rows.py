"""Rows of a result: the cells of a page of tickets, in a bounded number of queries whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rtpy.search.columns.column import Column, Value
from rtpy.search.columns.page import Facts, TicketPage
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket: its cells in the order of the columns, and what its own row tells besides."""

    id: int
    values: tuple[Value, ...]
    facts: Facts


def rows_of(work: Work, ids: Sequence[int], columns: Sequence[Column], zone: ZoneInfo) -> tuple[Row, ...]:
    """The rows of these tickets, in the order of `ids`; those that the reader may not see are left out.

    One query, and one for each kind of further data that the columns want: people, watchers, custom fields, links,
    sums. `zone` is the reader's, in which fields of several moments are written.
    """
    page = TicketPage(work, ids, zone)
    return tuple(
        Row(ticket.id, tuple(column.value(page, ticket) for column in columns), ticket)
        for ticket in page.facts.values()
    )
