"""How long it took: median and percentiles beside the mean, of the time that counted and of the time by the clock."""

from typing import Any

from sqlalchemy import Subquery, and_, case, func, or_, select

from rtpy.work import Work
from rtpy_sla.clocks.words import MEASURED, Target, Unit, Verdict
from rtpy_sla.reports.counting import counted, epoch
from rtpy_sla.reports.values import About, Asked, Column, Kind, Leads, Report, ReportKind, Row
from rtpy_sla.reports.words import ORDER, TARGETS, UNITS

PERCENTS = (50, 75, 90, 95)
NAMES = {50: "Median", 75: "75 %", 90: "90 %", 95: "95 %"}
SAYS = {
    50: "Half of them took no longer.",
    75: "Three of four took no longer.",
    90: "Nine of ten took no longer.",
    95: "Nineteen of twenty took no longer.",
}
COLUMNS = (
    Column("target", "Target", says="Only what has ended is measured, in time or late, excused or not."),
    Column("unit", "Counted in", says="What the target's hours are; time of pauses is not in it."),
    Column("number", "Ended", Kind.NUMBER, "How many were measured."),
    *(Column(f"used{each}", NAMES[each], Kind.SECONDS, SAYS[each]) for each in PERCENTS),
    Column("used", "Mean", Kind.SECONDS, "The sum divided by the number; a few long ones pull it up."),
    Column(
        "wall50", "Median by the clock", Kind.SECONDS, "From start to end, with nights, holidays and pauses."
    ),
    Column("wall90", "90 % by the clock", Kind.SECONDS, "Nine of ten took no longer by the clock."),
    Column("wall", "Mean by the clock", Kind.SECONDS, "The mean of the time by the clock."),
)


def times(work: Work, asked: Asked) -> Report:
    """One row for each target and unit. Two queries: the figures, and how many are late and have not ended yet.

    A percentile is by nearest rank: the smallest of the times that were measured than which so many took no longer.
    """
    from_ = counted(work, asked, with_open=False)
    ranked = _ranked(work, from_)
    columns: list[Any] = [ranked.c.target, ranked.c.unit, func.max(ranked.c.number)]
    for name, rank in (("used", ranked.c.used_rank), ("wall", ranked.c.wall_rank)):
        value = getattr(ranked.c, name)
        columns += [
            func.max(case((rank == (ranked.c.number * each + 99) // 100, value))) for each in PERCENTS
        ]
        columns.append(func.avg(value))
    query = select(*columns).group_by(ranked.c.target, ranked.c.unit)
    rows = []
    for found in sorted(work.db.execute(query), key=lambda row: (ORDER.index(Target(row[0])), row[1])):
        target, unit, number, *figures = found
        used, wall = figures[: len(PERCENTS) + 1], figures[len(PERCENTS) + 1 :]
        values = {
            "target": TARGETS[Target(target)],
            "unit": UNITS[Unit(unit)],
            "number": number,
            **{f"used{each}": int(value) for each, value in zip(PERCENTS, used, strict=False)},
            **{f"wall{each}": int(value) for each, value in zip(PERCENTS, wall, strict=False)},
            "used": round(float(used[-1])),
            "wall": round(float(wall[-1])),
        }
        rows.append(Row(values, {"number": Leads(About.CLOCKS, narrowed={"target": target})}))
    late = work.db.scalar(
        select(func.count()).where(from_.c.ended.is_(None), from_.c.verdict.in_(["missed", "excused"]))
    )
    said = f"{late} that were missed have not ended yet: how long they take is not known." if late else ""
    missed = Leads(About.CLOCKS, narrowed={"verdict": Verdict.MISSED.value})
    return Report(COLUMNS, tuple(rows), ((said, missed),) if said else ())


def _ranked(work: Work, from_: Subquery) -> Subquery:
    """Ended clocks with their ranks among those of the same target and unit, and how many these are."""
    wall = epoch(work.db, from_.c.ended) - epoch(work.db, from_.c.started)
    measured = (
        select(from_.c.target, from_.c.unit, from_.c.used, wall.label("wall"))
        .where(
            from_.c.ended.is_not(None),
            or_(
                from_.c.verdict != Verdict.NONE.value,
                and_(from_.c.target.in_(sorted(MEASURED)), from_.c.state == "ended"),
            ),
        )
        .subquery()
    )
    same = [measured.c.target, measured.c.unit]
    return select(
        *measured.c,
        func.row_number().over(partition_by=same, order_by=measured.c.used).label("used_rank"),
        func.row_number().over(partition_by=same, order_by=measured.c.wall).label("wall_rank"),
        func.count().over(partition_by=same).label("number"),
    ).subquery()


KINDS = (
    ReportKind("times", "How long it took", "What is usual, and what does the worst tenth wait?", times),
)
