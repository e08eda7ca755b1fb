"""Tables for the books: every program's rows sum to what the document says, and text is never a formula."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given

from plugins.billing.tests.documents.drawn import BUYER, TAXES, VAT_19, documents, invoice, sample_lines
from rtpy.errors import Invalid
from rtpy_billing.documents.crediting import credit
from rtpy_billing.documents.drawing_up import draw_line, hours
from rtpy_billing.documents.snapshot import Snapshot, Unit
from rtpy_billing.documents.tables.books import Books, LeftOut, read_tax_names, tax_key
from rtpy_billing.documents.tables.datev_columns import COLUMNS as COLUMNS_OF_DATEV
from rtpy_billing.documents.tables.formats import FORMATS
from rtpy_billing.documents.tables.own import COLUMNS
from rtpy_billing.money import plain
from rtpy_billing.taxes.values import Deduction

BOOKS = Books(tax_names={**{tax_key(tax): f"Tax {tax_key(tax)}" for tax in TAXES}, "O": "No VAT"})


def read(name: str, *of: Snapshot) -> list[dict[str, str]]:
    content = FORMATS[name].write(of, BOOKS).content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def credit_note() -> Snapshot:
    return replace(credit(invoice(), date(2026, 12, 1), "Wrong rate", {1: Fraction(1)}), number="G-1")


def total(document: Snapshot) -> Decimal:
    return Decimal(plain(document.totals.payable, document.currency))


@given(documents())
def test_the_rows_of_every_format_sum_to_what_is_to_pay(document):
    own, xero, online = (read(name, document) for name in ("csv", "xero", "quickbooks"))

    assert sum(Decimal(row["net"]) + Decimal(row["tax"]) for row in own) == total(document)
    assert sum(Decimal(row["*ItemAmount"]) + Decimal(row["ItemTaxAmount"]) for row in online) == total(
        document
    )
    lines = [
        Decimal(row["*Quantity"]) * Decimal(row["*UnitAmount"]) + Decimal(row["TaxAmount"]) for row in xero
    ]
    assert sum(lines) == total(document)


@given(documents())
def test_a_transaction_of_quickbooks_desktop_sums_to_nought(document):
    content = FORMATS["iif"].write([document], BOOKS).content.decode("cp1252")
    rows = [line.split("\t") for line in content.split("\r\n") if line.startswith(("TRNS", "SPL"))]

    assert sum(Decimal(row[5]) for row in rows) == 0
    assert Decimal(rows[0][5]) == total(document)
    for row in rows[1:]:
        if row[8]:
            assert Decimal(row[8]) * Decimal(row[9]) == Decimal(row[5])


def test_the_columns_of_our_csv_stay_where_they_are():
    """Others build on these names and places: only ever add at the end."""
    heads = FORMATS["csv"].write([], BOOKS).content.decode("utf-8-sig").strip().split(",")
    assert heads == [name for name, _ in COLUMNS]
    assert (
        heads[:31]
        == (
            "kind number issued_on due_on preceding customer_number customer country vat_id agreement purchase_order "
            "currency position heading text requests period_start period_end quantity unit seconds unit_price "
            "price_base discount net tax_category tax_rate tax account item_code document_total"
        ).split()
    )


def test_our_csv_says_everything_about_a_line():
    first, second, third, discount = read("csv", invoice())

    assert (first["quantity"], first["unit"], first["seconds"], first["net"]) == (
        "4.16666667",
        "HUR",
        "15000",
        "395.83",
    )
    assert (first["requests"], first["period_end"], first["account"]) == ("4711 4720", "2026-10-31", "8400")
    assert (second["discount"], second["net"], third["heading"]) == ("23.75", "0.00", "Care")
    assert (discount["position"], discount["text"], discount["net"]) == ("", "Loyalty", "-22.31")


def test_a_credit_note_stands_below_nought():
    (row, _) = read("csv", credit_note())
    (xero, _) = read("xero", credit_note())

    assert (row["kind"], row["preceding"], row["net"], row["quantity"]) == (
        "credit_note",
        "2026-0042",
        "-95.00",
        "-1",
    )
    assert (xero["*Quantity"], xero["*UnitAmount"]) == ("1", "-95.00")
    assert b"CREDIT MEMO" in FORMATS["iif"].write([credit_note()], BOOKS).content


def test_quickbooks_online_leaves_credit_notes_out_and_says_so():
    table = FORMATS["quickbooks"].write([invoice(), credit_note()], BOOKS)

    assert b"G-1" not in table.content
    reason = "QuickBooks Online takes no credit notes from a file; enter it by hand."
    assert table.left_out == (LeftOut(1, "G-1", reason),)


def test_hours_that_two_decimals_cannot_say_become_one_piece():
    """Xero multiplies anew: 4.17 h of 95.00 would be 396.15, not 395.83."""
    first, _, third, _ = read("xero", invoice())

    assert (first["*Quantity"], first["*UnitAmount"]) == ("1", "395.83")
    assert first["*Description"] == "Remote support (4:10 h) #4711 #4720"
    assert (third["*Quantity"], third["*UnitAmount"]) == ("12", "29.00")


def test_dates_are_written_as_the_program_reads_them():
    american = replace(BOOKS, month_first=True)

    assert read("xero", invoice())[0]["*InvoiceDate"] == "03/11/2026"
    assert b"11/03/2026" in FORMATS["xero"].write([invoice()], american).content


def test_deductions_are_rows_without_tax():
    rows = read("csv", invoice(deductions=(Deduction("Paid on account", 10_00),)))
    assert (rows[-1]["text"], rows[-1]["net"], rows[-1]["tax"]) == ("Paid on account", "-10.00", "0.00")


def test_a_tax_without_a_name_in_the_books_is_asked_for():
    with pytest.raises(Invalid, match="“S 19”: enter a line S 19 ="):
        FORMATS["xero"].write([invoice()], Books())


@pytest.mark.parametrize("name", ["csv", "xero", "quickbooks"])
@pytest.mark.parametrize(
    "text",
    [
        "=cmd|'/c calc'!A1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "  =1",
        "\x00=1",
        '"=1',
        "\u00a0=1",
        "\uff1d1",
        "\u200b=1",
    ],
)
def test_no_text_is_taken_for_a_formula(name, text):
    line = draw_line(1, text, hours(3600), Unit.HOUR, 9500, VAT_19, item_code=text, account=text)
    document = invoice(
        lines=(line,), buyer=replace(BUYER, legal_name=text), purchase_order=text, number=text, adjustments=()
    )
    for row in read(name, document):
        assert not [
            cell
            for cell in row.values()
            if cell.lstrip(' "\u00a0\u200b').startswith(("=", "+", "-", "@", "\t", "\uff1d"))
        ]


def test_text_never_breaks_out_of_its_field():
    text = 'a "quoted"\tTRNS\r\nSPL, x; 汉'
    document = invoice(lines=(draw_line(1, text, hours(3600), Unit.HOUR, 9500, VAT_19),), adjustments=())

    assert read("csv", document)[0]["text"] == text
    lines = FORMATS["iif"].write([document], BOOKS).content.decode("cp1252").split("\r\n")
    assert [line.split("\t")[0] for line in lines] == [
        *"!TRNS !SPL !ENDTRNS TRNS SPL SPL ENDTRNS".split(),
        "",
    ]


def test_names_of_taxes_are_read_line_by_line():
    assert read_tax_names("S 19 = 19% (VAT on Income)\n\n ae=Reverse charge = EU \n") == {
        "S 19": "19% (VAT on Income)",
        "AE": "Reverse charge = EU",
    }
    for wrong in ("S 19", "X 19 = nothing", "= 19%", "S 19 ="):
        with pytest.raises(Invalid, match="Line 1 is not like"):
            read_tax_names(wrong)


def test_the_same_documents_give_the_same_bytes():
    several = [invoice(), credit_note(), invoice(lines=sample_lines(), number="2026-0043")]
    for one in FORMATS.values():
        assert one.write(several, DATEV) == one.write(several, DATEV)


def test_every_column_is_documented():
    written = (Path(__file__).parents[2] / "docs" / "documents.md").read_text(encoding="utf-8")
    assert [f"| `{name}` | {words} |" for name, words in COLUMNS] == [
        line for line in written.splitlines() if line.startswith("| `")
    ]


DATEV = replace(
    BOOKS,
    consultant="1234567",
    client="1001",
    tax_names={
        "S 19": "8400",
        "S 7": "8300/2",
        "AE": "8336",
        "O": "8200",
        "S 25.5": "8100",
        "Z": "8101",
        "E": "8102",
    },
)


def datev(*of: Snapshot, books: Books = DATEV) -> tuple[list[list[str]], tuple[LeftOut, ...]]:
    table = FORMATS["datev"].write(of, books)
    rows = csv.reader(io.StringIO(table.content.decode("cp1252"), newline=""), delimiter=";")
    return list(rows), table.left_out


def debtor(document: Snapshot, number: str = "10042") -> Snapshot:
    return replace(document, buyer=replace(document.buyer, customer_number=number))


@given(documents())
def test_bookings_of_datev_come_to_what_is_to_pay(document):
    rows, left_out = datev(debtor(document))

    if document.currency != "EUR":
        assert "euros only" in left_out[0].reason
        return
    amounts = [Decimal(row[0].replace(",", ".")) * (1 if row[1] == "S" else -1) for row in rows[2:]]
    assert sum(amounts) == total(document)
    assert {len(row) for row in rows[1:]} <= {125}
    assert len(rows[0]) == 31


def test_a_booking_of_datev_is_the_customer_against_revenue():
    rows, _ = datev(debtor(invoice()))
    (booking,) = rows[2:]

    assert rows[0][:5] == ["EXTF", "700", "21", "Buchungsstapel", "13"]
    assert rows[0][10:16] == ["1234567", "1001", "20260101", "4", "20261103", "20261103"]
    assert booking[:3] + booking[6:12] == [
        "858,61",
        "S",
        "EUR",
        "10042",
        "8400",
        "",
        "0311",
        "2026-0042",
        "171126",
    ]
    assert booking[13] == "Keller & Söhne Maschinenbau GmbH"


def test_a_credit_note_is_booked_on_the_other_side_and_reverse_charge_with_the_vat_number():
    (credited,) = datev(debtor(credit_note()))[0][2:]
    abroad = replace(BUYER, customer_number="10077", vat_id="ATU 12345678")
    untaxed = datev(invoice(lines=sample_lines(TAXES[-1]), buyer=abroad))[0][2:]

    assert credited[1] == "H"
    # The first line names an account of its own, and that wins.
    assert [row[7] for row in untaxed] == ["8400", "8336"]
    assert {row[COLUMNS_OF_DATEV.index("EU-Land u. USt-IdNr.")] for row in untaxed} == {"ATU12345678"}


def test_datev_leaves_out_what_it_cannot_book_and_asks_for_its_numbers():
    last_year = replace(debtor(invoice()), issued_on=date(2025, 12, 31), number="2025-9")
    _, left_out = datev(debtor(invoice()), invoice(number="K"), last_year)

    assert [(one.place, one.number) for one in left_out] == [(1, "K"), (2, "2025-9")]
    assert datev(debtor(invoice()), last_year, books=replace(DATEV, year_month=7))[1] != ()
    with pytest.raises(Invalid, match="numbers of your tax consultant"):
        datev(debtor(invoice()), books=BOOKS)
    with pytest.raises(Invalid, match="is an account, such as 8400"):
        datev(debtor(invoice()), books=replace(DATEV, tax_names={"S 19": "19 % USt"}))


def test_sage_gets_credits_for_what_is_below_nought():
    content = FORMATS["sage"].write([debtor(invoice()), debtor(credit_note()), debtor(invoice(), "")], BOOKS)
    rows = list(csv.DictReader(io.StringIO(content.content.decode("cp1252"), newline="")))

    assert [row["Type"] for row in rows] == ["SI", "SI", "SI", "SC", "SC", "SI"]
    assert [row["Net Amount"] for row in rows] == ["395.83", "0.00", "348.00", "22.31", "95.00", "2.85"]
    assert {row["Account Reference"] for row in rows} == {"10042"}
    assert [one.place for one in content.left_out] == [2]
    for document, of in ((invoice(), rows[:4]), (credit_note(), rows[4:])):
        signed = [
            (Decimal(row["Net Amount"]) + Decimal(row["Tax Amount"])) * (1 if row["Type"] == "SI" else -1)
            for row in of
        ]
        assert abs(sum(signed)) == total(document)
