"""What is about to slip: tickets of the reader and of nobody, by when something is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy_sla.clocks.words import Target
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.models import TicketSla
from rtpy_sla.web.tickets.lines import stamp
from rtpy_sla.web.words import TARGETS, say_due, say_seconds

MOST = 8


@dataclass(frozen=True, slots=True)
class SlippingRow:
    """One ticket."""

    id: int
    subject: str
    url: str
    target: str
    due: str
    at: str
    left: str
    tone: str
    word: str
    is_mine: bool


def show_slipping(request: Request, _: object) -> Mapping[str, Any] | None:
    """Where there are service levels; at most eight, the most urgent first. One query."""
    if not catalogue_of(request.app, request.db).versions:
        return None
    work, me = request.work, request.work.actor.user_id
    nobody = request.app.nobody_id(request.db)
    rows = request.db.execute(
        select(Ticket.id, Ticket.subject, Ticket.owner_id, TicketSla.next_due, TicketSla.next_target)
        .join(Ticket, Ticket.id == TicketSla.ticket_id)
        .where(
            TicketSla.next_due.is_not(None),
            Ticket.owner_id.in_((me, nobody)),
            Ticket.status.in_(request.app.lifecycles.active_statuses()),
            Ticket.merged_into_id.is_(None),
            work.rights.of(Right.SHOW_TICKET).visible(),
        )
        .order_by(TicketSla.next_due, Ticket.id)
        .limit(MOST)
    )
    return {"rows": [_row(request, row, me) for row in rows]}


def _row(request: Request, row: Any, me: int) -> SlippingRow:
    now: datetime = request.work.now
    seconds = int((row.next_due - now).total_seconds())
    tone, word = (
        ("bad", "missed") if seconds < 0 else ("warn", "soon") if seconds < 4 * 3600 else ("ok", "in time")
    )
    return SlippingRow(
        row.id,
        row.subject or "(no subject)",
        request.route_path("ticket.display", id=row.id),
        TARGETS[Target(row.next_target)] if row.next_target else "Due",
        say_due(row.next_due, now, request.zone),
        stamp(row.next_due),
        f"{say_seconds(seconds)} ago" if seconds < 0 else f"in {say_seconds(seconds)}",
        tone,
        word,
        row.owner_id == me,
    )
