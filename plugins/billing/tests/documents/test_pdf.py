"""PDFs: what stands on the pages, whatever people typed, in archives' and readers' form, quickly."""

import io
import re
import time
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from pypdf import PdfReader

from plugins.billing.tests.documents.drawn import BUYER, SELLER, VAT_7, VAT_19, invoice, sample_lines
from rtpy.errors import Invalid
from rtpy_billing.documents.crediting import credit
from rtpy_billing.documents.drawing_up import draw_line, hours
from rtpy_billing.documents.pdf import Logo, payment_code, render, render_statement
from rtpy_billing.documents.printed import print_document
from rtpy_billing.documents.printed_statement import print_statement
from rtpy_billing.documents.snapshot import BankAccount, Snapshot, Unit
from rtpy_billing.documents.statement import (
    BalanceRow,
    BalanceShown,
    BalanceUnit,
    Detail,
    RequestTotal,
    Statement,
    WorkShown,
)
from rtpy_billing.documents.words import ENGLISH, GERMAN, Language, clock
from rtpy_billing.ledgers.values import Kind
from rtpy_billing.money import shown
from rtpy_billing.taxes.treatment import untaxed
from rtpy_billing.taxes.values import Deduction, TaxCategory

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#0a7d6e"/></svg>'
HOSTILE = '#panic("x") $x$ *b* _i_ @ref <lbl> #[c] \\ `raw` // c /* "quoted" #import "/etc/passwd"'


def words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\u202f", " ")


def is_for_archives(pdf: bytes) -> bool:
    return b"pdfaid" in pdf and b"pdfuaid" in pdf


def test_an_invoice_shows_who_what_how_much_and_where_to_pay():
    pdf = render(invoice())
    found = words_of(pdf)

    for text in (
        "Invoice 2026-0042",
        "Nordlicht IT GmbH · Speicherstraße 12 · 20457 Hamburg",
        "Keller & Söhne Maschinenbau GmbH",
        "1 October 2026 to 31 October 2026",
        "PO-7781",
        "4.17 h",
        "4:10",
        "Requests #4711, #4720",
        "395.83",
        "VAT 19 % on 721.52",
        "EUR 858.61",
        "DE89 3704 0044 0532 0130 00",
        "RF18539007547034",
        "Amtsgericht Hamburg HRB 123456",
        "Work in detail",
        "Page 2 of 2",
    ):
        assert text in found.replace("\u00a0", " "), text
    assert is_for_archives(pdf)
    assert PdfReader(io.BytesIO(pdf)).metadata.title == "Invoice 2026-0042"


def test_the_same_snapshot_gives_the_same_pdf():
    assert render(invoice(), Logo(SVG)) == render(invoice(), Logo(SVG))


def test_german_documents_have_german_words_numbers_and_dates():
    found = words_of(render(invoice(language="de-AT"))).replace("\u00a0", " ")

    for text in ("Rechnung 2026-0042", "17.11.2026", "395,83", "Zu zahlen", "858,61 EUR", "Seite 1 von 2"):
        assert text in found


def test_a_preview_says_so_and_never_calls_itself_an_invoice():
    found = words_of(render(invoice(number="")))

    assert "Preview – not an invoice" in found
    assert "Invoice 2026" not in found


def test_a_credit_note_says_what_it_takes_back_and_asks_for_no_payment():
    note = replace(credit(invoice(), date(2026, 12, 1), "Wrong rate", {1: Fraction(2)}), number="G-1")
    found = words_of(render(note))

    assert "Credit note G-1" in found
    assert "invoice 2026-0042 of 3" in found
    assert "Reason: Wrong rate" in found
    assert "Amount credited" in found
    assert "Bank details" not in found


