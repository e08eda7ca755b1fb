"""A snapshot as the plain texts that a page shows; all wording, dates and sums are made here, none in the template."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from rtpy_billing.documents.codes import bare, is_iban
from rtpy_billing.documents.countries import country_name
from rtpy_billing.documents.snapshot import (
    Address,
    BankAccount,
    DocumentKind,
    Line,
    Party,
    Snapshot,
    Unit,
    names_requests,
)
from rtpy_billing.documents.words import NARROW, Language, clock
from rtpy_billing.taxes.values import TaxGroup

ACCENT = "#1f3a5f"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
COUNTRIES_WITH_LETTER_PAPER = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE"})
Plain = dict[str, Any]  # Any: JSON for the template


def print_document(document: Snapshot) -> Plain:
    """All that stands on the pages of an invoice or credit note."""
    say = Language(document.language)
    is_invoice = document.kind is DocumentKind.INVOICE
    title = say.word("invoice" if is_invoice else "credit_note")
    preview = say.word("preview" if is_invoice else "preview_credit")
    return {
        **letter(document.seller, document.buyer, say, document.accent),
        "title": f"{title} {document.number}" if document.number else preview,
        "preview": preview if document.is_preview else "",
        "facts": [[label, text] for label, text in _facts(document, say) if text],
        "with_discount": any(line.discount for line in document.lines),
        "columns": [
            say.word("position"),
            say.word("description"),
            say.word("quantity"),
            say.word("unit_price"),
            say.word("tax_rate"),
            f"{say.word('amount')} {document.currency}",
        ],
        "rows": _rows(document, say),
        "brought": say.word("brought"),
        "carried": say.word("carried"),
        "totals": _totals(document, say),
        "reasons": [group.tax.reason for group in document.groups if group.tax.reason],
        "paragraphs": _paragraphs(document, say),
        "payment": _payment(document, say),
        "payment_title": say.word("bank"),
        "scan": say.word("scan"),
        "annex": _annex(document, say),
        "footer": [column for column in _footer(document, say) if column],
    }


def letter(seller: Party, buyer: Party, say: Language, accent: str = "") -> Plain:
    """What every letter has: paper, colour, language, the sender's line above the address, page words."""
    return {
        "language": say.code,
        "paper": "us-letter" if seller.address.country in COUNTRIES_WITH_LETTER_PAPER else "a4",
        "accent": accent if COLOUR.fullmatch(accent) else ACCENT,
        "sender": seller.name,
        "sender_line": " · ".join(
            text for text in (seller.legal_name or seller.name, *_place(seller.address)) if text
        ),
        "address": address_lines(buyer, seller.address.country, say),
        "page": say.word("page", page="|", pages="|").split("|"),
        "logo_text": say.word("logo", name=seller.name),
    }


def address_lines(party: Party, home: str, say: Language) -> list[str]:
    """The address as it stands in a window; the country only if it is another one than the sender's."""
    one = party.address
    lines = [party.legal_name or party.name, one.extra, one.street, *_place(one)[1:]]
    if one.country and one.country != home:
        lines.append(country_name(one.country, say.code).upper())
    return [line for line in lines if line]


def columns(
    document_seller: Party, accounts: tuple[BankAccount, ...], legal: tuple[str, ...], say: Language
) -> list[list[str]]:
    """The columns at the foot of every page: address, ways to reach us, numbers and register, bank."""
    seller = document_seller
    numbers = [f"{say.word('vat_id')} {seller.vat_id}"] if seller.vat_id else []
    if seller.tax_number:
        numbers.append(f"{say.word('tax_number')} {seller.tax_number}")
    bank = [line for account in accounts[:1] for line in _account_lines(account, say)]
    found = [
        [seller.legal_name or seller.name, *_place(seller.address)],
        [text for text in (seller.phone, seller.email, seller.website) if text],
        [*numbers, *legal],
        bank,
    ]
    return [column for column in found if column]


def _place(one: Address) -> list[str]:
    """Street, then town; the town's order is the country's."""
    town = " ".join(text for text in (one.postcode, one.city) if text)
    if one.country in ("US", "CA", "AU", "GB", "IE"):
        town = " ".join(text for text in (one.city, one.region, one.postcode) if text)
    return [one.street, town]


