"""What work earned: against its full price, and against what it cost."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import ColumnElement, case, func, select

from rtpy.models import Organization
from rtpy.work import Work
from rtpy_billing.models import EntryLine, Expense, Invoice, WorkEntry
from rtpy_billing.reports.values import Asked, Column, Kind, Report, ReportKind, Row, hours, per_mille

REALISATION = (
    Column("customer", "Customer"),
    Column("worked", "Worked", Kind.HOURS, adds=True),
    Column("value", "At full price", Kind.MONEY, adds=True),
    Column("charged", "Charged", Kind.MONEY, adds=True),
    Column("covered", "Covered by agreements", Kind.MONEY, adds=True),
    Column("given", "Shown at nought", Kind.MONEY, adds=True),
    Column("written_off", "Written off", Kind.MONEY, adds=True),
    Column("realisation", "Charged and covered of full price", Kind.PERCENT),
)
PROFIT = (
    Column("customer", "Customer"),
    Column("revenue", "Invoiced", Kind.MONEY, adds=True),
    Column("labour", "Cost of work", Kind.MONEY, adds=True),
    Column("parts", "Cost of parts and expenses", Kind.MONEY, adds=True),
    Column("profit", "Left", Kind.MONEY, adds=True),
    Column("worked", "Worked", Kind.HOURS, adds=True),
    Column("rate", "Earned per hour", Kind.MONEY),
)


def realisation(work: Work, asked: Asked) -> Report:
    """By customer: what the work of these days was worth at full price, and what became of it. Two queries."""
    outcome, value = EntryLine.outcome, EntryLine.value
    query = (
        select(
            WorkEntry.organization_id,
            Organization.name,
            EntryLine.currency,
            func.sum(EntryLine.worked_seconds),
            func.sum(case((outcome != "hidden", value), else_=0)),
            func.sum(EntryLine.amount),
            func.sum(case((outcome == "covered", value), else_=0)),
            func.sum(case((outcome == "no_charge", value), else_=0)),
            func.sum(case((outcome == "written_off", value), else_=0)),
        )
        .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
        .outerjoin(Organization, Organization.id == WorkEntry.organization_id)
        .where(*_of(asked))
        .group_by(WorkEntry.organization_id, Organization.name, EntryLine.currency)
    )
    rows = []
    for organization_id, name, currency, *sums in work.db.execute(query):
        worked, full, charged, covered, given, off = (int(each or 0) for each in sums)
        rows.append(
            Row(
                values={
                    "customer": name or "(no customer)",
                    "worked": worked,
                    "value": full,
                    "charged": charged,
                    "covered": covered,
                    "given": given,
                    "written_off": off,
                    "realisation": per_mille(charged + covered, full),
                },
                currency=currency,
                about="organization" if organization_id else "",
                id=organization_id,
            )
        )
    rows.sort(key=lambda row: -int(row.values["value"] or 0))  # type: ignore[arg-type]
    unpriced = work.db.execute(
        select(func.count(), func.sum(WorkEntry.worked_seconds)).where(
            *_of(asked), WorkEntry.blocker == "no_rate"
        )
    ).one()
    missing = (
        (f"{unpriced[0]} entries ({hours(int(unpriced[1]))}) have no rate and count as nothing.",)
        if unpriced[0]
        else ()
    )
    return Report(REALISATION, tuple(rows), missing)


def profit(work: Work, asked: Asked) -> Report:
    """By customer: invoiced in these days less what the work of these days cost ourselves. Four queries."""
    db = work.db
    names = {row.id: row.name for row in db.execute(select(Organization.id, Organization.name))}
    sums: dict[tuple[int | None, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    signed = case((Invoice.kind == "credit_note", -Invoice.net), else_=Invoice.net)
    issued = (
        select(Invoice.organization_id, Invoice.currency, func.sum(signed))
        .where(
            Invoice.state.in_(("issued", "credited")),
            Invoice.issued_on >= asked.start,
            Invoice.issued_on < asked.end,
        )
        .group_by(Invoice.organization_id, Invoice.currency)
    )
    for organization_id, currency, net in db.execute(issued):
        sums[organization_id, currency]["revenue"] += int(net)
    worked = (
        select(
            WorkEntry.organization_id,
            WorkEntry.currency,
            func.sum(WorkEntry.worked_seconds),
            func.sum(WorkEntry.cost),
            func.sum(case((WorkEntry.cost.is_(None), WorkEntry.worked_seconds), else_=0)),
        )
        .where(*_of(asked))
        .group_by(WorkEntry.organization_id, WorkEntry.currency)
    )
    unknown = 0
    for organization_id, currency, seconds, cost, without in db.execute(worked):
        sums[organization_id, currency]["worked"] += int(seconds)
        sums[organization_id, currency]["labour"] += int(cost or 0)
        unknown += int(without or 0)
    spent = (
        select(
            Expense.organization_id,
            Expense.currency,
            func.sum(Expense.cost * Expense.quantity),
            func.sum(case((Expense.cost.is_(None), 1), else_=0)),
        )
        .where(Expense.spent_on >= asked.start, Expense.spent_on < asked.end)
        .group_by(Expense.organization_id, Expense.currency)
    )
    unpriced = 0
    for organization_id, currency, thousandths, without in db.execute(spent):
        sums[organization_id, currency]["parts"] += int(thousandths or 0) // 1000
        unpriced += int(without or 0)
    rows = [
        _profit_row(organization_id, currency, each, names)
        for (organization_id, currency), each in sums.items()
        if asked.organization_id in (None, organization_id)
    ]
    rows.sort(key=lambda row: -int(row.values["profit"] or 0))  # type: ignore[arg-type]
    uncounted = []
    if unknown:
        uncounted.append(f"{hours(unknown)} of work have no cost rate: they count as if they cost nothing.")
    if unpriced:
        uncounted.append(f"{unpriced} parts and expenses have no cost: they count as if they cost nothing.")
    return Report(PROFIT, tuple(rows), tuple(uncounted))


def _profit_row(
    organization_id: int | None, currency: str, sums: Mapping[str, int], names: Mapping[int, str]
) -> Row:
    left = sums["revenue"] - sums["labour"] - sums["parts"]
    return Row(
        values={
            "customer": names.get(organization_id or 0, "(no customer)"),
            "revenue": sums["revenue"],
            "labour": sums["labour"],
            "parts": sums["parts"],
            "profit": left,
            "worked": sums["worked"],
            "rate": sums["revenue"] * 3600 // sums["worked"] if sums["worked"] else None,
        },
        currency=currency,
        about="organization" if organization_id else "",
        id=organization_id,
    )


def _of(asked: Asked) -> list[ColumnElement[bool]]:
    conditions = [WorkEntry.worked_on >= asked.start, WorkEntry.worked_on < asked.end]
    if asked.organization_id is not None:
        conditions.append(WorkEntry.organization_id == asked.organization_id)
    return conditions


KINDS = (
    ReportKind(
        "realisation", "Realisation", "How much of the full price of our work does somebody pay?", realisation
    ),
    ReportKind("profit", "Profit", "What is left of the invoices when the work is paid?", profit),
)
