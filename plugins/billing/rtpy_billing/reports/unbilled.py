"""What have we done and not charged, by customer and age?"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from rtpy.models import Organization
from rtpy.work import Work
from rtpy_billing.models import WorkEntry, not_invoiced
from rtpy_billing.reports.values import Asked, Column, Kind, Report, ReportKind, Row, Value, hours

COLUMNS = (
    Column("customer", "Customer"),
    Column("entries", "Entries", Kind.NUMBER, adds=True),
    Column("worked", "Worked", Kind.HOURS, adds=True),
    Column("draft", "Not handed in", Kind.MONEY, adds=True),
    Column("waiting", "Waits for approval", Kind.MONEY, adds=True),
    Column("approved", "Approved", Kind.MONEY, adds=True),
    Column("new", "Up to 30 days", Kind.MONEY, adds=True),
    Column("older", "31 to 60 days", Kind.MONEY, adds=True),
    Column("old", "Over 60 days", Kind.MONEY, adds=True),
    Column("amount", "In all", Kind.MONEY, adds=True),
    Column("since", "Since", Kind.DATE),
)


def unbilled(work: Work, asked: Asked) -> Report:
    """All that is not invoiced yet, whenever it was done before `asked.end`. Two queries."""
    month, two = asked.today - timedelta(days=30), asked.today - timedelta(days=60)
    day, amount, state = WorkEntry.worked_on, WorkEntry.amount, WorkEntry.state
    query = (
        select(
            WorkEntry.organization_id,
            Organization.name,
            WorkEntry.currency,
            func.count(),
            func.sum(WorkEntry.worked_seconds),
            _sum(state == "draft"),
            _sum(state.in_(("submitted", "checked"))),
            _sum(state == "approved"),
            _sum(day >= month),
            _sum(and_(day < month, day >= two)),
            _sum(day < two),
            func.sum(amount),
            func.min(day),
        )
        .outerjoin(Organization, Organization.id == WorkEntry.organization_id)
        .where(*_asked(asked), amount != 0)
        .group_by(WorkEntry.organization_id, Organization.name, WorkEntry.currency)
    )
    names = [column.name for column in COLUMNS[1:]]
    rows = [
        Row(
            values={"customer": name or "(no customer)", **dict(zip(names, map(_whole, sums), strict=True))},
            currency=currency,
            about="organization" if organization_id else "",
            id=organization_id,
        )
        for organization_id, name, currency, *sums in work.db.execute(query)
    ]
    rows.sort(key=lambda row: -int(row.values["amount"] or 0))  # type: ignore[arg-type]
    return Report(COLUMNS, tuple(rows), _uncounted(work, asked))


def _asked(asked: Asked) -> list[ColumnElement[bool]]:
    conditions = [not_invoiced(), WorkEntry.worked_on < asked.end]
    if asked.organization_id is not None:
        conditions.append(WorkEntry.organization_id == asked.organization_id)
    if asked.person_id is not None:
        conditions.append(WorkEntry.worked_by_id == asked.person_id)
    return conditions


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, WorkEntry.amount), else_=0))


def _whole(value: Any) -> Value:
    """Sums come as decimals from PostgreSQL; dates stay what they are."""
    return value if value is None or isinstance(value, date) else int(value)


def _uncounted(work: Work, asked: Asked) -> tuple[str, ...]:
    """Work that has no amount because something is missing or not decided."""
    words = {
        "no_rate": "have no rate",
        "no_customer": "belong to no customer",
        "undecided": "are not decided",
        "held": "wait for a customer’s consent",
        "blocked": "may not be charged: the balance is used up",
    }
    query = (
        select(WorkEntry.blocker, func.count(), func.sum(WorkEntry.worked_seconds))
        .where(*_asked(asked), or_(WorkEntry.blocker != "", WorkEntry.currency == ""))
        .group_by(WorkEntry.blocker)
    )
    return tuple(
        f"{number} {'entry' if number == 1 else 'entries'} ({hours(int(seconds))}) "
        f"{words.get(blocker, 'are not priced yet')}."
        for blocker, number, seconds in work.db.execute(query)
    )


UNBILLED = ReportKind(
    "unbilled",
    "Unbilled work",
    "What have we done and not charged, and how old is it?",
    unbilled,
    takes_person=True,
)