def _span(start: date | None, end: date | None, say: Language) -> str:
    if start is None or end is None:
        return ""
    last = end - timedelta(days=1)
    return say.day(start) if last <= start else say.word("from_to", start=say.day(start), end=say.day(last))


def _facts(document: Snapshot, say: Language) -> Iterator[tuple[str, str]]:
    yield say.word("number"), document.number
    yield say.word("issued_on"), say.day(document.issued_on)
    if document.due_on and document.kind is DocumentKind.INVOICE:
        yield say.word("due_on"), say.day(document.due_on)
    yield say.word("period"), _span(document.period_start, document.period_end, say)
    if document.preceding:
        before = document.preceding
        taken = say.word("preceding_of", number=before.number, date=say.day(before.issued_on))
        yield say.word("preceding"), taken
    yield say.word("customer_number"), document.buyer.customer_number
    yield say.word("your_vat_id"), document.buyer.vat_id
    yield say.word("buyer_reference"), document.buyer_reference
    yield say.word("purchase_order"), document.purchase_order
    yield say.word("agreement"), document.agreement
    yield from document.extra


def _rows(document: Snapshot, say: Language) -> list[Plain]:
    """The lines with their headings; each row knows the sum so far, for the foot of a page that ends there."""
    rows: list[Plain] = []
    heading, running = "", 0
    for line in document.lines:
        if line.heading and line.heading != heading:
            rows.append({"heading": line.heading})
        heading = line.heading
        running += line.net
        rows.append({**_row(line, document, say), "running": say.money(running, document.currency)})
    if rows:
        rows[-1]["running"] = ""  # nothing is carried on from the last line
    return rows


def _row(line: Line, document: Snapshot, say: Language) -> Plain:
    quantity = [say.quantity(line.quantity, line.unit)]
    if line.unit is Unit.HOUR:
        quantity.append(clock(round(line.quantity * 3600)))
    price = [say.money(line.unit_price, document.currency)]
    if line.price_base != 1:
        price.append(say.word("per", count=f"{line.price_base:,}".replace(",", NARROW)))
    if line.discount:
        share = f" {say.rate(line.discount_rate)}" if line.discount_rate and not line.is_no_charge else ""
        price.append(f"{line.discount_reason or say.word('discount')}{share}")
    return {
        "position": str(line.position),
        "text": line.text,
        "details": list(line.details),
        "small": _small_print(line, document, say),
        "quantity": quantity,
        "price": price,
        "tax": say.rate(line.tax.rate),
        "amount": say.word("no_charge") if line.is_no_charge else say.money(line.net, document.currency),
    }


def _small_print(line: Line, document: Snapshot, say: Language) -> str:
    parts = []
    if line.requests and not names_requests(line):
        numbers = ", ".join(f"#{number}" for number in line.requests)
        parts.append(f"{say.word('request' if len(line.requests) == 1 else 'requests')} {numbers}")
    if (line.period_start, line.period_end) != (document.period_start, document.period_end):
        parts.append(_span(line.period_start, line.period_end, say))
    says_time = line.unit is Unit.HOUR and line.quantity * 3600 == line.seconds
    if line.seconds is not None and not says_time:
        parts.append(say.word("work_behind", time=f"{clock(line.seconds)}{NARROW}h"))
    if line.purchase_order and line.purchase_order != document.purchase_order:
        parts.append(f"{say.word('order')} {line.purchase_order}")
    return " · ".join(part for part in parts if part)


