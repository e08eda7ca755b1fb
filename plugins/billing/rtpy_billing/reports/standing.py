"""How agreements do, and whether everything that was approved went somewhere."""

from sqlalchemy import case, func, or_, select

from rtpy.models import Organization
from rtpy.work import Work
from rtpy_billing.balances.present import balances_of
from rtpy_billing.models import Agreement, AgreementLine, EntryLine, ExportedInvoice, Invoice, WorkEntry
from rtpy_billing.reports.values import Asked, Column, Kind, Report, ReportKind, Row

HEALTH = (
    Column("customer", "Customer"),
    Column("agreement", "Agreement"),
    Column("worked", "Worked", Kind.HOURS, adds=True),
    Column("before", "Worked in as many days before", Kind.HOURS, adds=True),
    Column("value", "At full price", Kind.MONEY, adds=True),
    Column("invoiced", "Invoiced", Kind.MONEY, adds=True),
    Column("rate", "Earned per hour", Kind.MONEY),
    Column("left", "Hours left", Kind.HOURS),
    Column("ends", "Ends", Kind.DATE),
    Column("rise", "Price rises on", Kind.DATE),
)
RECONCILED = (
    Column("what", "What"),
    Column("entries", "How many", Kind.NUMBER),
    Column("amount", "Amount", Kind.MONEY),
)


def health(work: Work, asked: Asked) -> Report:
    """Each agreement that ran in these days: hours against fee, and the trend. Five queries."""
    db, length = work.db, asked.end - asked.start
    running = [
        Agreement.state != "draft",
        Agreement.starts_on < asked.end,
        or_(Agreement.ends_on.is_(None), Agreement.ends_on > asked.start),
    ]
    if asked.organization_id is not None:
        running.append(Agreement.organization_id == asked.organization_id)
    agreements = db.execute(
        select(Agreement, Organization.name)
        .join(Organization, Organization.id == Agreement.organization_id)
        .where(*running)
        .order_by(Organization.name, Agreement.number)
    ).all()
    ids = [agreement.id for agreement, _ in agreements]
    day = WorkEntry.worked_on
    worked = {
        row.agreement_id: row
        for row in db.execute(
            select(
                WorkEntry.agreement_id,
                func.sum(case((day >= asked.start, WorkEntry.worked_seconds), else_=0)).label("now"),
                func.sum(case((day < asked.start, WorkEntry.worked_seconds), else_=0)).label("before"),
                func.sum(case((day >= asked.start, WorkEntry.value), else_=0)).label("value"),
            )
            .where(WorkEntry.agreement_id.in_(ids), day >= asked.start - length, day < asked.end)
            .group_by(WorkEntry.agreement_id)
        )
    }
    signed = case((Invoice.kind == "credit_note", -Invoice.net), else_=Invoice.net)
    invoiced: dict[int | None, int] = {
        agreement_id: int(net)
        for agreement_id, net in db.execute(
            select(Invoice.agreement_id, func.sum(signed))
            .where(
                Invoice.agreement_id.in_(ids),
                Invoice.state.in_(("issued", "credited")),
                Invoice.issued_on >= asked.start,
                Invoice.issued_on < asked.end,
            )
            .group_by(Invoice.agreement_id)
        )
    }
    of_agreement = {agreement.id: agreement for agreement, _ in agreements}
    lines = db.scalars(
        select(AgreementLine).where(
            AgreementLine.agreement_id.in_(ids), AgreementLine.kind.in_(("block", "recurring_block"))
        )
    ).all()
    left: dict[int, int] = {}
    balances = balances_of(db, [(line, of_agreement[line.agreement_id]) for line in lines], asked.today)
    for line in lines:
        if line.id in balances:
            left[line.agreement_id] = left.get(line.agreement_id, 0) + balances[line.id].left
    rows = []
    for agreement, name in agreements:
        found = worked.get(agreement.id)
        seconds, net = int(found.now or 0) if found else 0, invoiced.get(agreement.id, 0)
        rises = [
            str(rise["on"]) for rise in agreement.price_rises or () if str(rise["on"]) > str(asked.today)
        ]
        rows.append(
            Row(
                values={
                    "customer": name,
                    "agreement": f"{agreement.number} {agreement.name}",
                    "worked": seconds,
                    "before": int(found.before or 0) if found else 0,
                    "value": int(found.value or 0) if found else 0,
                    "invoiced": net,
                    "rate": net * 3600 // seconds if seconds else None,
                    "left": left.get(agreement.id),
                    "ends": agreement.ends_on,
                    "rise": min(rises, default=None),
                },
                currency=agreement.currency,
                about="agreement",
                id=agreement.id,
            )
        )
    return Report(HEALTH, tuple(rows))


