"""Issuing: a draft becomes a document for ever. Number, snapshot, work and balances in one transaction."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select, update

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, Problem
from rtpy.faults import reach
from rtpy.work import Work
from rtpy_billing.balances.freezing import freeze_uses
from rtpy_billing.balances.rhythms import rhythm_of
from rtpy_billing.documents.drawing_up import disagreements, numbered
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.invoicing.credited import note_credited
from rtpy_billing.invoicing.drafts import lock_customer, lock_draft
from rtpy_billing.invoicing.numbering import Taken, take_number
from rtpy_billing.invoicing.payments import settle
from rtpy_billing.invoicing.previewing import Preview, preview
from rtpy_billing.invoicing.staleness import stale_lines
from rtpy_billing.models import Agreement, EntryLine, Expense, Invoice, InvoiceLine, MovementRow, WorkEntry
from rtpy_billing.money import read_amount
from rtpy_billing.rights import ISSUE_INVOICES

APPROVED, INVOICED = "approved", "invoiced"
AT_ONCE = 500


def issue(work: Work, invoice: Invoice, version: int, confirmed: str) -> Invoice:
    """Issue a draft (an invoice or a credit note). Needs IssueInvoices.

    `confirmed` is its total as somebody typed it. Raises Conflict when the draft is not what they saw any more, Invalid
    with all that keeps it from being issued. The number is taken last and given back with the transaction.
    """
    need_system(work, ISSUE_INVOICES)
    draft = lock_draft(work, invoice, version)
    lock_customer(work, draft.organization_id)
    seen = preview(work, draft)
    _check(work, draft, seen, confirmed)
    taken = take_number(work, seen.around.seller, draft.kind, seen.around.today)
    snapshot = _with_number(seen, taken)
    if draft.kind == "invoice":
        _bill_work(work, draft)
    else:
        note_credited(work, draft, snapshot)
    _freeze(work, draft, snapshot, taken)
    reach("invoice-numbered")
    if draft.credits_id is not None:
        settle(work, work.db.get_one(Invoice, draft.credits_id))
    return draft


def _check(work: Work, draft: Invoice, seen: Preview, confirmed: str) -> None:
    problems = list(seen.problems)
    totals = seen.snapshot.totals
    try:
        typed = read_amount(confirmed, draft.currency)
    except ValueError as wrong:
        raise Invalid(Problem("confirmed", f"Type the total to confirm it. {wrong}")) from wrong
    if typed != totals.payable:
        problems.append(Problem("confirmed", "That is not the total of this draft: look at it again."))
    problems += [Problem("lines", sentence) for sentence in disagreements(seen.snapshot)]
    stale = stale_lines(work.db, draft) if draft.kind == "invoice" else ()
    if stale:
        said = ", ".join(str(position) for position in stale)
        problems.append(
            Problem(
                "lines", f"The work behind line {said} is priced otherwise by now: gather the draft anew."
            )
        )
    if problems:
        raise Invalid(*problems)


def _with_number(seen: Preview, taken: Taken) -> Snapshot:
    seller, buyer = seen.around.seller, seen.snapshot.buyer
    reference = seller.payment_reference.replace("{number}", taken.number)
    reference = reference.replace("{customer}", buyer.customer_number)
    return numbered(seen.snapshot, taken.number, payment_reference=reference.strip())


def _bill_work(work: Work, draft: Invoice) -> None:
    """Entries, expenses and bought blocks of the draft are billed now; what balances gave for them stands."""
    entry_ids = set(
        work.db.scalars(
            select(EntryLine.entry_id)
            .join(InvoiceLine, InvoiceLine.id == EntryLine.invoice_line_id)
            .where(InvoiceLine.invoice_id == draft.id)
        )
    )
    agreement = work.db.get(Agreement, draft.agreement_id) if draft.agreement_id else None
    freeze_uses(work, draft, entry_ids, _closes_on(draft, agreement))
    ids = sorted(entry_ids)
    for at in range(0, len(ids), AT_ONCE):
        work.db.execute(
            update(WorkEntry)
            .where(WorkEntry.id.in_(ids[at : at + AT_ONCE]), WorkEntry.state == APPROVED)
            .values(state=INVOICED, updated=work.now, version=WorkEntry.version + 1)
            .execution_options(synchronize_session="fetch")
        )
    lines = work.db.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == draft.id)).all()
    expenses = [line.expense_id for line in lines if line.expense_id]
    if expenses:
        work.db.execute(
            update(Expense)
            .where(Expense.id.in_(expenses))
            .values(state=INVOICED, version=Expense.version + 1)
            .execution_options(synchronize_session="fetch")
        )
    _pay_for_balances(work, draft, lines)


def _closes_on(draft: Invoice, agreement: Agreement | None) -> date | None:
    """The end of the billing period, where the draft bills a whole one."""
    if agreement is None or draft.period_end is None:
        return None
    period = rhythm_of(agreement).period_of(draft.period_end - timedelta(days=1))
    return draft.period_end if period is not None and period.billed.end == draft.period_end else None


def _pay_for_balances(work: Work, draft: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Say of bought blocks and granted hours which invoice bills them: some may be used only when it is paid."""
    for line in lines:
        if line.source != "agreement" or line.agreement_line_id is None:
            continue
        rows = update(MovementRow).where(
            MovementRow.line_id == line.agreement_line_id, MovementRow.invoice_id.is_(None)
        )
        if line.bills.startswith("movement "):
            rows = rows.where(MovementRow.id == int(line.bills.removeprefix("movement ")))
        elif line.bills.startswith("period "):
            rows = rows.where(MovementRow.lot == f"grant {line.bills.removeprefix('period ')}")
        else:
            continue
        work.db.execute(rows.values(invoice_id=draft.id))


def _freeze(work: Work, draft: Invoice, snapshot: Snapshot, taken: Taken) -> None:
    """Everything of the document at once; from the next statement on the database refuses to change it."""
    nets = {line.source: line.net for line in snapshot.lines}
    for line in work.db.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == draft.id)):
        line.net = nets.get(f"line:{line.credits_line_id or line.id}", 0)
    work.db.flush()
    draft.series_id, draft.sequence, draft.number = taken.series.id, taken.sequence, taken.number
    draft.issued_on = snapshot.issued_on
    draft.due_on = snapshot.due_on if draft.kind == "invoice" else None
    draft.net, draft.tax, draft.total = snapshot.totals.net, snapshot.totals.tax, snapshot.totals.payable
    draft.issued, draft.issued_by_id = work.now, work.actor.user_id
    draft.snapshot = snapshot.to_json()
    draft.state = "issued"
    draft.version += 1
    if draft.kind == "invoice" and draft.total == 0:
        draft.paid_on = draft.issued_on
    work.db.flush()


def issued_total(work: Work, purchase_order: str, organization_id: int) -> int:
    """What was billed so far under a purchase order, less what was credited; for its limit. One query."""
    rows = work.db.execute(
        select(Invoice.kind, func.sum(Invoice.net))
        .where(
            Invoice.organization_id == organization_id,
            Invoice.purchase_order == purchase_order,
            Invoice.state != "draft",
        )
        .group_by(Invoice.kind)
    )
    return sum(int(net or 0) * (1 if kind == "invoice" else -1) for kind, net in rows)