def _totals(document: Snapshot, say: Language) -> list[Plain]:
    totals, currency = document.totals, document.currency
    rows: list[tuple[str, int, str]] = []
    if document.adjustments:
        rows.append((say.word("lines"), totals.lines, ""))
    for one in document.adjustments:
        rate = f" {say.rate(one.rate)}" if one.rate is not None else ""
        several = len({(other.tax.category, other.tax.rate) for other in document.adjustments}) > 1
        of = f" ({say.word('tax_rate')} {say.rate(one.tax.rate)})" if several else ""
        rows.append((f"{one.reason}{rate}{of}", one.signed, ""))
    rows.append((say.word("net"), totals.net, "line"))
    rows += [(_tax_words(group, currency, say), group.amount, "") for group in document.groups]
    deducted = bool(document.deductions) or bool(totals.rounding)
    is_invoice = document.kind is DocumentKind.INVOICE
    last = say.word("payable" if is_invoice else "credited")
    if deducted:
        rows.append((say.word("gross"), totals.gross, "line"))
        rows += [(one.text, -one.amount, "") for one in document.deductions]
        if totals.rounding:
            rows.append((say.word("rounding"), totals.rounding, ""))
    shown = [
        {"label": label, "amount": say.money(amount, currency), "weight": weight}
        for label, amount, weight in rows
    ]
    return [*shown, {"label": last, "amount": say.total(totals.payable, currency), "weight": "strong"}]


def _tax_words(group: TaxGroup, currency: str, say: Language) -> str:
    kind = "tax_of" if group.tax.category.bears_tax else "untaxed_of"
    name = group.tax.name or say.word("tax")
    return say.word(kind, name=name, rate=say.rate(group.tax.rate), base=say.money(group.taxable, currency))


def _paragraphs(document: Snapshot, say: Language) -> list[str]:
    found = []
    if document.preceding and document.preceding.reason:
        found.append(f"{say.word('reason')}: {document.preceding.reason}")
    is_to_pay = document.kind is DocumentKind.INVOICE and document.totals.payable > 0
    if document.terms:
        found.append(document.terms)
    elif is_to_pay and document.due_on:
        reference = document.payment_reference or document.number
        by = say.day(document.due_on)
        found.append(
            say.word("pay_by", date=by, reference=reference)
            if reference
            else say.word("pay_by_plain", date=by)
        )
    return [*found, *document.notes]


def _payment(document: Snapshot, say: Language) -> list[list[list[str]]]:
    """For each bank account its rows of label and text; none where nothing is to be paid."""
    if document.kind is not DocumentKind.INVOICE or document.totals.payable <= 0:
        return []
    reference = document.payment_reference or document.number
    return [
        [
            [label, text]
            for label, text in (
                (
                    say.word("account_holder"),
                    account.holder or document.seller.legal_name or document.seller.name,
                ),
                (say.word("iban" if is_iban(account.account) else "account"), spaced(account.account)),
                (say.word("bic"), account.bic),
                (say.word("routing"), account.routing),
                (say.word("bank_name"), account.bank),
                (say.word("reference"), reference),
            )
            if text
        ]
        for account in document.bank_accounts
    ]


def _account_lines(account: BankAccount, say: Language) -> list[str]:
    label = say.word("iban" if is_iban(account.account) else "account")
    lines = [account.bank, f"{label} {spaced(account.account)}"]
    return [*(line for line in lines if line), *([f"{say.word('bic')} {account.bic}"] if account.bic else [])]


def spaced(account: str) -> str:
    """An IBAN in groups of four, as people read it; anything else as it is."""
    if not is_iban(account):
        return account
    iban = bare(account)
    return "\u00a0".join(iban[place : place + 4] for place in range(0, len(iban), 4))


def _footer(document: Snapshot, say: Language) -> list[list[str]]:
    return columns(document.seller, document.bank_accounts, document.footer, say)


def _annex(document: Snapshot, say: Language) -> Plain | None:
    if not document.annex:
        return None
    with_amounts = any(row.amount is not None for row in document.annex)
    heads = [say.word(name) for name in ("day", "request", "description", "who", "time")]
    return {
        "title": say.word("annex"),
        "columns": [*heads, f"{say.word('amount')} {document.currency}"] if with_amounts else heads,
        "rows": [
            [
                say.day(row.day),
                f"#{row.request}" if row.request else "",
                [row.text, " · ".join(text for text in (row.work_type, row.note) if text)],
                row.who,
                clock(row.seconds),
                *(
                    [say.money(row.amount, document.currency) if row.amount is not None else ""]
                    if with_amounts
                    else []
                ),
            ]
            for row in document.annex
        ],
        "sum": [say.word("sum"), clock(sum(row.seconds for row in document.annex))],
    }
