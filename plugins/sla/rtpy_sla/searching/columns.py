"""Columns of lists, by the names of the fields. Each asks one query for a page of tickets."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from rtpy.search.columns.column import BroughtColumn
from rtpy.search.columns.column import Kind as ColumnKind
from rtpy.work import Work
from rtpy_sla.clocks.words import Ball
from rtpy_sla.models import Policy, TicketSla
from rtpy_sla.searching.seen import sees_clocks

HOLDERS = {Ball.US: "us", Ball.CUSTOMER: "customer", Ball.THIRD: "third party", Ball.SCHEDULED: "scheduled"}


def _column(title: str, kind: ColumnKind, value: Callable[[Any, Work], Any]) -> BroughtColumn:
    def load(work: Work, ids: Sequence[int]) -> Mapping[int, Any]:
        if not sees_clocks(work):
            return {}
        rows = work.db.connection().execute(_ROWS.where(TicketSla.ticket_id.in_(ids)))
        found = {row.ticket_id: value(row, work) for row in rows}
        return {ticket_id: each for ticket_id, each in found.items() if each not in (None, "")}

    return BroughtColumn(title, kind, load)


def _breached(row: Any, work: Work) -> str:
    is_past = row.next_due is not None and row.played <= row.next_due < work.now
    return "missed" if row.is_missed or is_past else ""


_ROWS = select(
    TicketSla.ticket_id,
    TicketSla.next_due,
    TicketSla.next_target,
    TicketSla.is_missed,
    TicketSla.is_paused,
    TicketSla.ball,
    TicketSla.played,
    Policy.name,
).outerjoin(Policy, Policy.id == TicketSla.policy_id)

COLUMNS = {
    "SLADue": _column("Next due", ColumnKind.DATE, lambda row, _work: row.next_due),
    "SLABreached": _column("Missed", ColumnKind.TEXT, _breached),
    "SLAPaused": _column("Paused", ColumnKind.TEXT, lambda row, _work: "paused" if row.is_paused else ""),
    "SLAPolicy": _column("Service level", ColumnKind.TEXT, lambda row, _work: row.name or ""),
    "SLATarget": _column(
        "Next target", ColumnKind.TEXT, lambda row, _work: row.next_target.replace("_", " ")
    ),
    "BallWith": _column("Ball with", ColumnKind.TEXT, lambda row, _work: HOLDERS[Ball(row.ball)]),
}
