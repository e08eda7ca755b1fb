"""What people of a customer find on their pages: invoices, statements, what is left, what a request took and cost.

Whoever asks has made sure that the reader may see money; all of it is what the statements of billing show as well.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from rtpy.history.customer_side import CustomerDocument, CustomerFact, CustomerFile
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_billing.agreements.granting import customer_day
from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.balances.present import balances_of
from rtpy_billing.documents.electronic import problems
from rtpy_billing.documents.pdf import Logo, render_statement
from rtpy_billing.documents.printed_statement import amount_of
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.documents.statement import BalanceUnit
from rtpy_billing.documents.words import NARROW, Language, clock
from rtpy_billing.invoicing.files import DocumentFile, pdf_of, ubl_of
from rtpy_billing.models import Agreement, AgreementLine, Customer, Invoice, Seller
from rtpy_billing.periods.period import Period
from rtpy_billing.periods.rhythm import add_months
from rtpy_billing.statements.building import build_statement, work_on_request
from rtpy_billing.statements.periods import month_of

MOST_INVOICES = 100
MOST_FILES = 24
"""Of so many of the newest invoices it is looked whether they are electronic invoices as well."""
MOST_MONTHS = 24


def documents_of(work: Work, organization_id: int, lang: str) -> Sequence[CustomerDocument]:
    """Invoices and credit notes that were issued, and a statement for each whole month. Three queries."""
    customer = work.db.get(Customer, organization_id)
    if customer is None:
        return ()
    say = Language(lang)
    return [*_invoices(work, organization_id, say), *_statements(work, customer, say)]


def facts_of(work: Work, organization_id: int, lang: str) -> Sequence[CustomerFact]:
    """What is left of each balance of the agreements that run, never less than nothing. Five queries."""
    db, customer = work.db, work.db.get(Customer, organization_id)
    if customer is None:
        return ()
    rows = db.execute(
        select(AgreementLine, Agreement)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(
            Agreement.organization_id == organization_id,
            Agreement.state == "active",
            AgreementLine.kind.in_([kind.value for kind in UNITS]),
        )
        .order_by(Agreement.number, AgreementLine.position, AgreementLine.id)
    )
    lines = [(line, agreement) for line, agreement in rows]
    balances = balances_of(db, lines, customer_day(customer, work.now))
    several = len({agreement.id for _, agreement in lines}) > 1
    say, found = Language(lang), []
    for line, agreement in lines:
        left, unit = balances[line.id].left, BalanceUnit(UNITS[LineKind(line.kind)].value)
        amount = amount_of(abs(left), unit, agreement.currency, say)
        label = f"{agreement.name}: {line.name}" if several else line.name
        found.append(
            CustomerFact(label, say.word("over" if left < 0 else "remaining", amount=amount), is_money=True)
        )
    return found


def facts_of_request(work: Work, ticket: Ticket, lang: str) -> Sequence[CustomerFact]:
    """The approved work on a request as far as the customer's statements show it: nothing, sums, each entry.

    Three queries.
    """
    customer = work.db.get(Customer, ticket.organization_id) if ticket.organization_id else None
    if customer is None or customer.statement_detail not in ("totals", "entries"):
        return ()
    total, entries = work_on_request(work, customer, ticket.id)
    if total is None:
        return ()
    say, money = Language(lang), partial(CustomerFact, is_money=True)
    found = [money(say.word("time"), f"{clock(total.seconds)}{NARROW}h")]
    if total.covered_seconds:
        found.append(money(say.word("covered"), f"{clock(total.covered_seconds)}{NARROW}h"))
    if total.amount:
        found.append(
            money(say.word("charged", currency=customer.currency), say.money(total.amount, customer.currency))
        )
    if customer.statement_detail == "entries":
        for each in entries:
            what = " · ".join(filter(None, (each.note or each.work_type, each.who)))
            found.append(
                money(say.day(each.day), f"{clock(each.seconds)}{NARROW}h{' · ' if what else ''}{what}")
            )
    return found


def _invoices(work: Work, organization_id: int, say: Language) -> Iterable[CustomerDocument]:
    issued = (
        select(Invoice)
        .where(Invoice.organization_id == organization_id, Invoice.state != "draft")
        .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
    )
    newest = list(work.db.scalars(issued.options(undefer(Invoice.snapshot)).limit(MOST_FILES)))
    older = list(work.db.scalars(issued.offset(MOST_FILES).limit(MOST_INVOICES - MOST_FILES)))
    for invoice in (*newest, *older):
        if invoice.issued_on is None:
            continue
        kind = say.word("credit_note" if invoice.kind == "credit_note" else "invoice")
        label, key = f"{kind} {invoice.number or ''}".strip(), f"billing.invoice-{invoice.id}"
        yield CustomerDocument(
            f"{key}-pdf", label, invoice.issued_on, partial(_file, pdf_of, work, invoice), is_money=True
        )
        if invoice in newest and invoice.snapshot and not problems(Snapshot.from_json(invoice.snapshot)):
            title = f"{label} · {say.word('as_file')}"
            yield CustomerDocument(
                f"{key}-xml", title, invoice.issued_on, partial(_file, ubl_of, work, invoice), is_money=True
            )


def _file(make: Callable[[Work, Invoice], DocumentFile], work: Work, invoice: Invoice) -> CustomerFile:
    made = make(work, invoice)
    return CustomerFile(made.name, made.type, made.content)


def _statements(work: Work, customer: Customer, say: Language) -> Iterable[CustomerDocument]:
    """The newest whole months since the first agreement began."""
    first: date | None = work.db.scalar(
        select(func.min(Agreement.starts_on)).where(
            Agreement.organization_id == customer.organization_id, Agreement.state != "draft"
        )
    )
    month = month_of(customer_day(customer, work.now)).start
    for _ in range(MOST_MONTHS):
        month = add_months(month, -1)
        if first is None or month < first.replace(day=1):
            return
        period = month_of(month)
        label = say.word("statement_mail", start=say.day(period.start), end=say.day(period.last_day))
        yield CustomerDocument(
            f"billing.statement-{month:%Y-%m}",
            label,
            period.end,
            partial(_statement, work, customer, period),
            is_money=True,
        )


def _statement(work: Work, customer: Customer, period: Period) -> CustomerFile:
    seller = work.db.get(Seller, customer.seller_id) if customer.seller_id else None
    statement = build_statement(work, customer.organization_id, period)
    pdf = render_statement(statement, Logo(seller.logo) if seller and seller.logo else None)
    return CustomerFile(f"statement-{period.start:%Y-%m}.pdf", "application/pdf", pdf)