@pytest.mark.parametrize(
    "text", [HOSTILE, "ł é ß ф ا", "\x00\x07 bell \ud800", "W" * 500, "汉字 🖨", "{number} %s"]
)
def test_text_stays_text_wherever_it_stands(text):
    line = draw_line(1, text, hours(900), Unit.HOUR, 9500, VAT_19, details=(text,), heading=text)
    document = invoice(
        lines=(line,),
        buyer=replace(BUYER, name=text, legal_name=text),
        seller=replace(SELLER, name=text, legal_name=text),
        notes=(text,),
        terms=text,
        footer=(text,),
        agreement=text,
        number=text,
        payment_reference=text,
    )
    found = words_of(render(document))

    if text.isascii() and text.isprintable() and len(text) < 100:
        assert text.replace(" ", "") in found.replace("\n", "").replace("\u200b", "").replace(" ", "")


def test_a_letter_that_no_font_has_costs_the_seal_of_archives_but_not_the_invoice():
    line = draw_line(1, "\U0010fffd", hours(900), Unit.HOUR, 9500, VAT_19)
    assert not is_for_archives(render(invoice(lines=(line,))))


def test_sums_are_carried_from_page_to_page():
    lines = tuple(draw_line(n, f"Line {n}", Fraction(1), Unit.PIECE, 100_00, VAT_7) for n in range(1, 61))
    pages = [
        page.extract_text() for page in PdfReader(io.BytesIO(render(invoice(lines=lines, annex=())))).pages
    ]

    carried = [re.findall(r"Carried forward\s+([\d,.]+)", page) for page in pages]
    brought = [re.findall(r"Brought forward\s+([\d,.]+)", page) for page in pages]
    on_first = len(re.findall(r"Line \d+", pages[0]))

    assert carried[0] == brought[1] == [f"{on_first * 100:,}.00"]
    assert "Brought forward" not in pages[0]
    assert "Carried forward" in pages[0]
    assert "Carried forward" not in pages[-1]


def test_an_invoice_of_three_hundred_lines_and_ten_more_are_set_within_seconds():
    lines = tuple(draw_line(n, f"Line {n}", hours(n * 60), Unit.HOUR, 9500, VAT_19) for n in range(1, 301))
    started = time.perf_counter()
    render(invoice(lines=lines))
    for number in range(10):
        render(invoice(number=f"2026-{number}"))
    assert time.perf_counter() - started < 6  # 200 invoices within 2 minutes, with much to spare


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a", "neither PNG"),
        (b"\x89PNG\r\n\x1a\nbroken", "cannot be read"),
        (b"\x89PNG" + b"0" * 1_000_000, "larger than 1 MB"),
    ],
)
def test_a_logo_that_cannot_be_printed_is_refused(content, sentence):
    with pytest.raises(Invalid, match=sentence):
        render(invoice(), Logo(content))


def test_the_totals_name_discounts_deductions_and_rounding():
    document = invoice(deductions=(Deduction("Paid on account", 100_00),), payable_step=5)
    rows = [(row["label"], row["amount"]) for row in print_document(document)["totals"]]

    assert rows == [
        ("Sum of the lines", "743.83"),
        ("Loyalty 3\u202f%", "−22.31"),
        ("Net amount", "721.52"),
        ("VAT 19\u202f% on 721.52", "137.09"),
        ("Total", "858.61"),
        ("Paid on account", "−100.00"),
        ("Rounding", "−0.01"),
        ("Amount due", "EUR\u00a0758.60"),
    ]


def test_a_line_says_nothing_twice():
    line = draw_line(
        1, "Request #7: Printer", hours(900), Unit.HOUR, 9500, VAT_19, requests=(7,), seconds=900
    )
    gift = replace(
        line, discount=2375, discount_rate=10_000, discount_reason="No charge", net=0, is_no_charge=True
    )
    document = invoice(lines=(line, gift), adjustments=(), period_start=None, period_end=None)
    first, second = print_document(document)["rows"]

    assert first["small"] == ""
    assert (second["price"], second["amount"]) == (["95.00", "No charge"], "no charge")


