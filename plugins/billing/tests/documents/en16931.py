"""A reader of ours for the rules of EN 16931 and Peppol on the finished XML: order of elements, terms, sums.

It knows nothing of the code under test; it reads the XML as a receiver would. Rules are named as in the standards.
"""

from collections import defaultdict
from decimal import Decimal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"

HEAD = "CustomizationID ProfileID ID IssueDate"
REFERENCES = (
    "DocumentCurrencyCode TaxCurrencyCode AccountingCost BuyerReference InvoicePeriod OrderReference "
    "BillingReference ContractDocumentReference AdditionalDocumentReference AccountingSupplierParty "
    "AccountingCustomerParty PayeeParty Delivery PaymentMeans PaymentTerms AllowanceCharge TaxTotal LegalMonetaryTotal"
)
# The sequences of the schemas of UBL 2.1, as far as EN 16931 uses them.
ORDER = {
    "Invoice": f"{HEAD} DueDate InvoiceTypeCode Note {REFERENCES} InvoiceLine",
    "CreditNote": f"{HEAD} CreditNoteTypeCode Note {REFERENCES} CreditNoteLine",
    "Party": "EndpointID PartyIdentification PartyName PostalAddress PartyTaxScheme PartyLegalEntity Contact",
    "PostalAddress": "StreetName AdditionalStreetName CityName PostalZone CountrySubentity AddressLine Country",
    "PartyTaxScheme": "CompanyID TaxScheme",
    "PartyLegalEntity": "RegistrationName CompanyID CompanyLegalForm",
    "Contact": "Name Telephone ElectronicMail",
    "InvoicePeriod": "StartDate EndDate",
    "InvoiceDocumentReference": "ID IssueDate",
    "Delivery": "ActualDeliveryDate DeliveryLocation DeliveryParty",
    "PaymentMeans": "PaymentMeansCode PaymentDueDate PaymentID PayeeFinancialAccount",
    "PayeeFinancialAccount": "ID Name FinancialInstitutionBranch",
    "AllowanceCharge": (
        "ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason MultiplierFactorNumeric Amount BaseAmount "
        "TaxCategory"
    ),
    "TaxTotal": "TaxAmount TaxSubtotal",
    "TaxSubtotal": "TaxableAmount TaxAmount TaxCategory",
    "TaxCategory": "ID Percent TaxExemptionReasonCode TaxExemptionReason TaxScheme",
    "ClassifiedTaxCategory": "ID Percent TaxScheme",
    "LegalMonetaryTotal": (
        "LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount "
        "PrepaidAmount PayableRoundingAmount PayableAmount"
    ),
    "InvoiceLine": (
        "ID Note InvoicedQuantity LineExtensionAmount AccountingCost InvoicePeriod OrderLineReference "
        "DocumentReference AllowanceCharge Item Price"
    ),
    "CreditNoteLine": (
        "ID Note CreditedQuantity LineExtensionAmount AccountingCost InvoicePeriod OrderLineReference "
        "DocumentReference AllowanceCharge Item Price"
    ),
    "Item": "Description Name BuyersItemIdentification SellersItemIdentification ClassifiedTaxCategory",
    "Price": "PriceAmount BaseQuantity AllowanceCharge",
}
REPEATED = frozenset(
    (
        "InvoiceLine CreditNoteLine AllowanceCharge TaxSubtotal PartyTaxScheme PaymentMeans TaxTotal "
        "PartyIdentification"
    ).split()
)


def broken_rules(xml: bytes) -> list[str]:
    """The names of the rules that this document breaks."""
    root = ElementTree.fromstring(xml)
    return sorted({*_structure(root), *_terms(root), *_sums(root), *_taxes(root), *_lines(root)})


