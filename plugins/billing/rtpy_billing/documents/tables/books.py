"""How an accounting program calls things, and documents as the rows that every such program wants."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from rtpy.errors import Invalid, Problem
from rtpy_billing.documents.snapshot import DocumentKind, Line, Snapshot, Unit, names_requests
from rtpy_billing.documents.ubl import decimal_text, percent
from rtpy_billing.documents.words import clock
from rtpy_billing.money import plain
from rtpy_billing.taxes.arithmetic import tax_by_line
from rtpy_billing.taxes.values import Tax, TaxCategory

CATEGORIES = {category.value for category in TaxCategory}
WITHOUT_TAX = Tax(TaxCategory.OUTSIDE_SCOPE)


@dataclass(frozen=True, slots=True)
class Books:
    """The names of the program on the other side; `tax_names` by `tax_key`, such as "S 19"."""

    account: str = "200"  # of revenue, for lines that name none
    receivable: str = "Accounts Receivable"
    tax_account: str = "Sales Tax Payable"
    item: str = "Services"  # product or service, for lines that name none
    month_first: bool = False  # dates as 11/22/2026
    tax_names: Mapping[str, str] = field(default_factory=dict)
    consultant: str = ""  # DATEV: number of the tax consultant
    client: str = ""  # and of the firm there
    account_digits: int = 4
    year_month: int = 1  # the month in which the financial year begins

    def tax_name(self, tax: Tax) -> str:
        """What the program calls this tax; raises Invalid where nobody has said it."""
        key = tax_key(tax)
        if key not in self.tax_names:
            sentence = f"Nobody has said yet what your accounting program calls the tax “{key}”: enter a line {key} = …"
            raise Invalid(Problem("tax_names", sentence))
        return self.tax_names[key]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A document that a program cannot take: its place among those that were given, its number, and why."""

    place: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A finished file, and what could not go into it."""

    name: str
    content: bytes
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line as it is booked; a credit note's are below nought. The rows of a document sum to what is to pay."""

    text: str
    net: int
    tax: Tax
    tax_amount: int
    account: str = ""
    item: str = ""
    line: Line | None = None


def tax_key(tax: Tax) -> str:
    """How people write a tax in the settings: its category and rate, such as `S 19` or `AE`."""
    return f"{tax.category} {percent(tax.rate)}" if tax.category.bears_tax else str(tax.category)


def read_tax_names(text: str) -> dict[str, str]:
    """Lines `S 19 = 19% (VAT on Income)` as a mapping; raises Invalid with the line that is none."""
    names = {}
    for number, line in enumerate(text.splitlines(), 1):
        key, equals, name = (part.strip() for part in line.partition("="))
        if not key and not equals:
            continue
        words = key.split()
        if not equals or not name or not words or words[0].upper() not in CATEGORIES:
            sentence = f"Line {number} is not like “S 19 = 19% (VAT on Income)”: {line.strip()[:60]}"
            raise Invalid(Problem("tax_names", sentence))
        names[" ".join([words[0].upper(), *words[1:]])] = name
    return names


def rows_of(document: Snapshot) -> Iterator[BookRow]:
    """Lines, allowances and charges with their share of the tax; then deductions and rounding, which bear none."""
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    adjustments = document.adjustments
    nets = [(line.tax, line.net) for line in document.lines] + [(one.tax, one.signed) for one in adjustments]
    taxes = [sign * share for share in tax_by_line(nets, document.groups)]
    for line, tax in zip(document.lines, taxes, strict=False):
        yield BookRow(_text(line), sign * line.net, line.tax, tax, line.account, line.item_code, line)
    for one, tax in zip(adjustments, taxes[len(document.lines) :], strict=True):
        yield BookRow(one.reason, sign * one.signed, one.tax, tax)
    for deduction in document.deductions:
        yield BookRow(deduction.text, -sign * deduction.amount, WITHOUT_TAX, 0)
    if document.totals.rounding:
        yield BookRow("Rounding", sign * document.totals.rounding, WITHOUT_TAX, 0)


def exactly(row: BookRow, currency: str) -> tuple[str, str, str]:
    """Text, quantity and price of a row such that the other program, which multiplies anew, comes to the same amount.

    Where two decimals of a quantity do not do (4 h 10), or there is a discount, it is one piece, and the text says how
    the amount came about.
    """
    line = row.line
    if (
        line is not None
        and not line.discount
        and line.price_base == 1
        and (line.quantity * 100).denominator == 1
    ):
        price = Fraction(row.net) / line.quantity if line.quantity else Fraction(0)
        if price.denominator == 1:
            return row.text, decimal_text(line.quantity), plain(int(price), currency)
    return row.text, "1", plain(row.net, currency)


def only_invoices(documents: Sequence[Snapshot], program: str) -> tuple[list[Snapshot], tuple[LeftOut, ...]]:
    """The invoices among them, and the credit notes with the sentence why they are left out."""
    kept = [one for one in documents if one.kind is DocumentKind.INVOICE]
    reason = f"{program} takes no credit notes from a file; enter it by hand."
    return kept, tuple(
        LeftOut(place, one.number, reason)
        for place, one in enumerate(documents)
        if one.kind is DocumentKind.CREDIT_NOTE
    )


def _text(line: Line) -> str:
    parts = [line.text]
    if line.unit is Unit.HOUR and (line.discount or (line.quantity * 100).denominator != 1):
        parts.append(f"({clock(round(line.quantity * 3600))} h)")
    if line.requests and not names_requests(line):
        parts.append(" ".join(f"#{number}" for number in line.requests))
    return " ".join(parts)
