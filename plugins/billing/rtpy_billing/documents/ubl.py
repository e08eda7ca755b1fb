"""A snapshot as an electronic invoice: UBL 2.1 in the Peppol BIS Billing 3.0 profile of EN 16931."""

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from rtpy.errors import Invalid, Problem
from rtpy_billing.documents.codes import bare, is_iban
from rtpy_billing.documents.snapshot import Address, BankAccount, DocumentKind, Line, Party, Snapshot
from rtpy_billing.money import exponent, plain
from rtpy_billing.taxes.values import Adjustment, Tax, TaxCategory, TaxGroup

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
INVOICE, CREDIT_NOTE = "380", "381"
SEPA_TRANSFER, TRANSFER = "58", "30"
FORGIVEN = Fraction(1, 100)  # of a whole unit of the currency
QUANTITY_DECIMALS = 8  # enough that quantity times price comes to the amount, within what Peppol forgives

NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
CBC = f"{{{NAMESPACE}CommonBasicComponents-2}}"
CAC = f"{{{NAMESPACE}CommonAggregateComponents-2}}"
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for prefix, space in (("cbc", "CommonBasicComponents"), ("cac", "CommonAggregateComponents")):
    ElementTree.register_namespace(prefix, f"{NAMESPACE}{space}-2")
for prefix, space in (("invoice", "Invoice"), ("creditnote", "CreditNote")):
    ElementTree.register_namespace(prefix, f"{NAMESPACE}{space}-2")


def render(document: Snapshot) -> bytes:
    """The XML of an issued document, in UTF-8; the same snapshot always gives the same bytes.

    Raises Invalid for a preview: without a number there is no invoice. Ask `problems` before issuing.
    """
    if document.is_preview:
        raise Invalid(
            Problem("number", "A preview has no number, so there is no electronic invoice of it yet.")
        )
    is_invoice = document.kind is DocumentKind.INVOICE
    name = "Invoice" if is_invoice else "CreditNote"
    root = Element(f"{{{NAMESPACE}{name}-2}}{name}")
    _head(root, document, is_invoice)
    _references(root, document)
    outside = any(group.tax.category is TaxCategory.OUTSIDE_SCOPE for group in document.groups)
    _party(_group(root, "AccountingSupplierParty"), document.seller, is_seller=True, with_vat_id=not outside)
    _party(_group(root, "AccountingCustomerParty"), document.buyer, is_seller=False, with_vat_id=not outside)
    _delivery(root, document)
    for account in document.bank_accounts if is_invoice else ():  # nobody pays a credit note
        _payment_means(root, document, account)
    if document.terms:
        _text(_group(root, "PaymentTerms"), "Note", document.terms)
    for adjustment in document.adjustments:
        _adjustment(root, adjustment, document.currency)
    _tax_total(root, document)
    _totals(root, document)
    for line in document.lines:
        _line(root, line, document.currency, is_invoice)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def period_of(document: Snapshot) -> tuple[date, date] | None:
    """First and last day of the document: its own period, widened to those of its lines (late entries are earlier)."""
    spans = [(document.period_start, document.period_end)]
    spans += [(line.period_start, line.period_end) for line in document.lines]
    starts = [start for start, _ in spans if start]
    ends = [end for _, end in spans if end]
    if not starts or not ends:
        return None
    return min(starts), max(ends) - timedelta(days=1)


def _head(root: Element, document: Snapshot, is_invoice: bool) -> None:
    _text(root, "CustomizationID", CUSTOMIZATION)
    _text(root, "ProfileID", PROFILE)
    _text(root, "ID", document.number)
    _text(root, "IssueDate", document.issued_on.isoformat())
    if is_invoice and document.due_on:
        _text(root, "DueDate", document.due_on.isoformat())
    _text(
        root,
        "InvoiceTypeCode" if is_invoice else "CreditNoteTypeCode",
        INVOICE if is_invoice else CREDIT_NOTE,
    )
    reason = document.preceding.reason if document.preceding else ""
    deductions = [f"{one.text}: {plain(one.amount, document.currency)}" for one in document.deductions]
    _text(root, "Note", "\n".join(text for text in (reason, *document.notes, *deductions) if text))
    _text(root, "DocumentCurrencyCode", document.currency)
    _text(root, "BuyerReference", document.buyer_reference)


def _references(root: Element, document: Snapshot) -> None:
    period = period_of(document)
    if period:
        _period(root, *period)
    if document.purchase_order:
        _text(_group(root, "OrderReference"), "ID", document.purchase_order)
    if document.preceding:
        reference = _group(_group(root, "BillingReference"), "InvoiceDocumentReference")
        _text(reference, "ID", document.preceding.number)
        _text(reference, "IssueDate", document.preceding.issued_on.isoformat())
    if document.agreement:
        _text(_group(root, "ContractDocumentReference"), "ID", document.agreement)


