"""Documents for tests: one that has everything, and a strategy for any that a firm might draw up."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from rtpy_billing.documents.drawing_up import draw_line, draw_up, hours
from rtpy_billing.documents.snapshot import (
    Address,
    BankAccount,
    DocumentKind,
    Line,
    Party,
    Snapshot,
    Unit,
    WorkRow,
)
from rtpy_billing.money import Rounding
from rtpy_billing.taxes.arithmetic import discount_on_document
from rtpy_billing.taxes.treatment import untaxed
from rtpy_billing.taxes.values import Deduction, Tax, TaxCategory

VAT_19 = Tax(TaxCategory.STANDARD, 1900)
VAT_7 = Tax(TaxCategory.STANDARD, 700)

SELLER = Party(
    name="Nordlicht IT",
    legal_name="Nordlicht IT GmbH",
    address=Address("Speicherstraße 12", "", "20457", "Hamburg", "", "DE"),
    vat_id="DE123456789",
    tax_number="48/123/45678",
    registration="HRB 123456",
    endpoint="DE123456789",
    endpoint_scheme="9930",
    contact="Hanna Bruns",
    phone="+49 40 123456",
    email="rechnung@nordlicht.example",
    website="nordlicht.example",
)
BUYER = Party(
    name="Keller & Söhne",
    legal_name="Keller & Söhne Maschinenbau GmbH",
    address=Address("Industrieweg 5", "Tor 3", "28195", "Bremen", "", "DE"),
    vat_id="DE987654321",
    endpoint="04011000-1234512345-35",
    endpoint_scheme="0204",
    customer_number="K-1042",
    email="buchhaltung@keller.example",
)
ACCOUNT = BankAccount("DE89370400440532013000", "COBADEFFXXX", "Nordlicht IT GmbH", "Commerzbank")


def invoice(**changed: Any) -> Snapshot:
    """An invoice with hours, a monthly fee, a line at nought, a discount, and the work in an annex."""
    lines = changed.pop("lines", sample_lines())
    further: dict[str, Any] = {
        "number": "2026-0042",
        "issued_on": date(2026, 11, 3),
        "due_on": date(2026, 11, 17),
        "currency": "EUR",
        "period_start": date(2026, 10, 1),
        "period_end": date(2026, 11, 1),
        "bank_accounts": (ACCOUNT,),
        "payment_reference": "RF18539007547034",
        "terms": "Payable within 14 days without deduction.",
        "notes": ("Thank you for your trust.",),
        "footer": ("Amtsgericht Hamburg HRB 123456", "Geschäftsführung: Hanna Bruns"),
        "buyer_reference": "04011000-1234512345-35",
        "purchase_order": "PO-7781",
        "agreement": "A-2026-11",
        "annex": (
            WorkRow(date(2026, 10, 2), "Printer queue repaired", 1500, "Jo", "Remote", 4711),
            WorkRow(date(2026, 10, 9), "Explained the new VPN", 900, "Jo", "Remote", 4720, "no charge"),
        ),
    }
    kind = changed.pop("kind", DocumentKind.INVOICE)
    seller, buyer = changed.pop("seller", SELLER), changed.pop("buyer", BUYER)
    nets = [(line.tax, line.net) for line in lines]
    adjustments = changed.pop("adjustments", discount_on_document(nets, "Loyalty", rate=300))
    deductions = changed.pop("deductions", ())
    return draw_up(kind, seller, buyer, lines, adjustments, deductions, **{**further, **changed})


def sample_lines(tax: Tax = VAT_19) -> tuple[Line, ...]:
    return (
        draw_line(
            1,
            "Remote support",
            hours(15_000),
            Unit.HOUR,
            9500,
            tax,
            details=("Printer queue repaired", "Mailbox moved"),
            heading="Time and materials",
            requests=(4711, 4720),
            period_start=date(2026, 10, 1),
            period_end=date(2026, 11, 1),
            item_code="SUP-R",
            account="8400",
        ),
        draw_line(2, "Explained the new VPN", hours(900), Unit.HOUR, 9500, tax, discount_rate=10_000),
        draw_line(3, "Care of workplaces", Fraction(12), Unit.PIECE, 2900, tax, heading="Care"),
    )


CURRENCIES = ("JPY", "EUR", "KWD")
TAXES = (
    VAT_19,
    VAT_7,
    Tax(TaxCategory.STANDARD, 2550),
    Tax(TaxCategory.ZERO),
    Tax(TaxCategory.EXEMPT, 0, "Kleinunternehmer (§ 19 UStG)"),
    untaxed(TaxCategory.REVERSE_CHARGE),
)

quantities = st.one_of(
    st.integers(-40 * 3600, 400 * 3600).filter(bool).map(hours),
    st.integers(1, 5000).map(Fraction),
    st.fractions(min_value=0, max_value=100, max_denominator=1000).filter(bool),
)


@st.composite
def lines(draw: st.DrawFn, taxes: tuple[Tax, ...] = TAXES) -> tuple[Line, ...]:
    return tuple(
        draw_line(
            position,
            draw(st.sampled_from(["Support", "汉字 & <b>", "x" * 300])),
            draw(quantities),
            draw(st.sampled_from(list(Unit))),
            draw(st.integers(0, 10_000_000)),
            draw(st.sampled_from(taxes)),
            price_base=draw(st.sampled_from([1, 1, 100, 1000])),
            discount_rate=draw(st.sampled_from([0, 0, 500, 3333, 10_000])),
        )
        for position in range(1, draw(st.integers(1, 5)) + 1)
    )


@st.composite
def documents(draw: st.DrawFn, taxes: tuple[Tax, ...] = TAXES) -> Snapshot:
    """Any invoice: three currencies, both roundings, discounts on the document, prepayments, steps of 5."""
    of = draw(lines(taxes))
    rate = draw(st.sampled_from([None, 250, 1000, 3333]))
    nets = [(line.tax, line.net) for line in of]
    rounding = draw(st.sampled_from(list(Rounding)))
    started = draw(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
    return invoice(
        lines=of,
        adjustments=discount_on_document(nets, "Discount", rate=rate, rounding=rounding) if rate else (),
        deductions=draw(st.sampled_from([(), (Deduction("Paid before", 12345),)])),
        currency=draw(st.sampled_from(CURRENCIES)),
        period_start=started,
        period_end=started + timedelta(days=31),
        issued_on=started + timedelta(days=33),
        due_on=started + timedelta(days=47),
        payable_step=draw(st.sampled_from([1, 1, 5])),
        rounding=rounding,
    )
