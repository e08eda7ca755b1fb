"""Our own CSV: one row for each line, with columns that keep their names and places for good; new ones come last."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rtpy_billing.documents.snapshot import DocumentKind, Snapshot
from rtpy_billing.documents.tables.books import BookRow, Books, Table, rows_of
from rtpy_billing.documents.tables.cells import Cell, Number, as_csv
from rtpy_billing.documents.ubl import decimal_text, percent
from rtpy_billing.money import plain

COLUMNS = (
    ("kind", "invoice or credit_note; the amounts of a credit note are below nought"),
    ("number", "the number of the document"),
    ("issued_on", "date, like 2026-11-22"),
    ("due_on", "date; empty if there is none"),
    ("preceding", "the invoice that a credit note takes back"),
    ("customer_number", "the customer's number, if there is one"),
    ("customer", "the registered name"),
    ("country", "the customer's country, two letters"),
    ("vat_id", "the customer's VAT number"),
    ("agreement", "the number of the agreement"),
    ("purchase_order", "of the line, else of the document"),
    ("currency", "code of the currency (ISO 4217)"),
    ("position", "of the line; empty for allowances, charges, deductions and rounding"),
    ("heading", "what the line is grouped under"),
    ("text", "what it is for"),
    ("requests", "numbers of requests, separated by spaces"),
    ("period_start", "first day of the line's period"),
    ("period_end", "last day of the line's period"),
    ("quantity", "with a point, up to eight decimals"),
    ("unit", "UN/ECE code: HUR hours, C62 pieces, MON months, DAY days, KMT kilometres"),
    ("seconds", "work behind the line, in seconds"),
    ("unit_price", "with the decimals of the currency"),
    ("price_base", "the quantity that the price is for"),
    ("discount", "amount taken off the line"),
    ("net", "amount of the line without tax"),
    ("tax_category", "S, Z, E, AE, K, G or O (UNCL 5305)"),
    ("tax_rate", "per cent"),
    ("tax", "the line's share of the tax; the shares sum to the tax of the document"),
    ("account", "revenue account, if the line names one"),
    ("item_code", "product or service, if the line names one"),
    ("document_total", "what is to pay for the whole document, on every row"),
)


def write(documents: Sequence[Snapshot], books: Books) -> Table:
    """The file `invoices.csv`; amounts of all rows of a document sum to its total."""
    heads = [name for name, _ in COLUMNS]
    return Table("invoices.csv", as_csv(heads, (row for one in documents for row in _rows(one))))


def _rows(document: Snapshot) -> Iterator[list[Cell]]:
    is_credit = document.kind is DocumentKind.CREDIT_NOTE
    total = -document.totals.payable if is_credit else document.totals.payable
    buyer, before = document.buyer, document.preceding
    for row in rows_of(document):
        head: list[Cell] = [
            str(document.kind),
            document.number,
            document.issued_on.isoformat(),
            _day(document.due_on),
            before.number if before else "",
            buyer.customer_number,
            buyer.legal_name or buyer.name,
            buyer.address.country,
            buyer.vat_id,
            document.agreement,
            (row.line.purchase_order if row.line else "") or document.purchase_order,
            document.currency,
        ]
        yield [*head, *_line(row, document, is_credit), Number(plain(total, document.currency))]


def _line(row: BookRow, document: Snapshot, is_credit: bool) -> list[Cell]:
    line, currency = row.line, document.currency
    end: list[Cell] = [
        Number(plain(row.net, currency)),
        str(row.tax.category),
        Number(percent(row.tax.rate)),
        Number(plain(row.tax_amount, currency)),
        row.account,
        row.item,
    ]
    if line is None:
        return ["", "", row.text, *[""] * 9, *end]
    sign = -1 if is_credit else 1
    return [
        Number(str(line.position)),
        line.heading,
        "\n".join((line.text, *line.details)),
        " ".join(str(number) for number in line.requests),
        _day(line.period_start),
        _day(line.period_end - timedelta(days=1) if line.period_end else None),
        Number(decimal_text(sign * line.quantity)),
        str(line.unit),
        Number(str(_seconds(row, is_credit))),
        Number(plain(line.unit_price, currency)),
        Number(str(line.price_base)),
        Number(plain(sign * line.discount, currency)),
        *end,
    ]


def _seconds(row: BookRow, is_credit: bool) -> str:
    line = row.line
    if line is None:
        return ""
    seconds = line.seconds
    if seconds is None and line.unit == "HUR":
        seconds = round(line.quantity * 3600)
    return "" if seconds is None else str(-seconds if is_credit else seconds)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