def _period(parent: Element, first: date, last: date) -> None:
    period = _group(parent, "InvoicePeriod")
    _text(period, "StartDate", first.isoformat())
    _text(period, "EndDate", last.isoformat())


def _party(parent: Element, one: Party, *, is_seller: bool, with_vat_id: bool) -> None:
    party = _group(parent, "Party")
    _text(party, "EndpointID", one.endpoint, schemeID=one.endpoint_scheme)
    # Danish rules want a scheme beside this number, and ours has none.
    if not is_seller and one.customer_number and one.address.country != "DK":
        _text(_group(party, "PartyIdentification"), "ID", one.customer_number)
    _text(_group(party, "PartyName"), "Name", one.name)
    _address(party, one.address)
    if one.vat_id and with_vat_id:
        _tax_scheme(_group(party, "PartyTaxScheme"), bare(one.vat_id), "VAT")
    if is_seller and one.tax_number:
        _tax_scheme(_group(party, "PartyTaxScheme"), one.tax_number, "TAX")
    legal = _group(party, "PartyLegalEntity")
    _text(legal, "RegistrationName", one.legal_name or one.name)
    _text(legal, "CompanyID", one.registration, schemeID=one.registration_scheme)
    if one.contact or one.phone or one.email:
        contact = _group(party, "Contact")
        _text(contact, "Name", one.contact)
        _text(contact, "Telephone", one.phone)
        _text(contact, "ElectronicMail", one.email)


def _tax_scheme(parent: Element, number: str, scheme: str) -> None:
    _text(parent, "CompanyID", number)
    _text(_group(parent, "TaxScheme"), "ID", scheme)


def _address(parent: Element, one: Address) -> None:
    address = _group(parent, "PostalAddress")
    _text(address, "StreetName", one.street)
    _text(address, "AdditionalStreetName", one.extra)
    _text(address, "CityName", one.city)
    _text(address, "PostalZone", one.postcode)
    _text(address, "CountrySubentity", one.region)
    _text(_group(address, "Country"), "IdentificationCode", one.country)


def _delivery(root: Element, document: Snapshot) -> None:
    """Where and when goods went: an intra-Community supply has to say both (BR-IC-11, BR-IC-12)."""
    goods = any(group.tax.category is TaxCategory.INTRA_COMMUNITY for group in document.groups)
    if not goods and not document.delivery_country:
        return
    period = period_of(document)
    delivery = _group(root, "Delivery")
    _text(delivery, "ActualDeliveryDate", (period[1] if period else document.issued_on).isoformat())
    address = _group(_group(delivery, "DeliveryLocation"), "Address")
    country = document.delivery_country or document.buyer.address.country
    _text(_group(address, "Country"), "IdentificationCode", country)


def _payment_means(root: Element, document: Snapshot, account: BankAccount) -> None:
    means = _group(root, "PaymentMeans")
    _text(means, "PaymentMeansCode", SEPA_TRANSFER if is_iban(account.account) else TRANSFER)
    _text(means, "PaymentID", document.payment_reference)
    payee = _group(means, "PayeeFinancialAccount")
    _text(payee, "ID", bare(account.account))
    _text(payee, "Name", account.holder)
    branch = account.bic or account.routing
    if branch:
        _text(_group(payee, "FinancialInstitutionBranch"), "ID", branch)


def _adjustment(root: Element, one: Adjustment, currency: str) -> None:
    element = _group(root, "AllowanceCharge")
    _text(element, "ChargeIndicator", "true" if one.is_charge else "false")
    _text(element, "AllowanceChargeReasonCode", one.reason_code)
    _text(element, "AllowanceChargeReason", one.reason)
    if one.rate is not None and one.basis is not None:
        _text(element, "MultiplierFactorNumeric", percent(one.rate))
    _amount(element, "Amount", one.amount, currency)
    if one.rate is not None and one.basis is not None:
        _amount(element, "BaseAmount", one.basis, currency)
    _tax_category(element, "TaxCategory", one.tax)


def _tax_category(parent: Element, name: str, tax: Tax) -> Element:
    element = _group(parent, name)
    _text(element, "ID", tax.category)
    if tax.category is not TaxCategory.OUTSIDE_SCOPE:
        _text(element, "Percent", percent(tax.rate))
    scheme = _group(element, "TaxScheme")
    _text(scheme, "ID", "VAT")
    return element


def _tax_total(root: Element, document: Snapshot) -> None:
    total = _group(root, "TaxTotal")
    _amount(total, "TaxAmount", document.totals.tax, document.currency)
    for group in document.groups:
        _tax_group(total, group, document.currency)


def _tax_group(total: Element, group: TaxGroup, currency: str) -> None:
    element = _group(total, "TaxSubtotal")
    _amount(element, "TaxableAmount", group.taxable, currency)
    _amount(element, "TaxAmount", group.amount, currency)
    category = _tax_category(element, "TaxCategory", group.tax)
    scheme = category[-1]
    category.remove(scheme)
    if group.tax.category.needs_reason:
        _text(category, "TaxExemptionReasonCode", group.tax.reason_code)
        _text(category, "TaxExemptionReason", group.tax.reason)
    category.append(scheme)


