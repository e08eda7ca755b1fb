"""What stands in the rows of tickets, read for comparing, and written where it differs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from rtpy.db.base import table_of
from rtpy.work import Work
from rtpy_sla.models import ClockRow, PauseRow, TicketSla

_ticket, _clock, _pause = table_of(TicketSla), table_of(ClockRow), table_of(PauseRow)
Key = tuple[str, int]
Values = dict[str, Any]


@dataclass(slots=True)
class Stored:
    """The rows of one ticket: its own values, clocks by target and cycle, pauses in order, each with its number."""

    ticket: Values | None = None
    clocks: dict[Key, tuple[int, Values]] = field(default_factory=dict)
    pauses: list[tuple[int, Values]] = field(default_factory=list)


@dataclass(slots=True)
class Changes:
    """What is to be written for many tickets, gathered so that each kind is one statement."""

    new_tickets: list[Values] = field(default_factory=list)
    tickets: list[Values] = field(default_factory=list)
    new_clocks: list[Values] = field(default_factory=list)
    clocks: list[Values] = field(default_factory=list)
    gone_clocks: list[int] = field(default_factory=list)
    new_pauses: list[Values] = field(default_factory=list)
    pauses: list[Values] = field(default_factory=list)
    gone_pauses: list[int] = field(default_factory=list)

    def write(self, work: Work) -> None:
        """Write it all; nothing is asked of the database for what there is nothing of."""
        connection = work.db.connection()
        for statement, rows in (
            (insert(_ticket), self.new_tickets),
            (_UPDATE_TICKET, self.tickets),
            (insert(_clock), self.new_clocks),
            (insert(_pause), self.new_pauses),
        ):
            if rows:
                connection.execute(statement, rows)
        for table, changed in ((_clock, self.clocks), (_pause, self.pauses)):
            for names, rows in _alike(changed):
                values: Values = {name: bindparam(f"new_{name}") for name in names}
                statement = update(table).where(table.c.id == bindparam("row_id")).values(**values)
                connection.execute(statement, rows)
        for table, gone in ((_clock, self.gone_clocks), (_pause, self.gone_pauses)):
            if gone:
                connection.execute(delete(table).where(table.c.id.in_(gone)))


def stored_of(work: Work, ticket_ids: Sequence[int]) -> Mapping[int, Stored]:
    """The rows of these tickets. Two queries, the second only for tickets that have rows at all."""
    work.db.flush()
    connection = work.db.connection()
    found: dict[int, Stored] = {ticket_id: Stored() for ticket_id in ticket_ids}
    there: list[int] = []
    for row in connection.execute(_STORED, {"ids": list(ticket_ids)}):
        stored = found[row[0]]
        if stored.ticket is None:
            stored.ticket = dict(zip(TICKET_COLUMNS, row, strict=False))
            there.append(row[0])
        clock = row[len(TICKET_COLUMNS) :]
        if clock[0] is not None:
            values = dict(zip(CLOCK_COLUMNS, clock, strict=True))
            key = (values.pop("target"), values.pop("cycle"))
            stored.clocks[key] = (values.pop("id"), values)
    if there:
        for row in connection.execute(_PAUSES, {"ids": there}):
            values = dict(zip(PAUSE_COLUMNS, row, strict=True))
            found[values.pop("ticket_id")].pauses.append((values.pop("id"), values))
    return found


def changed(before: Values, after: Values) -> Values:
    """The values that differ."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def as_update(row_id: int, values: Values) -> Values:
    """Parameters that write these values into a row."""
    return {"row_id": row_id, **{f"new_{name}": value for name, value in values.items()}}


def _alike(rows: Iterable[Values]) -> Iterable[tuple[tuple[str, ...], list[Values]]]:
    """Updates of the same columns together."""
    found: dict[tuple[str, ...], list[Values]] = {}
    for row in rows:
        found.setdefault(tuple(name[4:] for name in row if name != "row_id"), []).append(row)
    return found.items()


TICKET_COLUMNS = tuple(column.name for column in _ticket.columns)
CLOCK_COLUMNS = tuple(column.name for column in _clock.columns if column.name != "ticket_id")
PAUSE_COLUMNS = tuple(column.name for column in _pause.columns)

_STORED = (
    select(*_ticket.columns, *(_clock.c[name] for name in CLOCK_COLUMNS))
    .outerjoin(_clock, _clock.c.ticket_id == _ticket.c.ticket_id)
    .where(_ticket.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(_ticket.c.ticket_id, _clock.c.id)
)
_PAUSES = (
    select(*_pause.columns)
    .where(_pause.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(_pause.c.ticket_id, _pause.c.start, _pause.c.id)
)
_UPDATE_TICKET = (
    update(_ticket)
    .where(_ticket.c.ticket_id == bindparam("row_id"))
    .values(
        **{
            name: bindparam(f"new_{name}")
            for name in TICKET_COLUMNS
            if name not in ("ticket_id", "offered_version_id")
        }
    )
)
