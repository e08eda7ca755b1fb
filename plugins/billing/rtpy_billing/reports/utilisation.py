"""How much of the time there is was worked, could be charged, and was."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from rtpy.models import User
from rtpy.work import Work
from rtpy_billing.models import EntryLine, WorkEntry, Worker
from rtpy_billing.reports.values import Asked, Column, Kind, Report, ReportKind, Row, per_mille

CHARGEABLE = ("charged", "covered", "capped", "held", "blocked", "undecided", "written_off")
PAID_FOR = ("charged", "covered")
COLUMNS = (
    Column("person", "Person"),
    Column("available", "Available", Kind.HOURS, adds=True),
    Column("present", "Present", Kind.HOURS, adds=True),
    Column("worked", "Worked", Kind.HOURS, adds=True),
    Column("billable", "Billable", Kind.HOURS, adds=True),
    Column("billed", "Billed", Kind.HOURS, adds=True),
    Column("utilisation", "Worked of available", Kind.PERCENT),
    Column("billable_part", "Billable of worked", Kind.PERCENT),
    Column("billed_part", "Billed of billable", Kind.PERCENT),
)


def utilisation(work: Work, asked: Asked) -> Report:
    """Each person once. Work at the same time for two customers counts twice as worked and once as present."""
    db = work.db
    conditions = [WorkEntry.worked_on >= asked.start, WorkEntry.worked_on < asked.end]
    if asked.person_id is not None:
        conditions.append(WorkEntry.worked_by_id == asked.person_id)
    if asked.organization_id is not None:
        conditions.append(WorkEntry.organization_id == asked.organization_id)
    entries = db.execute(
        select(
            WorkEntry.worked_by_id,
            WorkEntry.started,
            WorkEntry.ended,
            WorkEntry.worked_seconds,
            WorkEntry.worked_on,
        ).where(*conditions)
    ).all()
    outcomes: dict[tuple[int, str], tuple[int, int]] = {
        (person, outcome): (int(worked), int(billed))
        for person, outcome, worked, billed in db.execute(
            select(
                WorkEntry.worked_by_id,
                EntryLine.outcome,
                func.sum(EntryLine.worked_seconds),
                func.sum(EntryLine.billed_seconds),
            )
            .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
            .where(*conditions)
            .group_by(WorkEntry.worked_by_id, EntryLine.outcome)
        )
    }
    people = dict.fromkeys(row.worked_by_id for row in entries)
    workers = db.execute(select(Worker.user_id, Worker.week).where(Worker.week.is_not(None)))
    weeks = {row.user_id: row.week for row in workers if asked.person_id in (None, row.user_id)}
    if asked.organization_id is None:
        people |= dict.fromkeys(weeks)
    known = db.execute(select(User.id, User.name, User.real_name).where(User.id.in_(people)))
    names = {row.id: row.real_name or row.name for row in known}
    by_person: dict[int, list[tuple[datetime | None, datetime | None, int, date]]] = defaultdict(list)
    for row in entries:
        by_person[row.worked_by_id].append((row.started, row.ended, row.worked_seconds, row.worked_on))
    rows = []
    for person in sorted(people, key=lambda id_: names.get(id_, "")):
        worked = sum(seconds for _, _, seconds, _ in by_person[person])
        billable = sum(outcomes.get((person, each), (0, 0))[0] for each in CHARGEABLE)
        paid = sum(outcomes.get((person, each), (0, 0))[0] for each in PAID_FOR)
        week = weeks.get(person)
        available = sum(_expected(week, asked.start, asked.end)) if week else None
        rows.append(
            Row(
                values={
                    "person": names.get(person, "?"),
                    "available": available,
                    "present": present(by_person[person]),
                    "worked": worked,
                    "billable": billable,
                    "billed": paid,
                    "utilisation": per_mille(worked, available) if available else None,
                    "billable_part": per_mille(billable, worked),
                    "billed_part": per_mille(paid, billable),
                },
                about="person",
                id=person,
            )
        )
    return Report(COLUMNS, tuple(rows), tuple(_uncounted(rows)))


def present(stretches: Sequence[tuple[datetime | None, datetime | None, int, date]]) -> int:
    """Seconds in which somebody worked on anything: what overlaps counts once, what has no clock times as it is."""
    timed = sorted((start, end) for start, end, _, _ in stretches if start is not None and end is not None)
    total = sum(seconds for start, end, seconds, _ in stretches if start is None or end is None)
    until: datetime | None = None
    for start, end in timed:
        begin = start if until is None or start > until else until
        if end > begin:
            total += int((end - begin).total_seconds())
            until = end
    return total


def _expected(week: Sequence[int], start: date, end: date) -> Iterable[int]:
    return (week[(start + timedelta(days=day)).weekday()] for day in range((end - start).days))


def _uncounted(rows: Sequence[Row]) -> Iterable[str]:
    unknown = [str(row.values["person"]) for row in rows if row.values["available"] is None]
    if unknown:
        yield f"Nobody said how long {', '.join(unknown[:10])} should work: no part of it is shown."
    if not any(row.values["worked"] for row in rows):
        yield "No time was logged in these days."


UTILISATION = ReportKind(
    "utilisation",
    "Utilisation",
    "How much of the time there is was worked, could be charged, and was?",
    utilisation,
    takes_person=True,
)
