"""Sales invoices and credits for Sage 50's import of audit trail transactions: a fixed order of columns, no heads."""

import re
from collections.abc import Sequence

from rtpy_billing.documents.snapshot import DocumentKind, Snapshot
from rtpy_billing.documents.tables.books import Books, LeftOut, Table, rows_of
from rtpy_billing.documents.tables.cells import Cell, Number, as_csv
from rtpy_billing.money import plain

HEADS = (
    "Type,Account Reference,Nominal A/C Ref,Department Code,Date,Reference,Details,Net Amount,Tax Code,Tax Amount"
).split(",")
LONGEST_ACCOUNT, LONGEST_REFERENCE, LONGEST_DETAILS = 8, 30, 60


def write(documents: Sequence[Snapshot], books: Books) -> Table:
    """The file `sage.csv` in Windows-1252: SI for invoices, SC for credits, no amount below nought.

    The customer's number is the account reference there; who has none is left out. The name of a tax is its tax code
    (T1). A line that lowers an invoice is a credit of the same reference, as that program has it.
    """
    rows: list[list[Cell]] = []
    left_out: list[LeftOut] = []
    for place, document in enumerate(documents):
        account = re.sub(r"[^A-Za-z0-9]", "", document.buyer.customer_number).upper()
        if not 0 < len(account) <= LONGEST_ACCOUNT:
            reason = f"The customer's number is no account reference of at most {LONGEST_ACCOUNT} letters and digits."
            left_out.append(LeftOut(place, document.number, reason))
            continue
        rows += _rows(document, account, books)
    return Table("sage.csv", as_csv(HEADS, rows, encoding="cp1252"), tuple(left_out))


def _rows(document: Snapshot, account: str, books: Books) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    for row in rows_of(document):
        is_credit = row.net < 0 or (row.net == 0 and document.kind is DocumentKind.CREDIT_NOTE)
        sign = -1 if is_credit else 1
        found.append(
            [
                "SC" if is_credit else "SI",
                account,
                row.account or books.account,
                "0",
                Number(f"{document.issued_on:%d/%m/%Y}"),
                document.number[:LONGEST_REFERENCE],
                re.sub(r"\s+", " ", row.text)[:LONGEST_DETAILS],
                Number(plain(sign * row.net, document.currency)),
                books.tax_name(row.tax),
                Number(plain(sign * row.tax_amount, document.currency)),
            ]
        )
    return found
