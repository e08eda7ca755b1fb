"""Invoices and credit memos for QuickBooks Desktop: the Intuit Interchange Format, fields apart by tabs."""

import re
from collections.abc import Iterator, Sequence

from rtpy_billing.documents.snapshot import DocumentKind, Snapshot
from rtpy_billing.documents.tables.books import Books, Table, exactly, rows_of
from rtpy_billing.money import plain

TRANSACTION = "!TRNS TRNSTYPE DATE ACCNT NAME AMOUNT DOCNUM MEMO DUEDATE PONUM".split()
SPLIT = "!SPL TRNSTYPE DATE ACCNT NAME AMOUNT DOCNUM MEMO QNTY PRICE INVITEM TAXABLE".split()
END = ("!ENDTRNS",)


def write(documents: Sequence[Snapshot], books: Books) -> Table:
    """The file `quickbooks.iif`, in Windows-1252 with the month first, as that program reads it.

    Each transaction sums to nought: what the customer owes against revenue and tax.
    """
    lines: list[Sequence[str]] = [TRANSACTION, SPLIT, END]
    for document in documents:
        lines += _transaction(document, books)
    text = "".join("\t".join(_field(cell) for cell in line) + "\r\n" for line in lines)
    return Table("quickbooks.iif", text.encode("cp1252", "replace"))


def _transaction(document: Snapshot, books: Books) -> Iterator[Sequence[str]]:
    is_credit = document.kind is DocumentKind.CREDIT_NOTE
    kind = "CREDIT MEMO" if is_credit else "INVOICE"
    day = document.issued_on.strftime("%m/%d/%Y")
    due = (document.due_on or document.issued_on).strftime("%m/%d/%Y")
    name = document.buyer.legal_name or document.buyer.name
    owed = -document.totals.payable if is_credit else document.totals.payable

    def amount(minor: int) -> str:
        return plain(minor, document.currency)

    head = ("TRNS", kind, day, books.receivable, name, amount(owed), document.number, document.purchase_order)
    yield (*head, "" if is_credit else due, document.purchase_order)
    tax = 0
    for row in rows_of(document):
        text, quantity, price = exactly(row, document.currency)
        account, item = row.account or books.account, row.item or books.item
        taxable = "Y" if row.tax.category.bears_tax else "N"
        split = ("SPL", kind, day, account, name, amount(-row.net), document.number, text)
        # A sale is negative on this side, and its quantity with it; the price says which way the money goes.
        sold = quantity.removeprefix("-") if quantity.startswith("-") else f"-{quantity}"
        yield (*split, sold, price, item, taxable)
        tax += row.tax_amount
    if tax:
        yield (
            "SPL",
            kind,
            day,
            books.tax_account,
            name,
            amount(-tax),
            document.number,
            "Tax",
            "",
            "",
            "",
            "N",
        )
    yield ("ENDTRNS",)


def _field(text: str) -> str:
    """A field on one line, without the tabs and quotes that end one."""
    return re.sub(r"\s+", " ", text.replace('"', "'")).strip()