def reconciliation(work: Work, asked: Asked) -> Report:
    """Approved work against what became of it, and invoices against the books. Four queries."""
    db, rows, uncounted = work.db, [], []
    days = [WorkEntry.worked_on >= asked.start, WorkEntry.worked_on < asked.end]
    if asked.organization_id is not None:
        days.append(WorkEntry.organization_id == asked.organization_id)
    titles = {
        "draft": "Not handed in",
        "submitted": "Waits for approval of the time",
        "checked": "Waits for approval of the bill",
        "approved": "Approved, not invoiced",
        "invoiced": "Invoiced",
    }
    states = {
        (row.currency, row.state): row
        for row in db.execute(
            select(
                WorkEntry.currency,
                WorkEntry.state,
                func.count().label("number"),
                func.sum(WorkEntry.amount).label("amount"),
            )
            .where(*days)
            .group_by(WorkEntry.currency, WorkEntry.state)
        )
    }
    for currency in sorted({currency for currency, _ in states}):
        for state, title in titles.items():
            row = states.get((currency, state))
            if row is not None:
                rows.append(_row(title, row.number, int(row.amount or 0), currency))
    loose = db.execute(
        select(func.count(func.distinct(WorkEntry.id)), func.sum(WorkEntry.worked_seconds))
        .join(EntryLine, EntryLine.entry_id == WorkEntry.id)
        .where(
            *days, WorkEntry.state == "invoiced", EntryLine.amount != 0, EntryLine.invoice_line_id.is_(None)
        )
    ).one()
    if loose[0]:
        uncounted.append(f"{loose[0]} invoiced entries stand on no invoice: this should not be.")
    unpriced = db.scalar(select(func.count()).where(*days, WorkEntry.blocker != "")) or 0
    if unpriced:
        uncounted.append(f"{unpriced} entries cannot be billed as things are; see Unbilled work.")
    signed = case((Invoice.kind == "credit_note", -Invoice.net), else_=Invoice.net)
    exported = select(ExportedInvoice.invoice_id).where(ExportedInvoice.invoice_id == Invoice.id).exists()
    issued = (
        select(Invoice.currency, exported.label("exported"), func.count().label("number"))
        .add_columns(func.sum(signed).label("net"))
        .where(
            Invoice.state.in_(("issued", "credited")),
            Invoice.issued_on >= asked.start,
            Invoice.issued_on < asked.end,
        )
        .group_by(Invoice.currency, exported)
    )
    if asked.organization_id is not None:
        issued = issued.where(Invoice.organization_id == asked.organization_id)
    for row in db.execute(issued):
        title = (
            "Documents issued and in the books" if row.exported else "Documents issued, not yet in the books"
        )
        rows.append(_row(title, row.number, int(row.net or 0), row.currency))
    return Report(RECONCILED, tuple(rows), tuple(uncounted))


def _row(what: str, number: int, amount: int, currency: str) -> Row:
    return Row(values={"what": what, "entries": number, "amount": amount}, currency=currency)


KINDS = (
    ReportKind("health", "Agreements", "Do our agreements earn what they cost, and which end soon?", health),
    ReportKind(
        "reconciliation",
        "Reconciliation",
        "Did everything that was approved get onto an invoice, and every invoice into the books?",
        reconciliation,
    ),
)
