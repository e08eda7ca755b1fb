"""Payments: money that came in, typed or read from a bank's CSV file."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, Problem, Refused
from rtpy.work import Work
from rtpy_billing.models import Invoice, Payment
from rtpy_billing.money import read_amount
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.rights import ISSUE_INVOICES
from rtpy_billing.typed import Typed

MOST_ROWS = 5000
MOST_BYTES = 4_000_000
COLUMNS = ("number", "amount", "date", "reference")
FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: payments noted, rows known already, and sentences about the rest."""

    noted: int
    known: int
    problems: tuple[str, ...]


def note_payment(work: Work, invoice: Invoice, given: Mapping[str, str]) -> Payment:
    """Note money for an issued invoice; below nought: it went back. Needs IssueInvoices; raises Invalid, Refused."""
    need_system(work, ISSUE_INVOICES)
    if invoice.kind != "invoice" or invoice.state == "draft":
        raise Refused("Money comes in for issued invoices.")
    typed = Typed(given)
    amount = typed.amount("amount", invoice.currency, signed=True)
    if not amount and not typed.problems:
        typed.wrong("amount", "How much came in?")
    day = typed.day("paid_on", "When did it come in?")
    if day is not None and day > work.now.date():
        typed.wrong("paid_on", "That day is still to come.")
    reference = typed.text("reference", 255)
    typed.check()
    assert amount is not None
    assert day is not None
    return _add(work, invoice, amount, day, reference)


def import_payments(work: Work, data: bytes) -> Imported:
    """Note the payments of a CSV file with the columns number, amount, date and reference. Needs IssueInvoices.

    A row that was imported before (the same invoice, amount, day and reference) is left out. Rows that cannot be read
    or name no open invoice are told and do not stop the others. Raises Invalid when it is no such file.
    """
    need_system(work, ISSUE_INVOICES)
    rows = _rows(data)
    numbers = {row["number"] for _, row in rows}
    invoices: dict[str, list[Invoice]] = {}
    for invoice in work.db.scalars(
        select(Invoice)
        .where(Invoice.number.in_(numbers), Invoice.kind == "invoice", Invoice.state != "draft")
        .with_for_update()
    ):
        invoices.setdefault(invoice.number or "", []).append(invoice)
    ids = [invoice.id for found in invoices.values() for invoice in found]
    known = {
        (row.invoice_id, row.amount, row.paid_on, row.reference)
        for row in work.db.scalars(select(Payment).where(Payment.invoice_id.in_(ids)))
    }
    noted = again = 0
    problems = []
    for at, row in rows:
        found = invoices.get(row["number"], [])
        if len(found) != 1:
            why = "is none of ours" if not found else "was given by several sellers"
            problems.append(f"Row {at}: the number “{row['number'][:60]}” {why}.")
            continue
        try:
            amount, day = read_amount(row["amount"], found[0].currency), _day(row["date"])
        except ValueError as wrong:
            problems.append(f"Row {at}: {wrong}")
            continue
        reference = " ".join(row["reference"].split())[:255]
        if (found[0].id, amount, day, reference) in known:
            again += 1
            continue
        _add(work, found[0], amount, day, reference)
        noted += 1
    return Imported(noted, again, tuple(problems))


def _add(work: Work, invoice: Invoice, amount: int, day: date, reference: str) -> Payment:
    payment = Payment(
        invoice_id=invoice.id,
        amount=amount,
        paid_on=day,
        reference=reference,
        created=work.now,
        actor_id=work.actor.user_id,
    )
    work.db.add(payment)
    work.db.flush()
    settle(work, invoice)
    return payment


def settle(work: Work, invoice: Invoice) -> None:
    """Add up what came in, and say whether that is all: credit notes lower what is to pay."""
    work.db.refresh(invoice, attribute_names=["paid", "paid_on"], with_for_update=True)
    rows = work.db.execute(
        select(func.sum(Payment.amount), func.max(Payment.paid_on)).where(Payment.invoice_id == invoice.id)
    ).one()
    was_paid = invoice.paid_on is not None
    invoice.paid = int(rows[0] or 0)
    is_paid = invoice.paid >= invoice.total - credited_of(work, invoice)
    invoice.paid_on = (invoice.paid_on or rows[1] or work.now.date()) if is_paid else None
    work.db.flush()
    if is_paid != was_paid:  # balances that are usable only once they are paid
        reprice(work, invoice.organization_id)


def credited_of(work: Work, invoice: Invoice) -> int:
    """What issued credit notes took back of it."""
    query = select(func.sum(Invoice.total)).where(Invoice.credits_id == invoice.id, Invoice.state != "draft")
    return int(work.db.scalar(query) or 0)


def open_amount(work: Work, invoice: Invoice) -> int:
    """What is still to come in."""
    return invoice.total - invoice.paid - credited_of(work, invoice)


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(data) > MOST_BYTES:
        raise Invalid(Problem("file", "This file is too large; import it in parts."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    try:
        names = {name.strip().lower(): name for name in reader.fieldnames or () if name}
        missing = [name for name in COLUMNS[:3] if name not in names]
        if missing:
            raise Invalid(
                Problem("file", f"The first row must name the columns; {', '.join(missing)} is missing.")
            )
        found = [
            (at, {name: (row.get(names.get(name, "")) or "").strip() for name in COLUMNS})
            for at, row in enumerate(reader, 2)
        ]
    except csv.Error as wrong:
        raise Invalid(Problem("file", "This is no CSV file.")) from wrong
    if len(found) > MOST_ROWS:
        raise Invalid(Problem("file", f"At most {MOST_ROWS} rows at a time, please."))
    return [(at, row) for at, row in found if any(row.values())]


def _day(text: str) -> date:
    for pattern in FORMATS:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise ValueError(f"“{text[:30]}” is no date; write it like 2026-03-31.")
