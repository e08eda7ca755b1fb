"""The fields of a seller's form."""

from collections.abc import Mapping

from pyramid.request import Request

from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy_billing.models import Seller
from rtpy_billing.setting_up.customers import LANGUAGES
from rtpy_billing.setting_up.sellers import ACCOUNTS, LOGO, ROUNDINGS
from rtpy_billing.web.fields import Fields


def seller_sections(given: Mapping[str, str], *, has_logo: bool) -> tuple[Section, ...]:
    """Every field, in sections."""
    f = Fields(given)
    logo = Field(
        "logo",
        "Logo",
        kind="file",
        hint=LOGO + (" There is one; a new one takes its place." if has_logo else ""),
    )
    without = (f.box("without_logo", "Take the logo away"),) if has_logo else ()
    return (
        Section(
            "The firm",
            (
                f.text("name", "Name", required=True),
                f.text("legal_name", "Registered name", "If it differs."),
                f.text("street", "Street"),
                f.text("extra", "More of the address"),
                f.text("postcode", "Postcode"),
                f.text("city", "City"),
                f.text("region", "State or region"),
                f.text("country", "Country", "The code of two letters, such as DE.", required=True),
                f.text("contact", "Contact"),
                f.text("phone", "Telephone"),
                f.text("email", "Mail address", "Invoices are sent from it.", "email"),
                f.text("website", "Website"),
            ),
        ),
        Section(
            "Tax",
            (
                f.text("vat_id", "VAT number", "With the country before it, such as DE123456789."),
                f.text("tax_number", "Tax number"),
                f.text("registration", "Register number"),
                f.text(
                    "registration_scheme", "Scheme of the register", "Its code of four digits, if it has one."
                ),
                f.text("endpoint", "Electronic address", "For Peppol."),
                f.text(
                    "endpoint_scheme",
                    "Its scheme",
                    "Four digits: 0088 for a GLN, 9930 for a German VAT number.",
                ),
                f.box("is_exempt", "We charge no tax", "A small business."),
                f.area("exemption_text", "Why not", "The sentence that the law wants on each invoice.", 2),
                f.box(
                    "discount_keeps_base",
                    "Discounts leave the base of the tax alone",
                    "As a few countries want it.",
                ),
            ),
        ),
        Section(
            "Invoices",
            (
                f.currency(label="Usual currency"),
                f.text(
                    "zone", "Time zone", "The date of an invoice is the day there, such as Europe/Berlin."
                ),
                f.choice("language", "Language", LANGUAGES),
                f.choice("rounding", "Rounding", ROUNDINGS),
                f.text(
                    "payable_step",
                    "What is to pay is a multiple of",
                    "Cents: 5 in Switzerland, else 1.",
                    "number",
                ),
                f.text(
                    "payment_reference",
                    "Payment reference",
                    "{number} is the invoice's, {customer} the customer's.",
                ),
                f.area(
                    "terms", "Terms", "A sentence on every invoice. {due} is the date, {days} their number."
                ),
                f.area("footer", "Foot of the page", "Register, court, directors; a line each."),
                f.text("accent", "Colour", "Such as #1f6f5c."),
                logo,
                *without,
            ),
        ),
        *(_account(f, at) for at in range(1, ACCOUNTS + 1)),
        Section("Closing", (f.box("disabled", "Disabled", "Issues no more invoices; the old ones stay."),)),
    )


def _account(f: Fields, at: int) -> Section:
    return Section(
        "Bank account" if at == 1 else "Another bank account",
        (
            f.text(f"account_{at}", "IBAN or account number"),
            f.text(f"bic_{at}", "BIC"),
            f.text(f"holder_{at}", "Holder"),
            f.text(f"bank_{at}", "Bank"),
        ),
    )


def seller_links(request: Request, seller: Seller) -> tuple[Link, ...]:
    """What else there is to see of a seller."""
    path = request.route_path
    logo = (Link("Logo", path("billing.sellers.logo", id=seller.id)),) if seller.logo_type else ()
    return (Link("Numbers", path("billing.sellers.numbers", id=seller.id)), *logo)