def test_the_law_s_sentence_stands_on_an_invoice_without_tax():
    document = invoice(lines=sample_lines(untaxed(TaxCategory.REVERSE_CHARGE, "de")), language="de")
    assert "Steuerschuldnerschaft des Leistungsempfängers" in words_of(render(document))


@pytest.mark.parametrize(
    "changed",
    [
        {"currency": "CHF"},
        {"number": ""},
        {"bank_accounts": (BankAccount("12345678", routing="021000021"),)},
        {"deductions": (Deduction("Paid", 10_000_00),)},
    ],
)
def test_a_payment_code_is_only_for_euros_to_an_iban(changed):
    assert payment_code(invoice()) is not None
    assert payment_code(invoice(**changed)) is None


def test_german_has_every_word_that_english_has():
    assert GERMAN.keys() == ENGLISH.keys()
    assert {kind.value for kind in Kind} <= ENGLISH.keys()


@pytest.mark.parametrize(
    ("seconds", "text"), [(15_000, "4:10"), (30, "0:00:30"), (-1800, "−0:30"), (0, "0:00")]
)
def test_durations_are_read_like_a_clock(seconds, text):
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("currency", "text"), [("JPY", "1,234,567"), ("EUR", "12,345.67"), ("KWD", "1,234.567")]
)
def test_amounts_have_the_decimals_of_their_currency(currency, text):
    assert Language("en").money(1_234_567, currency) == text
    assert shown(1_234_567, currency, group=",").startswith(text)


STATEMENT = Statement(
    "Keller & Söhne",
    date(2026, 10, 1),
    date(2026, 11, 1),
    "EUR",
    Detail.ENTRIES,
    balances=(
        BalanceShown("Block", BalanceUnit.SECONDS, 8 * 3600, (BalanceRow("use", -30_600),), -1800, 106),
        BalanceShown("Calls", BalanceUnit.INCIDENTS, 10, (BalanceRow("use", -4),), 6, 40, date(2026, 12, 24)),
    ),
    requests=(RequestTotal(4711, HOSTILE, 5400, 3600, 47_50),),
    work=(WorkShown(1, date(2026, 10, 2), 4711, "Jo", "Remote", "Printer repaired", 5400, 3600, 47_50),),
    seller=SELLER,
)


@pytest.mark.parametrize(
    ("detail", "with_requests", "with_work"),
    [(Detail.BALANCE, False, False), (Detail.REQUESTS, True, False), (Detail.ENTRIES, True, True)],
)
def test_a_statement_shows_what_is_left_and_as_much_of_the_work_as_the_customer_gets(
    detail, with_requests, with_work
):
    found = words_of(render_statement(replace(STATEMENT, detail=detail))).replace("\u00a0", " ")

    assert "0:30 h over" in found
    assert "6 left" in found
    assert "lasts until 24 December 2026" in found
    assert ("Work by request" in found) == with_requests
    assert ("Printer repaired" in found) == with_work


def test_a_statement_of_nothing_is_a_page_all_the_same():
    bare = Statement("Keller", date(2026, 10, 1), date(2026, 11, 1), "EUR", Detail.REQUESTS, language="de")
    assert "In diesen Tagen wurde nicht gearbeitet" in words_of(render_statement(bare))


def test_a_balance_never_stands_below_nought():
    printed = print_statement(replace(STATEMENT, balances=(replace(STATEMENT.balances[0], opening=-3600),)))
    assert printed["balances"][0]["rows"][0] == ["Opening balance", "1:00\u202fh over"]
    assert printed["balances"][0]["rows"][-1] == ["Closing balance", "0:30\u202fh over"]


def test_a_snapshot_of_a_credit_note_is_printed_after_years():
    stored = replace(credit(invoice(), date(2026, 12, 1), "Wrong rate"), number="G-1").to_json()
    assert render(Snapshot.from_json(stored)).startswith(b"%PDF")
