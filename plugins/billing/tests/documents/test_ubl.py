"""Electronic invoices: the XML keeps the rules of EN 16931 and Peppol, and what is missing is said in words."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given

from plugins.billing.tests.documents.drawn import (
    ACCOUNT,
    BUYER,
    SELLER,
    TAXES,
    VAT_19,
    documents,
    invoice,
    sample_lines,
)
from plugins.billing.tests.documents.en16931 import broken_rules, every, text
from rtpy.errors import Invalid
from rtpy_billing.documents import ubl
from rtpy_billing.documents.codes import is_endpoint, is_iban
from rtpy_billing.documents.crediting import credit
from rtpy_billing.documents.drawing_up import draw_line, hours
from rtpy_billing.documents.electronic import problems
from rtpy_billing.documents.snapshot import Unit
from rtpy_billing.taxes.treatment import untaxed
from rtpy_billing.taxes.values import Tax, TaxCategory

AUSTRIAN = replace(BUYER, address=replace(BUYER.address, country="AT"), vat_id="ATU12345678")
OUTSIDE = untaxed(TaxCategory.OUTSIDE_SCOPE)


@given(documents())
def test_every_document_without_problems_keeps_the_rules(document):
    assert {one.field for one in problems(document)} <= {"currency"}  # three decimals, now and then
    if not problems(document):
        assert broken_rules(ubl.render(document)) == []


@given(documents(TAXES[:3]))
def test_every_credit_of_a_part_keeps_the_rules(document):
    line = document.lines[0]
    note = credit(document, document.issued_on, "too much", {line.position: line.quantity / 3})
    assert {one.field for one in problems(note)} <= {"currency"}  # three decimals, now and then
    if not problems(note):
        assert broken_rules(ubl.render(replace(note, number="G-1"))) == []


@pytest.mark.parametrize(
    ("category", "changed"),
    [
        (TaxCategory.REVERSE_CHARGE, {"buyer": AUSTRIAN}),
        (TaxCategory.INTRA_COMMUNITY, {"buyer": AUSTRIAN}),
        (TaxCategory.EXPORT, {}),
        (TaxCategory.OUTSIDE_SCOPE, {}),
        (TaxCategory.EXEMPT, {}),
        (TaxCategory.ZERO, {}),
    ],
)
def test_an_invoice_without_tax_says_why_as_its_category_wants(category, changed):
    document = invoice(lines=sample_lines(untaxed(category)), **changed)

    assert problems(document) == ()
    assert broken_rules(ubl.render(document)) == []


def test_the_same_snapshot_gives_the_same_bytes():
    assert ubl.render(invoice()) == ubl.render(invoice())


def test_the_reader_of_the_tests_sees_broken_sums_and_a_wrong_order():
    whole = invoice()
    wrong = replace(whole, totals=replace(whole.totals, payable=1, lines=2))
    assert broken_rules(ubl.render(wrong)) == ["BR-CO-10", "BR-CO-13", "BR-CO-16"]
    root = ElementTree.fromstring(ubl.render(whole))
    root[:] = [*root[1:], root[0]]
    assert broken_rules(ElementTree.tostring(root)) == ["XSD order in Invoice"]


def test_a_credit_note_names_its_invoice():
    note = credit(invoice(), date(2026, 12, 1), "Wrong rate")
    root = ElementTree.fromstring(ubl.render(replace(note, number="G-2026-0001")))

    assert root.tag.endswith("}CreditNote")
    assert text(root, "CreditNoteTypeCode") == "381"
    assert text(root, "BillingReference/InvoiceDocumentReference/ID") == "2026-0042"
    assert text(root, "Note") == "Wrong rate"


def test_text_stays_text_and_loses_only_what_xml_cannot_hold():
    nasty = "</cbc:Name><x/> & ]]> \x00\x0b\ud800 汉字 🖨"
    lines = (draw_line(1, nasty, hours(3600), Unit.HOUR, 9500, VAT_19, details=(nasty,)),)
    root = ElementTree.fromstring(ubl.render(invoice(lines=lines, notes=(nasty,))))

    assert text(root, "InvoiceLine/Item/Name") == "</cbc:Name><x/> & ]]>  汉字 🖨"


def test_a_late_entry_widens_the_period_of_the_document():
    late = replace(sample_lines()[0], period_start=date(2026, 8, 3), period_end=date(2026, 8, 4))
    xml = ubl.render(invoice(lines=(late,)))

    assert broken_rules(xml) == []
    assert text(ElementTree.fromstring(xml), "InvoicePeriod/StartDate") == "2026-08-03"


def test_a_negative_price_becomes_a_negative_quantity():
    lines = (
        draw_line(1, "Work", Fraction(5), Unit.PIECE, 100_00, VAT_19),
        draw_line(2, "Refund", Fraction(1), Unit.PIECE, -50_00, VAT_19, discount_rate=1000),
    )
    xml = ubl.render(invoice(lines=lines))

    assert broken_rules(xml) == []
    assert every(ElementTree.fromstring(xml), "InvoiceLine/InvoicedQuantity")[1].text == "-1"


def test_a_line_in_whole_yen_says_its_amount_as_the_price_of_its_quantity():
    lines = (draw_line(1, "Work", hours(15_000), Unit.HOUR, 9_501, VAT_19),)
    xml = ubl.render(invoice(lines=lines, currency="JPY"))
    line = every(ElementTree.fromstring(xml), "InvoiceLine")[0]

    assert broken_rules(xml) == []
    assert text(line, "Price/PriceAmount") == text(line, "LineExtensionAmount") == "39588"
    assert text(line, "Price/BaseQuantity") == text(line, "InvoicedQuantity")


def test_a_preview_has_no_electronic_invoice():
    with pytest.raises(Invalid, match="no number"):
        ubl.render(invoice(number=""))


@pytest.mark.parametrize(
    ("field", "words", "changed"),
    [
        ("buyer_reference", "neither a buyer reference nor", {"buyer_reference": "", "purchase_order": " "}),
        ("due_on", "neither a due date nor", {"due_on": None, "terms": ""}),
        ("buyer.name", "The customer has no name", {"buyer": replace(BUYER, name="")}),
        ("buyer.endpoint", "no electronic address", {"buyer": replace(BUYER, endpoint="")}),
        ("buyer.endpoint_scheme", "the code of its scheme", {"buyer": replace(BUYER, endpoint_scheme="GLN")}),
        (
            "buyer.endpoint",
            "a digit is wrong",
            {"buyer": replace(BUYER, endpoint="4012345000010", endpoint_scheme="0088")},
        ),
        ("seller.vat_id", "does not begin with a country", {"seller": replace(SELLER, vat_id="123456789")}),
        ("seller.vat_id", "does not begin with a country", {"seller": replace(SELLER, vat_id="QQ123456789")}),
        ("seller.vat_id", "neither a VAT number nor", {"seller": replace(SELLER, vat_id="", tax_number="")}),
        ("seller.vat_id", "nor a register number", {"seller": replace(SELLER, vat_id="", registration="")}),
        (
            "buyer.country",
            "no country",
            {"buyer": replace(BUYER, address=replace(BUYER.address, country=""))},
        ),
        (
            "buyer.country",
            "“Germany” in the address of the customer",
            {"buyer": replace(BUYER, address=replace(BUYER.address, country="Germany"))},
        ),
        (
            "buyer.vat_id",
            "need the VAT number of the customer",
            {"lines": sample_lines(untaxed(TaxCategory.REVERSE_CHARGE)), "buyer": replace(BUYER, vat_id="")},
        ),
        (
            "seller.vat_id",
            "needs the VAT number of the seller",
            {"lines": sample_lines(untaxed(TaxCategory.EXPORT)), "seller": replace(SELLER, vat_id="")},
        ),
        ("lines", "make two of it", {"lines": (sample_lines()[0], sample_lines(OUTSIDE)[1])}),
        (
            "seller.registration",
            "a register number",
            {"lines": sample_lines(OUTSIDE), "seller": replace(SELLER, registration="")},
        ),
        ("lines", "do not say why", {"lines": sample_lines(Tax(TaxCategory.EXEMPT))}),
        ("lines.1.text", "Line 1 has no description", {"lines": (replace(sample_lines()[0], text=" "),)}),
        ("lines", "no line", {"lines": ()}),
        ("period_end", "ends before it begins", {"period_end": date(2026, 10, 1)}),
        (
            "bank_accounts",
            "mistyped",
            {"bank_accounts": (replace(ACCOUNT, account="DE89370400440532013001"),)},
        ),
        ("currency", "three decimals", {"currency": "KWD"}),
    ],
)
def test_what_an_electronic_invoice_lacks_is_said_in_words(field, words, changed):
    found = problems(invoice(**changed))

    assert any(one.field == field and words in one.message for one in found), found
    assert problems(invoice()) == ()


@pytest.mark.parametrize(
    ("number", "scheme", "fits"),
    [
        ("4012345000009", "0088", True),
        ("4012345000010", "0088", False),
        ("0417497106", "0208", True),
        ("0417497107", "0208", False),
        ("974760673", "0192", True),
        ("974760674", "0192", False),
        ("DK12345678", "0184", True),
        ("billing@example.com", "EM", True),
        ("example.com", "EM", False),
        ("anything", "9930", True),
    ],
)
def test_check_digits_of_electronic_addresses(number, scheme, fits):
    assert is_endpoint(number, scheme) == fits


def test_check_digits_of_ibans():
    assert is_iban("DE89 3704 0044 0532 0130 00")
    assert not is_iban("DE89 3704 0044 0532 0130 01")
    assert not is_iban("12345678")
