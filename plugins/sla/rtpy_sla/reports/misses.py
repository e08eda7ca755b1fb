"""Why promises were missed: the reasons chosen, and the excuses with who gave them; and the promises of a date."""

from collections.abc import Sequence

from sqlalchemy import case, func, select

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import Target, Verdict
from rtpy_sla.models import ClockRow
from rtpy_sla.reports.counting import (
    clocks,
    counted,
    customer_names,
    narrowed,
    people_names,
    seen,
    tickets,
)
from rtpy_sla.reports.kept import NUMBERS, TARGET, leads_of, numbers_of
from rtpy_sla.reports.values import About, Asked, Column, Kind, Leads, Report, ReportKind, Row, per_mille
from rtpy_sla.reports.words import NO_CAUSE, ORDER, TARGETS

MOST = 500
REASONS = (
    TARGET,
    Column("cause", "Reason", says="Chosen from the list when the ticket was closed, or later."),
    Column("missed", "Missed", Kind.NUMBER, "Missed and not excused.", adds=True),
    Column("excused", "Excused", Kind.NUMBER, "Missed and excused.", adds=True),
    Column("share", "Share", Kind.PERCENT, "Of all that were missed of this target, excused ones too."),
)
EXCUSES = (
    Column("ticket", "Ticket"),
    Column("customer", "Customer"),
    Column("target", "Target"),
    Column("missed", "Missed", Kind.MOMENT, "When it was due and had not happened."),
    Column("excuse", "Excuse"),
    Column("by", "Excused by"),
    Column("at", "Excused", Kind.MOMENT),
)


def reasons(work: Work, asked: Asked) -> Report:
    """By target and reason, the most frequent first. One query."""
    from_ = counted(work, asked, with_open=False).c
    is_excused = from_.verdict == Verdict.EXCUSED.value
    found: dict[Target, list[tuple[str, int, int]]] = {}
    for target, cause, missed, excused in work.db.execute(
        select(
            from_.target,
            from_.cause,
            func.sum(case((is_excused, 0), else_=1)),
            func.sum(case((is_excused, 1), else_=0)),
        )
        .where(from_.verdict.in_([Verdict.MISSED.value, Verdict.EXCUSED.value]))
        .group_by(from_.target, from_.cause)
    ):
        found.setdefault(Target(target), []).append((cause, int(missed), int(excused)))
    rows = []
    for target in ORDER:
        there = found.get(target, [])
        whole = sum(missed + excused for _, missed, excused in there)
        for cause, missed, excused in sorted(there, key=lambda row: (-row[1] - row[2], row[0])):
            tally = {Verdict.MISSED: missed, Verdict.EXCUSED: excused}
            rows.append(
                Row(
                    {
                        "target": TARGETS[target],
                        "cause": cause or NO_CAUSE,
                        "missed": missed,
                        "excused": excused,
                        "share": per_mille(missed + excused, whole),
                    },
                    leads_of(tally, {"target": target.value, "cause": cause or "none"}),
                )
            )
    return Report(REASONS, tuple(rows))


def excuses(work: Work, asked: Asked) -> Report:
    """Each excuse for what was missed in these days, the latest first. Three queries."""
    query = (
        select(
            clocks.ticket_id,
            clocks.target,
            clocks.cycle,
            clocks.missed,
            clocks.excuse,
            clocks.excused_by_id,
            clocks.excused_at,
            tickets.organization_id,
        )
        .select_from(table_of(ClockRow))
        .join(table_of(Ticket), tickets.id == clocks.ticket_id)
        .where(
            clocks.settled >= asked.start,
            clocks.settled < asked.end,
            clocks.missed.is_not(None),
            clocks.excuse != "",
            seen(work),
            *narrowed(asked),
        )
        .order_by(clocks.missed.desc(), clocks.id.desc())
        .limit(MOST + 1)
    )
    found = work.db.execute(query).all()
    people = people_names(work.db, [row.excused_by_id for row in found])
    customers = customer_names(work.db, [row.organization_id for row in found])
    rows = tuple(
        Row(
            {
                "ticket": f"#{row.ticket_id}",
                "customer": customers[row.organization_id],
                "target": TARGETS[Target(row.target)],
                "missed": row.missed,
                "excuse": row.excuse,
                "by": people.get(row.excused_by_id, "?"),
                "at": row.excused_at,
            },
            {
                "ticket": Leads(About.TICKET, row.ticket_id),
                "target": Leads(About.CLOCK, row.ticket_id, {"target": row.target, "cycle": str(row.cycle)}),
            },
        )
        for row in found[:MOST]
    )
    return Report(EXCUSES, rows, _cut(found))


def promises(work: Work, asked: Asked) -> Report:
    """Dates that were given to customers: kept, broken, open, by customer. Two queries."""
    from_ = counted(work, asked, with_open=True).c
    tallies: dict[int | None, dict[Verdict, int]] = {}
    for organization, verdict, number in work.db.execute(
        select(from_.organization_id, from_.verdict, func.count())
        .where(from_.target == Target.PROMISE.value)
        .group_by(from_.organization_id, from_.verdict)
    ):
        tallies.setdefault(organization, {})[Verdict(verdict)] = number
    names = customer_names(work.db, tallies)
    rows = []
    for organization in sorted(tallies, key=lambda each: names[each].lower()):
        narrowed = {"target": Target.PROMISE.value, "customer": str(organization)}
        tally = tallies[organization]
        rows.append(
            Row(
                {"customer": names[organization], **numbers_of(tally)},
                leads_of(tally, narrowed) if organization is not None else {},
            )
        )
    said = {
        "met": ("Kept", "What was promised happened by the date that was given."),
        "missed": ("Broken", "The date passed first, and nobody excused it."),
        "excused": ("Excused", "Broken, and excused with a reason."),
        "open": ("Open", "The date has not come, and it has not happened."),
        "rate": ("Kept of decided", "Kept in per cent of kept and broken together."),
    }
    columns = (
        Column(column.name, said[column.name][0], column.kind, said[column.name][1], column.adds)
        for column in NUMBERS
    )
    return Report((Column("customer", "Customer"), *columns), tuple(rows))


def _cut(found: Sequence[object]) -> tuple[tuple[str, Leads | None], ...]:
    return ((f"These are the latest {MOST}; there are more.", None),) if len(found) > MOST else ()


KINDS = (
    ReportKind("reasons", "Reasons for misses", "Why do we miss?", reasons),
    ReportKind("excuses", "Excuses", "What was excused, by whom, and why?", excuses),
    ReportKind(
        "promises",
        "Promises of a date",
        "Do we keep the dates that we give?",
        promises,
        ("customer", "queue"),
    ),
)