def name_of(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def text(element: Element, path: str) -> str:
    found = find(element, path)
    return (found.text or "").strip() if found is not None else ""


def find(element: Element, path: str) -> Element | None:
    return element.find("/".join(f"{{*}}{step}" for step in path.split("/")))


def every(element: Element, path: str) -> list[Element]:
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def number(element: Element, path: str) -> Decimal:
    return Decimal(text(element, path) or 0)


def _structure(root: Element) -> list[str]:
    broken = []
    for element in root.iter():
        name, children = name_of(element), [name_of(child) for child in element]
        if not children and not (element.text or "").strip():
            broken.append("PEPPOL-EN16931-R008")
        if name in ORDER:
            order = ORDER[name].split()
            if any(child not in order for child in children):
                broken.append(f"XSD unknown in {name}")
            elif children != sorted(children, key=order.index):
                broken.append(f"XSD order in {name}")
            if any(children.count(child) > 1 and child not in REPEATED for child in children):
                broken.append(f"XSD twice in {name}")
        in_aggregates = f"{{{SPACE}CommonAggregateComponents-2}}" in element.tag
        if element is not root and in_aggregates != bool(children):
            broken.append("XSD namespace")
    return broken


def _terms(root: Element) -> list[str]:
    needed = {
        "PEPPOL-EN16931-R001": "ProfileID",
        "BR-02": "ID",
        "BR-03": "IssueDate",
        "BR-05": "DocumentCurrencyCode",
        "BR-06": "AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName",
        "BR-07": "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName",
        "BR-09": "AccountingSupplierParty/Party/PostalAddress/Country/IdentificationCode",
        "BR-11": "AccountingCustomerParty/Party/PostalAddress/Country/IdentificationCode",
        "BR-13": "LegalMonetaryTotal/TaxExclusiveAmount",
        "BR-14": "LegalMonetaryTotal/TaxInclusiveAmount",
        "BR-15": "LegalMonetaryTotal/PayableAmount",
        "PEPPOL-EN16931-R010": "AccountingCustomerParty/Party/EndpointID",
        "PEPPOL-EN16931-R020": "AccountingSupplierParty/Party/EndpointID",
    }
    broken = [rule for rule, path in needed.items() if not text(root, path)]
    peppol = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
    is_invoice = name_of(root) == "Invoice"
    kind = text(root, "InvoiceTypeCode" if is_invoice else "CreditNoteTypeCode")
    seller = "AccountingSupplierParty/Party"
    checks = {
        "PEPPOL-EN16931-R004": text(root, "CustomizationID") == peppol,
        "BR-04": kind == ("380" if is_invoice else "381"),
        "PEPPOL-EN16931-R003": bool(text(root, "BuyerReference") or text(root, "OrderReference/ID")),
        "BR-62": all(one.get("schemeID") for one in every(root, "*/Party/EndpointID")),
        "BR-CO-26": bool(
            text(root, f"{seller}/PartyLegalEntity/CompanyID") or text(root, f"{seller}/PartyTaxScheme/CompanyID")
        ),
        "BR-CO-25": number(root, "LegalMonetaryTotal/PayableAmount") <= 0
        or bool(text(root, "DueDate") or text(root, "PaymentTerms/Note")),
        "BR-61": all(text(one, "PayeeFinancialAccount/ID") for one in every(root, "PaymentMeans")),
        "BR-29": text(root, "InvoicePeriod/StartDate") <= text(root, "InvoicePeriod/EndDate"),
        "BR-55": all(text(one, "InvoiceDocumentReference/ID") for one in every(root, "BillingReference")),
        "PEPPOL-EN16931-R051": {one.get("currencyID") for one in root.iter() if one.get("currencyID")}
        == {text(root, "DocumentCurrencyCode")},
        "BR-DEC": all(
            len((one.text or "").partition(".")[2]) <= 2
            for one in root.iter()
            if one.get("currencyID") and name_of(one) != "PriceAmount"
        ),
    }  # fmt: skip
    return broken + [rule for rule, holds in checks.items() if not holds]


def _adjusted(element: Element, path: str, indicator: str) -> Decimal:
    ones = [one for one in every(element, path) if text(one, "ChargeIndicator") == indicator]
    return sum((number(one, "Amount") for one in ones), Decimal(0))


def _sums(root: Element) -> list[str]:
    totals = find(root, "LegalMonetaryTotal")
    assert totals is not None
    lines = every(root, "InvoiceLine") + every(root, "CreditNoteLine")
    tax = number(root, "TaxTotal/TaxAmount")
    net, gross = number(totals, "TaxExclusiveAmount"), number(totals, "TaxInclusiveAmount")
    allowances, charges = number(totals, "AllowanceTotalAmount"), number(totals, "ChargeTotalAmount")
    payable = gross - number(totals, "PrepaidAmount") + number(totals, "PayableRoundingAmount")
    subtotals = every(root, "TaxTotal/TaxSubtotal")
    checks = {
        "BR-CO-10": number(totals, "LineExtensionAmount")
        == sum(number(one, "LineExtensionAmount") for one in lines),
        "BR-CO-11": allowances == _adjusted(root, "AllowanceCharge", "false"),
        "BR-CO-12": charges == _adjusted(root, "AllowanceCharge", "true"),
        "BR-CO-13": net == number(totals, "LineExtensionAmount") - allowances + charges,
        "BR-CO-14": tax == sum(number(one, "TaxAmount") for one in subtotals),
        "BR-CO-15": gross == net + tax,
        "BR-CO-16": number(totals, "PayableAmount") == payable,
        "BR-CO-18": bool(subtotals),
        "BR-16": bool(lines),
        "PEPPOL-EN16931-R053": len(every(root, "TaxTotal")) == 1,
    }
    return [rule for rule, holds in checks.items() if not holds]


def _taxes(root: Element) -> list[str]:
    base: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in every(root, "InvoiceLine") + every(root, "CreditNoteLine"):
        category = "Item/ClassifiedTaxCategory"
        base[text(line, f"{category}/ID"), text(line, f"{category}/Percent")] += number(
            line, "LineExtensionAmount"
        )
    for one in every(root, "AllowanceCharge"):
        sign = 1 if text(one, "ChargeIndicator") == "true" else -1
        base[text(one, "TaxCategory/ID"), text(one, "TaxCategory/Percent")] += sign * number(one, "Amount")
    broken = []
    groups = every(root, "TaxTotal/TaxSubtotal")
    keys = [(text(one, "TaxCategory/ID"), text(one, "TaxCategory/Percent")) for one in groups]
    if sorted(keys) != sorted(base):
        broken.append("BR-S-01")
    seller, buyer = "AccountingSupplierParty/Party", "AccountingCustomerParty/Party"
    vat_of_seller = "VAT" in {text(one, "TaxScheme/ID") for one in every(root, f"{seller}/PartyTaxScheme")}
    vat_of_buyer = "VAT" in {text(one, "TaxScheme/ID") for one in every(root, f"{buyer}/PartyTaxScheme")}
    for one, (category, percent) in zip(groups, keys, strict=True):
        taxable, amount = number(one, "TaxableAmount"), number(one, "TaxAmount")
        reason = text(one, "TaxCategory/TaxExemptionReason")
        half = Decimal("0.5") * Decimal(1).scaleb(
            amount.as_tuple().exponent
        )  # of the last digit that is printed
        rules = {
            "08": taxable == base[category, percent],
            "09": abs(amount - taxable * Decimal(percent or 0) / 100) <= half,
            "05": (Decimal(percent) > 0) if category == "S" else percent == ("" if category == "O" else "0"),
            "10": bool(reason) == (category not in ("S", "Z")),
            "02": {
                "AE": vat_of_seller and vat_of_buyer,
                "K": vat_of_seller and vat_of_buyer,
                "G": vat_of_seller,
                "O": not vat_of_seller and not vat_of_buyer,
            }.get(category, bool(text(root, f"{seller}/PartyTaxScheme/CompanyID"))),
            "11": category != "O" or len(groups) == 1,
            "12": category != "K"
            or bool(text(root, "Delivery/DeliveryLocation/Address/Country/IdentificationCode")),
        }
        broken += [f"BR-{category}-{rule}" for rule, holds in rules.items() if not holds]
    return broken


def _lines(root: Element) -> list[str]:
    broken = []
    lines = every(root, "InvoiceLine") + every(root, "CreditNoteLine")
    if len({text(line, "ID") for line in lines}) != len(lines):
        broken.append("BR-21")
    for line in lines:
        quantity = (
            find(line, "InvoicedQuantity")
            if name_of(line) == "InvoiceLine"
            else find(line, "CreditedQuantity")
        )
        assert quantity is not None
        price, per = number(line, "Price/PriceAmount"), number(line, "Price/BaseQuantity") or 1
        adjusted = _adjusted(line, "AllowanceCharge", "true") - _adjusted(line, "AllowanceCharge", "false")
        expected = Decimal(quantity.text or 0) * price / per + adjusted
        start, end = text(line, "InvoicePeriod/StartDate"), text(line, "InvoicePeriod/EndDate")
        inside = not start or text(root, "InvoicePeriod/StartDate") <= start <= end <= text(
            root, "InvoicePeriod/EndDate"
        )
        checks = {
            "BR-23": bool(quantity.get("unitCode")),
            "BR-25": bool(text(line, "Item/Name")),
            "BR-27": price >= 0,
            "BR-41": all(number(one, "Amount") >= 0 for one in every(line, "AllowanceCharge")),
            "BR-42": all(text(one, "AllowanceChargeReason") for one in every(line, "AllowanceCharge")),
            "PEPPOL-EN16931-R110": inside,
            "PEPPOL-EN16931-R120": abs(number(line, "LineExtensionAmount") - expected) <= Decimal("0.02"),
        }
        broken += [rule for rule, holds in checks.items() if not holds]
    return broken
