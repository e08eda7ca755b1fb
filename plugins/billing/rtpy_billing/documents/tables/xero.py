"""Sales invoices and credit notes for Xero's import (Business, Invoices, Import): one row for each line."""

from collections.abc import Iterator, Sequence

from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.documents.tables.books import BookRow, Books, Table, exactly, rows_of
from rtpy_billing.documents.tables.cells import Cell, Number, as_csv
from rtpy_billing.documents.tables.dates import short_date
from rtpy_billing.money import plain

HEADS = (
    "*ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion,"
    "POPostalCode,POCountry,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,InventoryItemCode,*Description,"
    "*Quantity,*UnitAmount,Discount,*AccountCode,*TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,"
    "TrackingOption2,Currency,BrandingTheme"
).split(",")


def write(documents: Sequence[Snapshot], books: Books) -> Table:
    """The file `xero-sales.csv`; import it as "tax exclusive". An invoice below nought becomes a credit note there."""
    rows = (row for one in documents for row in _rows(one, books))
    return Table("xero-sales.csv", as_csv(HEADS, rows, encoding="utf-8"))


def _rows(document: Snapshot, books: Books) -> Iterator[list[Cell]]:
    buyer, address = document.buyer, document.buyer.address
    for row in rows_of(document):
        text, quantity, price = exactly(row, document.currency)
        contact: list[Cell] = [
            buyer.legal_name or buyer.name,
            buyer.email,
            address.street,
            address.extra,
            "",
            "",
            address.city,
            address.region,
            address.postcode,
            address.country,
        ]
        yield [
            *contact,
            document.number,
            document.purchase_order or document.buyer_reference,
            Number(short_date(document.issued_on, books)),
            Number(short_date(document.due_on or document.issued_on, books)),
            *_amounts(row, text, quantity, price, document, books),
            "",
            "",
            "",
            "",
            document.currency,
            "",
        ]


def _amounts(
    row: BookRow, text: str, quantity: str, price: str, document: Snapshot, books: Books
) -> list[Cell]:
    return [
        "",
        row.item,
        text,
        Number(quantity),
        Number(price),
        "",
        row.account or books.account,
        books.tax_name(row.tax),
        Number(plain(row.tax_amount, document.currency)),
    ]
