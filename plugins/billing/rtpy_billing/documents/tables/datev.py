"""Bookings for German accountants: DATEV's EXTF batch, one booking for each revenue account of a document."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from rtpy.errors import Invalid, Problem
from rtpy_billing.documents.codes import bare
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.documents.tables import datev_columns as at
from rtpy_billing.documents.tables.books import Books, LeftOut, Table, rows_of
from rtpy_billing.money import plain
from rtpy_billing.taxes.values import TaxCategory

NOT_IN_NUMBERS = re.compile(r"[^A-Za-z0-9$&%*+\-/]")
DEBTOR = re.compile(r"\d{5,9}")
REVENUE = re.compile(r"(\d{4,8})(?:/(\d{1,4}))?")
LONGEST_NUMBER, LONGEST_TEXT = 36, 60
WITH_VAT_ID = frozenset({TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY})


def write(documents: Sequence[Snapshot], books: Books) -> Table:
    """The file `EXTF_Buchungsstapel.csv` in Windows-1252; amounts with tax, the customer against revenue.

    The name of a tax is the revenue account, with the tax key behind a stroke where the account is not an automatic one
    (`8400`, `8200/3`). The customer's number is the debtor's account. A batch is of one financial year, in euros: what
    does not fit is left out. Raises Invalid while the numbers of consultant and client are missing.
    """
    if not books.consultant.isdigit() or not books.client.isdigit():
        raise Invalid(
            Problem(
                "consultant",
                "DATEV needs the numbers of your tax consultant and of your firm there; set them.",
            )
        )
    rows: list[list[str]] = []
    left_out: list[LeftOut] = []
    days: list[date] = []
    for place, document in enumerate(documents):
        reason = _reason_against(document, books, days)
        if reason:
            left_out.append(LeftOut(place, document.number, reason))
            continue
        days.append(document.issued_on)
        rows += _bookings(document, books)
    lines = [_head(days, books), ";".join(at.COLUMNS), *(";".join(row) for row in rows)]
    content = "".join(f"{line}\r\n" for line in lines).encode("cp1252", "replace")
    return Table("EXTF_Buchungsstapel.csv", content, tuple(left_out))


def year_start(day: date, books: Books) -> date:
    """The first day of the financial year of that day."""
    began = day.month >= books.year_month
    return date(day.year if began else day.year - 1, books.year_month, 1)


def _reason_against(document: Snapshot, books: Books, days: Sequence[date]) -> str:
    if document.currency != "EUR":
        return f"It is in {document.currency}, and this export books euros only."
    if not DEBTOR.fullmatch(document.buyer.customer_number):
        return "The customer's number is not an account of five to nine digits."
    if days and year_start(document.issued_on, books) != year_start(days[0], books):
        return "It is of another financial year: export once more for that one."
    return ""


def _bookings(document: Snapshot, books: Books) -> Iterator[list[str]]:
    gross: dict[tuple[str, str, bool], int] = defaultdict(int)
    for row in rows_of(document):
        account, key = _revenue(books.tax_name(row.tax))
        with_vat_id = row.tax.category in WITH_VAT_ID
        gross[row.account if row.account.isdigit() else account, key, with_vat_id] += row.net + row.tax_amount
    for (account, key, with_vat_id), amount in gross.items():
        if not amount:
            continue
        booking = [""] * len(at.COLUMNS)
        booking[at.AMOUNT] = plain(abs(amount), "EUR").replace(".", ",")
        booking[at.SIDE] = _text("S" if amount > 0 else "H")
        booking[at.CURRENCY] = _text("EUR")
        booking[at.ACCOUNT] = document.buyer.customer_number
        booking[at.AGAINST] = account
        booking[at.TAX_KEY] = _text(key) if key else ""
        booking[at.DAY] = document.issued_on.strftime("%d%m")
        booking[at.NUMBER] = _text(NOT_IN_NUMBERS.sub("-", document.number)[:LONGEST_NUMBER])
        booking[at.DUE] = _text(document.due_on.strftime("%d%m%y")) if document.due_on else ""
        booking[at.TEXT] = _text((document.buyer.legal_name or document.buyer.name)[:LONGEST_TEXT])
        booking[at.VAT_ID] = _text(bare(document.buyer.vat_id)) if with_vat_id else ""
        yield booking


def _revenue(name: str) -> tuple[str, str]:
    found = REVENUE.fullmatch(name.replace(" ", ""))
    if found is None:
        sentence = (
            f"For DATEV the name of a tax is an account, such as 8400 or 8200/3; “{name[:40]}” is none."
        )
        raise Invalid(Problem("tax_names", sentence))
    return found[1], found[2] or ""


def _head(days: Sequence[date], books: Books) -> str:
    """The first line: who, for whom, which year and days. It says the last day, not the hour, as when it was made."""
    first, last = (min(days), max(days)) if days else (date(2000, 1, 1), date(2000, 1, 1))
    fields = [
        _text("EXTF"),
        "700",
        "21",
        _text("Buchungsstapel"),
        "13",
        f"{last:%Y%m%d}000000000",
        "",
        _text("RE"),
        _text("rtpy"),
        "",
        books.consultant,
        books.client,
        f"{year_start(first, books):%Y%m%d}",
        str(books.account_digits),
        f"{first:%Y%m%d}",
        f"{last:%Y%m%d}",
        _text("Rechnungen"),
        "",
        "1",
        "",
        "0",
        _text("EUR"),
    ]
    return ";".join([*fields, *[""] * (31 - len(fields))])


def _text(text: str) -> str:
    """A field of text: in quotes, on one line, never a formula."""
    line = re.sub(r"\s+", " ", text).strip().replace('"', '""')
    return f'"{line.lstrip("=+-@ ")}"'
