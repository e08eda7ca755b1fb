"""What an electronic invoice still lacks, in sentences that say where to mend it; asked before issuing.

These are the rules of EN 16931 and Peppol BIS Billing 3.0 that depend on what people enter; the sums agree anyway.
"""

from collections.abc import Iterator

from rtpy.errors import Problem
from rtpy_billing.documents.codes import COUNTRIES, ENDPOINT_SCHEME, bare, is_endpoint, is_iban, is_vat_id
from rtpy_billing.documents.snapshot import DocumentKind, Party, Snapshot
from rtpy_billing.money import exponent
from rtpy_billing.taxes.treatment import VAT_PREFIXES
from rtpy_billing.taxes.values import TaxCategory

WITH_BOTH_VAT_IDS = frozenset({TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY})


def problems(document: Snapshot) -> tuple[Problem, ...]:
    """All that keeps this document from being sent as an electronic invoice; nothing if it may go.

    The field of each is the snapshot's (`buyer.endpoint`, `lines.3.text`). That a preview has no number is no problem.
    """
    return tuple(Problem(field, sentence) for ask in QUESTIONS for field, sentence in ask(document))


Found = Iterator[tuple[str, str]]


def _references(document: Snapshot) -> Found:
    if not document.buyer_reference.strip() and not document.purchase_order.strip():
        yield (
            "buyer_reference",
            "There is neither a buyer reference nor a purchase order; enter one of them for the customer or agreement.",
        )
    if document.kind is DocumentKind.CREDIT_NOTE and document.preceding is None:
        yield "preceding", "The credit note does not say which invoice it takes back."
    if document.totals.payable > 0 and document.due_on is None and not document.terms.strip():
        yield "due_on", "There is neither a due date nor a sentence about the terms of payment."


def _parties(document: Snapshot) -> Found:
    yield from _party(document.seller, "seller", "The seller")
    yield from _party(document.buyer, "buyer", "The customer")


def _party(party: Party, field: str, who: str) -> Found:
    if not party.name.strip():
        yield f"{field}.name", f"{who} has no name."
    country = party.address.country
    if not country:
        yield f"{field}.country", f"{who} has no country in the address."
    elif country not in COUNTRIES:
        yield (
            f"{field}.country",
            f"“{country}” in the address of {who.lower()} is not the code of a country (like DE).",
        )
    if not party.endpoint.strip():
        yield (
            f"{field}.endpoint",
            f"{who} has no electronic address (endpoint id, such as a GLN or a Leitweg-ID).",
        )
    elif not ENDPOINT_SCHEME.fullmatch(party.endpoint_scheme):
        yield (
            f"{field}.endpoint_scheme",
            f"The electronic address of {who.lower()} needs the code of its scheme: 0088 for a GLN, "
            "0204 for a Leitweg-ID.",
        )
    elif not is_endpoint(party.endpoint, party.endpoint_scheme):
        yield (
            f"{field}.endpoint",
            f"The electronic address “{party.endpoint}” of {who.lower()} does not fit the scheme "
            f"{party.endpoint_scheme}: a digit is wrong or missing.",
        )
    if party.vat_id and not is_vat_id(party.vat_id):
        yield (
            f"{field}.vat_id",
            f"The VAT number “{party.vat_id}” of {who.lower()} does not begin with a country, like DE123456789.",
        )
    elif party.vat_id and bare(party.vat_id)[:2] not in COUNTRIES | set(VAT_PREFIXES):
        yield (
            f"{field}.vat_id",
            f"The VAT number “{party.vat_id}” of {who.lower()} does not begin with a country.",
        )


def _taxes(document: Snapshot) -> Found:
    seller, buyer = document.seller, document.buyer
    categories = {group.tax.category for group in document.groups}
    outside = TaxCategory.OUTSIDE_SCOPE in categories
    if outside and len(categories) > 1:
        yield (
            "lines",
            "Lines outside the scope of tax and others cannot stand on one electronic invoice; make two of it.",
        )
    if outside and not seller.registration.strip():
        # Then the VAT number must not be said (BR-O-02), and something else has to (BR-CO-26).
        yield "seller.registration", "Without tax, the seller needs a register number to be known by."
    elif not outside and not seller.vat_id and not seller.tax_number:
        yield "seller.vat_id", "The seller has neither a VAT number nor a tax number."
    elif not outside and not seller.vat_id and not seller.registration:
        yield "seller.vat_id", "The seller has neither a VAT number nor a register number to be known by."
    if categories & (WITH_BOTH_VAT_IDS | {TaxCategory.EXPORT}) and not seller.vat_id:
        yield (
            "seller.vat_id",
            "An invoice without tax for a customer abroad needs the VAT number of the seller.",
        )
    if categories & WITH_BOTH_VAT_IDS and not buyer.vat_id:
        yield "buyer.vat_id", "Reverse charge and intra-Community supply need the VAT number of the customer."
    for group in document.groups:
        if group.tax.category.needs_reason and not group.tax.reason.strip():
            yield (
                "lines",
                f"The lines without tax (category {group.tax.category}) do not say why there is none.",
            )


def _lines(document: Snapshot) -> Found:
    if not document.lines:
        yield "lines", "There is no line on it."
    for line in document.lines:
        field = f"lines.{line.position}"
        if not line.text.strip():
            yield f"{field}.text", f"Line {line.position} has no description."
        if line.period_start and line.period_end and line.period_end <= line.period_start:
            yield f"{field}.period_end", f"The period of line {line.position} ends before it begins."
    if document.period_start and document.period_end and document.period_end <= document.period_start:
        yield "period_end", "The period ends before it begins."


def _money(document: Snapshot) -> Found:
    for account in document.bank_accounts:
        looks_like_iban = bare(account.account)[:2].isalpha()
        if not account.account.strip():
            yield "bank_accounts", "A bank account of the seller has no number."
        elif looks_like_iban and not is_iban(account.account):
            yield "bank_accounts", f"The IBAN {account.account} is mistyped: its check digits do not agree."
    if exponent(document.currency) <= 2:
        return
    totals = document.totals
    amounts = [line.net for line in document.lines] + [line.discount for line in document.lines]
    amounts += [one.amount for one in document.adjustments] + [one.basis or 0 for one in document.adjustments]
    amounts += [amount for group in document.groups for amount in (group.taxable, group.amount)]
    amounts += [totals.net, totals.gross, totals.paid, totals.rounding, totals.payable]
    if any(amount % 10 for amount in amounts):
        yield (
            "currency",
            f"Amounts of {document.currency} with three decimals do not fit on an electronic invoice; it has two.",
        )


QUESTIONS = (_references, _parties, _taxes, _lines, _money)
