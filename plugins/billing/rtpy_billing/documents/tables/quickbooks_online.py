"""Invoices for QuickBooks Online's import of data: one row for each line, amounts without tax."""

from collections.abc import Iterator, Sequence

from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.documents.tables.books import Books, Table, exactly, only_invoices, rows_of
from rtpy_billing.documents.tables.cells import Cell, Number, as_csv
from rtpy_billing.documents.tables.dates import short_date
from rtpy_billing.money import plain

HEADS = (
    "*InvoiceNo,*Customer,*InvoiceDate,*DueDate,Terms,Location,Memo,Item(Product/Service),ItemDescription,"
    "ItemQuantity,ItemRate,*ItemAmount,ItemTaxCode,ItemTaxAmount,Currency"
).split(",")
LONGEST_NUMBER = 21


def write(documents: Sequence[Snapshot], books: Books) -> Table:
    """The file `quickbooks-online.csv`; credit notes are left out, for the import has no place for them."""
    kept, left_out = only_invoices(documents, "QuickBooks Online")
    rows = (row for one in kept for row in _rows(one, books))
    return Table("quickbooks-online.csv", as_csv(HEADS, rows, encoding="utf-8"), left_out)


def _rows(document: Snapshot, books: Books) -> Iterator[list[Cell]]:
    for row in rows_of(document):
        text, quantity, price = exactly(row, document.currency)
        yield [
            document.number[:LONGEST_NUMBER],
            document.buyer.legal_name or document.buyer.name,
            Number(short_date(document.issued_on, books)),
            Number(short_date(document.due_on or document.issued_on, books)),
            "",
            "",
            document.purchase_order,
            row.item or books.item,
            text,
            Number(quantity),
            Number(price),
            Number(plain(row.net, document.currency)),
            books.tax_name(row.tax),
            Number(plain(row.tax_amount, document.currency)),
            document.currency,
        ]