def _totals(root: Element, document: Snapshot) -> None:
    totals, currency = document.totals, document.currency
    element = _group(root, "LegalMonetaryTotal")
    _amount(element, "LineExtensionAmount", totals.lines, currency)
    _amount(element, "TaxExclusiveAmount", totals.net, currency)
    _amount(element, "TaxInclusiveAmount", totals.gross, currency)
    for name, amount in (
        ("AllowanceTotalAmount", totals.allowances),
        ("ChargeTotalAmount", totals.charges),
        ("PrepaidAmount", totals.paid),
        ("PayableRoundingAmount", totals.rounding),
    ):
        if amount:
            _amount(element, name, amount, currency)
    _amount(element, "PayableAmount", totals.payable, currency)


def _line(root: Element, line: Line, currency: str, is_invoice: bool) -> None:
    quantity, price, base = _priced(line, currency)
    element = _group(root, "InvoiceLine" if is_invoice else "CreditNoteLine")
    _text(element, "ID", str(line.position))
    requests = ", ".join(f"#{number}" for number in line.requests)
    _text(element, "Note", requests)
    quantity_name = "InvoicedQuantity" if is_invoice else "CreditedQuantity"
    _text(element, quantity_name, decimal_text(quantity), unitCode=line.unit)
    _amount(element, "LineExtensionAmount", line.net, currency)
    if line.period_start and line.period_end:
        _period(element, line.period_start, line.period_end - timedelta(days=1))
    if line.order_line:
        _text(_group(element, "OrderLineReference"), "LineID", line.order_line)
    if line.discount:
        _line_discount(element, line, currency)
    item = _group(element, "Item")
    name, _, rest = line.text.strip().partition("\n")
    _text(item, "Description", "\n".join(text for text in (rest, *line.details) if text.strip()))
    _text(item, "Name", name)
    if line.item_code:
        _text(_group(item, "SellersItemIdentification"), "ID", line.item_code)
    _tax_category(item, "ClassifiedTaxCategory", line.tax)
    priced = _group(element, "Price")
    _text(priced, "PriceAmount", plain(price, currency), currencyID=currency)
    if base != 1:
        _text(priced, "BaseQuantity", decimal_text(base), unitCode=line.unit)


def _priced(line: Line, currency: str) -> tuple[Fraction, int, Fraction]:
    """Quantity, price and what the price is for, so that they come to the amount as exactly as a receiver checks.

    A price is never negative there (BR-27): the quantity carries the sign. Peppol forgives two hundredths (R120), less
    than rounding to whole yen takes; such a line says its amount as the price of its whole quantity.
    """
    sign = -1 if line.unit_price < 0 else 1
    exact = line.quantity * line.unit_price / line.price_base
    if abs(exact - line.gross) <= FORGIVEN * 10 ** exponent(currency):
        return sign * line.quantity, sign * line.unit_price, Fraction(line.price_base)
    return sign * line.quantity, abs(line.gross), abs(line.quantity)


def _line_discount(element: Element, line: Line, currency: str) -> None:
    # A discount on a negative line is written as a charge: amounts of allowances are not negative.
    discount = _group(element, "AllowanceCharge")
    _text(discount, "ChargeIndicator", "true" if line.discount < 0 else "false")
    _text(discount, "AllowanceChargeReason", line.discount_reason or "Discount")
    _amount(discount, "Amount", abs(line.discount), currency)


def percent(basis_points: int) -> str:
    """Basis points as a percentage with only the decimals it needs: 1900 is 19, 825 is 8.25."""
    return decimal_text(Fraction(basis_points, 100))


def decimal_text(value: Fraction) -> str:
    """A fraction as a decimal number of at most eight decimals, without those that are nought."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    short = exact.quantize(Decimal(1).scaleb(-QUANTITY_DECIMALS), rounding=ROUND_HALF_UP)
    return f"{short:f}".rstrip("0").rstrip(".")


def _group(parent: Element, name: str) -> Element:
    return ElementTree.SubElement(parent, CAC + name)


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    """An element with text; none at all if the text is empty, which Peppol forbids (R008)."""
    clean = NOT_IN_XML.sub("", text).strip()
    if clean:
        given = {key: str(value) for key, value in attributes.items() if value}
        ElementTree.SubElement(parent, CBC + name, given).text = clean


def _amount(parent: Element, name: str, amount: int, currency: str) -> None:
    text = plain(amount, currency)
    # EN 16931 knows two decimals at most; `problems` has refused what does not fit.
    shown = text[: -(exponent(currency) - 2)] if exponent(currency) > 2 else text
    _text(parent, name, shown, currencyID=currency)
