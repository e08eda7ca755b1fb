"""Who gave away what, and why; who logs late; how good estimates were."""

from collections import defaultdict
from datetime import timedelta
from statistics import median

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from rtpy.models import Organization, Queue, Ticket, User
from rtpy.work import Work
from rtpy_billing.models import EntryLine, WorkEntry
from rtpy_billing.reports.values import Asked, Column, Kind, Report, ReportKind, Row, per_mille

MOST = 500
GIFTS = (
    Column("day", "Day", Kind.DATE),
    Column("customer", "Customer"),
    Column("person", "Worked by"),
    Column("decided", "Decided by"),
    Column("what", "What"),
    Column("why", "Why"),
    Column("worked", "Worked", Kind.HOURS, adds=True),
    Column("value", "At full price", Kind.MONEY, adds=True),
)
LATE = (
    Column("person", "Person"),
    Column("entries", "Entries", Kind.NUMBER, adds=True),
    Column("same_day", "On the same day", Kind.PERCENT),
    Column("within", "Within two days", Kind.PERCENT),
    Column("median", "Days, the middle one", Kind.NUMBER),
    Column("longest", "Days, the longest", Kind.NUMBER),
)
ESTIMATES = (
    Column("queue", "Queue"),
    Column("tickets", "Tickets", Kind.NUMBER, adds=True),
    Column("estimated", "Estimated", Kind.HOURS, adds=True),
    Column("actual", "Worked", Kind.HOURS, adds=True),
    Column("accuracy", "Worked of estimated", Kind.PERCENT),
    Column("over", "Tickets over", Kind.NUMBER, adds=True),
)


def gifts(work: Work, asked: Asked) -> Report:
    """Entries that were written off or are shown at nought, the dearest first. One query."""
    worker, decider = aliased(User), aliased(User)
    query = (
        select(
            WorkEntry.id,
            WorkEntry.worked_on,
            Organization.name,
            worker.name.label("worker"),
            worker.real_name.label("worker_name"),
            decider.name.label("decider"),
            decider.real_name.label("decider_name"),
            WorkEntry.write_off_reason,
            WorkEntry.charge_reason,
            WorkEntry.worked_seconds,
            WorkEntry.value,
            WorkEntry.currency,
        )
        .join(worker, worker.id == WorkEntry.worked_by_id)
        .outerjoin(decider, decider.id == func.coalesce(WorkEntry.approved_by_id, WorkEntry.checked_by_id))
        .outerjoin(Organization, Organization.id == WorkEntry.organization_id)
        .where(
            WorkEntry.worked_on >= asked.start,
            WorkEntry.worked_on < asked.end,
            or_(
                WorkEntry.write_off_reason != "",
                select(EntryLine.id)
                .where(EntryLine.entry_id == WorkEntry.id, EntryLine.outcome == "no_charge")
                .exists(),
            ),
        )
        .order_by(WorkEntry.value.desc(), WorkEntry.id)
        .limit(MOST + 1)
    )
    if asked.organization_id is not None:
        query = query.where(WorkEntry.organization_id == asked.organization_id)
    if asked.person_id is not None:
        query = query.where(WorkEntry.worked_by_id == asked.person_id)
    found = work.db.execute(query).all()
    rows = tuple(
        Row(
            values={
                "day": row.worked_on,
                "customer": row.name or "(no customer)",
                "person": row.worker_name or row.worker,
                "decided": row.decider_name or row.decider or "",
                "what": "written off" if row.write_off_reason else "shown at nought",
                "why": row.write_off_reason or row.charge_reason,
                "worked": row.worked_seconds,
                "value": row.value,
            },
            currency=row.currency,
            about="entry",
            id=row.id,
        )
        for row in found[:MOST]
    )
    more = (f"These are the dearest {MOST}; there are more.",) if len(found) > MOST else ()
    return Report(GIFTS, rows, more)


def lateness(work: Work, asked: Asked) -> Report:
    """Days between work and entry, by who worked. One query."""
    query = select(
        WorkEntry.worked_by_id, User.name, User.real_name, WorkEntry.worked_on, WorkEntry.created
    ).join(User, User.id == WorkEntry.worked_by_id)
    query = query.where(
        WorkEntry.worked_on >= asked.start, WorkEntry.worked_on < asked.end, WorkEntry.corrects_id.is_(None)
    )
    if asked.person_id is not None:
        query = query.where(WorkEntry.worked_by_id == asked.person_id)
    days: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in work.db.execute(query):
        late = row.created.date() - row.worked_on
        days[row.real_name or row.name, row.worked_by_id].append(max(late, timedelta(0)).days)
    rows = tuple(
        Row(
            values={
                "person": name,
                "entries": len(found),
                "same_day": per_mille(sum(not day for day in found), len(found)),
                "within": per_mille(sum(day <= 2 for day in found), len(found)),
                "median": int(median(found)),
                "longest": max(found),
            },
            about="person",
            id=person,
        )
        for (name, person), found in sorted(days.items())
    )
    return Report(LATE, rows)


def estimates(work: Work, asked: Asked) -> Report:
    """Resolved tickets that had an estimate, by queue. Two queries."""
    db = work.db
    lifecycles = work.app.lifecycles
    done = [
        Ticket.type == "ticket",
        Ticket.status.in_(lifecycles.inactive_statuses()),
        Ticket.resolved >= work.now - (asked.today - asked.start),
        Ticket.resolved < work.now - (asked.today - asked.end),
    ]
    if asked.organization_id is not None:
        done.append(Ticket.organization_id == asked.organization_id)
    query = (
        select(
            Queue.name,
            func.count(),
            func.sum(Ticket.time_estimated),
            func.sum(Ticket.time_worked),
            func.count().filter(Ticket.time_worked > Ticket.time_estimated),
        )
        .join(Queue, Queue.id == Ticket.queue_id)
        .where(*done, Ticket.time_estimated > 0)
        .group_by(Queue.name)
        .order_by(Queue.name)
    )
    rows = tuple(
        Row(
            values={
                "queue": name,
                "tickets": number,
                "estimated": int(estimated) * 60,
                "actual": int(actual) * 60,
                "accuracy": per_mille(int(actual), int(estimated)),
                "over": over,
            }
        )
        for name, number, estimated, actual, over in db.execute(query)
    )
    without = db.scalar(select(func.count()).where(*done, Ticket.time_estimated == 0)) or 0
    said = (f"{without} resolved tickets had no estimate.",) if without else ()
    return Report(ESTIMATES, rows, said)


KINDS = (
    ReportKind("gifts", "Write-offs and gifts", "Who gave away what, and why?", gifts, takes_person=True),
    ReportKind(
        "lateness", "Late entry", "How long after the work is it written down?", lateness, takes_person=True
    ),
    ReportKind("estimates", "Estimates", "How good were our estimates?", estimates),
)
