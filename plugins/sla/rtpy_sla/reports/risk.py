"""What is about to slip: clocks that run, by what is due next, with the share of their time that is used."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy.working_hours import hours_of
from rtpy_sla.clocks.words import Target, Unit
from rtpy_sla.models import ClockRow
from rtpy_sla.reports.counting import RUNNING, clocks, customer_names, narrowed, people_names, seen, tickets
from rtpy_sla.reports.values import About, Asked, Column, Kind, Leads, Report, ReportKind, Row, per_mille
from rtpy_sla.reports.words import TARGETS

MOST = 200
COLUMNS = (
    Column("ticket", "Ticket"),
    Column("subject", "Subject"),
    Column("customer", "Customer"),
    Column("owner", "Owner"),
    Column("target", "Target"),
    Column("due", "Due", Kind.MOMENT, "When it is missed if nothing happens; it moves on with every pause."),
    Column(
        "left", "Left", Kind.SECONDS, "What may still pass of the time that counts; below nought it is late."
    ),
    Column(
        "share",
        "Used",
        Kind.PERCENT,
        "How much of the time that was promised has passed; of promises in days, by the clock.",
    ),
)


def at_risk(work: Work, asked: Asked) -> Report:
    """Running clocks of this moment, the next due first, missed ones that still run before them. Three queries."""
    db, now = work.db, work.now
    query = (
        select(
            clocks.ticket_id,
            clocks.target,
            clocks.cycle,
            clocks.due,
            clocks.amount,
            clocks.unit,
            clocks.used,
            clocks.since,
            clocks.started,
            clocks.calendar_id,
            tickets.subject,
            tickets.organization_id,
            tickets.owner_id,
        )
        .select_from(table_of(ClockRow))
        .join(table_of(Ticket), tickets.id == clocks.ticket_id)
        .where(RUNNING, clocks.due.is_not(None), seen(work), *narrowed(asked))
        .order_by(clocks.due, clocks.ticket_id, clocks.id)
        .limit(MOST + 1)
    )
    found = db.execute(query).all()
    customers = customer_names(db, {row.organization_id for row in found})
    owners = people_names(db, {row.owner_id for row in found})
    rows = []
    for row in found[:MOST]:
        used, amount = _used(work, row), row.amount
        if row.unit == Unit.DAYS.value or amount is None:
            used, amount = _seconds(row.started, now), _seconds(row.started, row.due)
        which = {"target": row.target, "cycle": str(row.cycle)}
        rows.append(
            Row(
                {
                    "ticket": f"#{row.ticket_id}",
                    "subject": row.subject,
                    "customer": customers[row.organization_id],
                    "owner": owners.get(row.owner_id, ""),
                    "target": TARGETS[Target(row.target)],
                    "due": row.due,
                    "left": amount - used,
                    "share": per_mille(max(used, 0), amount) if amount > 0 else 1000,
                },
                {
                    "ticket": Leads(About.TICKET, row.ticket_id),
                    "target": Leads(About.CLOCK, row.ticket_id, which),
                },
            )
        )
    more = ((f"These are the {MOST} that are due first; there are more.", None),) if len(found) > MOST else ()
    return Report(COLUMNS, tuple(rows), more)


def _used(work: Work, row: Any) -> int:  # Any: a row of named columns
    """Seconds that have counted by now."""
    if row.since is None:
        return int(row.used)
    if row.unit == Unit.WALL.value or row.calendar_id is None:
        return int(row.used) + _seconds(row.since, work.now)
    return int(row.used) + hours_of(work.app, work.db, row.calendar_id).between(row.since, work.now)


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


KINDS = (
    ReportKind(
        "risk",
        "About to slip",
        "What is due next, and how much of its time is used?",
        at_risk,
        is_now=True,
    ),
)
