"""Met, missed, excused and open: by target alone, and by policy, customer, queue, person, month and week."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from rtpy.search.compiling.dates import date_part
from rtpy.work import Work
from rtpy_sla.clocks.words import Target, Verdict
from rtpy_sla.reports.counting import (
    counted,
    customer_names,
    is_sqlite,
    people_names,
    policy_names,
    queue_names,
    sees_all,
)
from rtpy_sla.reports.values import About, Asked, Column, Kind, Leads, Report, ReportKind, Row, per_mille
from rtpy_sla.reports.words import ORDER, TARGETS

SHOWN = (Verdict.MET, Verdict.MISSED, Verdict.EXCUSED, Verdict.OPEN)
Key = Any
"""What rows are grouped by: a number, a day, or None."""
Tally = Mapping[Verdict, int]

MET_RATE = "Met in per cent of met and missed together; what is excused or open is in neither."
NUMBERS = (
    Column("met", "Met", Kind.NUMBER, "What was promised happened before it was due.", adds=True),
    Column(
        "missed",
        "Missed",
        Kind.NUMBER,
        "The due moment passed first, whatever happened later, and nobody excused it.",
        adds=True,
    ),
    Column(
        "excused",
        "Excused",
        Kind.NUMBER,
        "Missed, and excused with a reason by somebody with the right to.",
        adds=True,
    ),
    Column(
        "open",
        "Open",
        Kind.NUMBER,
        "Running or paused at this moment, begun before the end of the days asked for.",
        adds=True,
    ),
    Column("rate", "Met of decided", Kind.PERCENT, MET_RATE),
)
TARGET = Column(
    "target", "Target", says="What was promised; each counts on its own, once for every time that it begins."
)


def tallies(work: Work, query: Select[Any]) -> dict[tuple[Key, Target], dict[Verdict, int]]:
    """The query gives key, target, verdict, number; targets in their usual order within a key."""
    found: dict[tuple[Key, Target], dict[Verdict, int]] = defaultdict(dict)
    for key, target, verdict, number in work.db.execute(query):
        there = found[key, Target(target)]
        there[Verdict(verdict)] = there.get(Verdict(verdict), 0) + number
    return found


def numbers_of(tally: Tally) -> dict[str, int | None]:
    """The values of NUMBERS."""
    met, missed = tally.get(Verdict.MET, 0), tally.get(Verdict.MISSED, 0)
    numbers: dict[str, int | None] = {each.value: tally.get(each, 0) for each in SHOWN}
    return numbers | {"rate": per_mille(met, met + missed)}


def leads_of(tally: Tally, narrowed: Mapping[str, str]) -> dict[str, Leads]:
    """Each number that is not nought leads to the clocks behind it."""
    return {
        each.value: Leads(About.CLOCKS, narrowed={**narrowed, "verdict": each.value})
        for each in SHOWN
        if tally.get(each)
    }


def by_target(work: Work, asked: Asked) -> Report:
    """One row a target. One query."""
    from_ = counted(work, asked, with_open=True).c
    query = select(func.max(0), from_.target, from_.verdict, func.count()).group_by(
        from_.target, from_.verdict
    )
    found = tallies(work, query)
    rows = []
    for target in ORDER:
        tally = found.get((0, target), {})
        if any(tally.get(each) for each in SHOWN):
            rows.append(
                Row(
                    {"target": TARGETS[target], **numbers_of(tally)},
                    leads_of(tally, {"target": target.value}),
                )
            )
    return Report((TARGET, *NUMBERS), tuple(rows))


def _grouped(
    column: str, heading: Column, name: str, names: Callable[[Any, Sequence[Key]], Mapping[Key, str]]
) -> Callable[[Work, Asked], Report]:
    """A report by a column of the clocks; `name` is the filter in the address. Two queries."""

    def make(work: Work, asked: Asked) -> Report:
        from_ = counted(work, asked, with_open=True).c
        grouped = getattr(from_, column)
        query = select(grouped, from_.target, from_.verdict, func.count()).group_by(
            grouped, from_.target, from_.verdict
        )
        if column == "person_id":
            query = query.where(from_.verdict.in_([Verdict.MET, Verdict.MISSED, Verdict.EXCUSED]))
            if not sees_all(work):
                query = query.where(from_.person_id == work.actor.user_id)
        found = tallies(work, query)
        known = names(work.db, [key for key, _ in found])
        return _table(found, heading, lambda key: known.get(key, "?"), name)

    return make


def _by_policy(work: Work, asked: Asked) -> Report:
    """Versions of a policy together. Two queries."""
    from_ = counted(work, asked, with_open=True).c
    query = select(from_.version_id, from_.target, from_.verdict, func.count()).group_by(
        from_.version_id, from_.target, from_.verdict
    )
    by_version = tallies(work, query)
    policies = policy_names(work.db, [key for key, _ in by_version])
    found: dict[tuple[Key, Target], dict[Verdict, int]] = defaultdict(dict)
    for (version, target), tally in by_version.items():
        there = found[policies[version][0], target]
        for verdict, number in tally.items():
            there[verdict] = there.get(verdict, 0) + number
    names = dict(policies.values())
    heading = Column("group", "Policy", says="The policy that held when the clock ended, all its versions.")
    return _table(found, heading, lambda key: names[key], "policy")


def _by_time(part: str, heading: Column) -> Callable[[Work, Asked], Report]:
    """A report by month or week of the zone asked for; what is open belongs to none. One query."""

    def make(work: Work, asked: Asked) -> Report:
        from_ = counted(work, asked, with_open=False).c
        when = date_part(from_.at, part, asked.zone, is_sqlite=is_sqlite(work.db)).label("bucket")
        inner = select(when, from_.target, from_.verdict).subquery()
        query = select(inner.c.bucket, inner.c.target, inner.c.verdict, func.count()).group_by(
            inner.c.bucket, inner.c.target, inner.c.verdict
        )
        found = tallies(work, query)
        columns = tuple(column for column in NUMBERS if column.name != "open")
        rows = []
        for key, target in sorted(found, key=lambda each: (each[0], ORDER.index(each[1]))):
            tally = found[key, target]
            if any(tally.get(each) for each in SHOWN):
                first, last = _days_of(key, asked)
                narrowed = {"from": first.isoformat(), "to": last.isoformat(), "target": target.value}
                rows.append(
                    Row(
                        {"group": key, "target": TARGETS[target], **numbers_of(tally)},
                        leads_of(tally, narrowed),
                    )
                )
        return Report((heading, TARGET, *columns), tuple(rows))

    return make


def _days_of(bucket: str, asked: Asked) -> tuple[date, date]:
    """The days of a month or week that are in what was asked."""
    first = date.fromisoformat(bucket if len(bucket) == 10 else f"{bucket}-01")
    if len(bucket) == 10:
        last = first + timedelta(6)
    else:
        last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    return max(first, asked.first), min(last, asked.last)


def _table(
    found: Mapping[tuple[Key, Target], Tally], heading: Column, name_of: Callable[[Key], str], name: str
) -> Report:
    rows = []
    for key, target in sorted(
        found, key=lambda each: (each[0] is None, name_of(each[0]).lower(), ORDER.index(each[1]))
    ):
        tally = found[key, target]
        if any(tally.get(each) for each in SHOWN):
            narrowed = {name: str(key if key is not None else "none"), "target": target.value}
            rows.append(
                Row(
                    {"group": name_of(key), "target": TARGETS[target], **numbers_of(tally)},
                    leads_of(tally, narrowed) if key is not None else {},
                )
            )
    return Report((heading, TARGET, *NUMBERS), tuple(rows))


MONTHS = _by_time("Monthly", Column("group", "Month", says="When it was met or missed, in the zone shown."))
WEEKS = _by_time("Weekly", Column("group", "Week of", says="The Monday of the week in which it was decided."))
KINDS = (
    ReportKind("targets", "Met and missed", "Which of our promises do we keep?", by_target),
    ReportKind(
        "customers",
        "By customer",
        "To whom do we keep our promises, and to whom not?",
        _grouped("organization_id", Column("group", "Customer"), "customer", customer_names),
    ),
    ReportKind("policies", "By policy", "Which of our policies do we fulfil?", _by_policy),
    ReportKind(
        "queues",
        "By queue",
        "Where do we miss?",
        _grouped("queue_id", Column("group", "Queue", says="Where the ticket is now."), "queue", queue_names),
    ),
    ReportKind(
        "people",
        "By person",
        "Who ended what was promised, and was it in time?",
        _grouped(
            "person_id",
            Column("group", "Person", says="Who did what the clock waited for; nobody, while nobody has."),
            "person",
            people_names,
        ),
    ),
    ReportKind("months", "By month", "Do we get better?", MONTHS),
    ReportKind("weeks", "By week", "Which weeks were bad?", WEEKS),
)
