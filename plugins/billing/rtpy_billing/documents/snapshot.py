"""An invoice or a credit note as it was issued: everything that any output needs, and nothing that may change later.

It is stored as JSON with the invoice and read back years later, so: new fields have defaults, none is ever renamed.
Money is integer minor units of `currency`, periods are half-open local dates, rates are basis points.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from rtpy_billing.documents.stored import from_plain, to_plain
from rtpy_billing.money import Rounding
from rtpy_billing.taxes.values import Adjustment, Deduction, Tax, TaxGroup, Totals

VERSION = 1


class DocumentKind(StrEnum):
    """An invoice, or the note that takes one back; amounts of a credit note are positive too."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Unit(StrEnum):
    """What a quantity counts; the value is the code of UN/ECE Recommendation 20."""

    HOUR = "HUR"
    PIECE = "C62"
    DAY = "DAY"
    MONTH = "MON"
    YEAR = "ANN"
    KILOMETRE = "KMT"
    MILE = "SMI"
    LUMP_SUM = "LS"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a party has its seat; `country` is the code of two letters (ISO 3166)."""

    street: str = ""
    extra: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or a buyer, with the numbers under which others know it."""

    name: str
    address: Address = Address()
    legal_name: str = ""  # as registered, if it differs from the name
    vat_id: str = ""  # with the country before it: DE123456789
    tax_number: str = ""  # the local tax office's number
    registration: str = ""  # company register
    registration_scheme: str = ""  # ISO 6523 code of that register, if it has one
    endpoint: str = ""  # electronic address (Peppol)
    endpoint_scheme: str = ""  # its scheme, of four digits: 0088, 9930 ...
    customer_number: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where to pay: an IBAN (or another account number with the bank's routing number)."""

    account: str
    bic: str = ""
    holder: str = ""
    bank: str = ""
    routing: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `net` = quantity * unit_price / price_base, rounded once, less the discount.

    `seconds` is the work behind the line where the quantity does not say it (one line for the whole period).
    `requests` are the numbers of the customer's requests; `heading` groups lines that follow each other in print.
    """

    position: int
    text: str
    quantity: Fraction
    unit: Unit
    unit_price: int
    gross: int
    discount: int
    net: int
    tax: Tax
    price_base: int = 1
    discount_rate: int = 0
    discount_reason: str = ""
    details: tuple[str, ...] = ()
    heading: str = ""
    period_start: date | None = None
    period_end: date | None = None  # the day after the last
    requests: tuple[int, ...] = ()
    seconds: int | None = None
    purchase_order: str = ""
    order_line: str = ""
    item_code: str = ""
    account: str = ""  # the seller's revenue account, for exports
    is_no_charge: bool = False
    source: str = ""  # what the line came of, for ourselves ("agreement_line:12"); never printed


def names_requests(line: Line) -> bool:
    """Whether the text of the line names its requests already, so that nothing has to say them once more."""
    named = set(re.findall(r"#(\d+)", line.text))
    return all(str(number) in named for number in line.requests)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One entry in the annex: what was done, by whom (a name or a role), how long; only what the customer may read."""

    day: date
    text: str
    seconds: int
    who: str = ""
    work_type: str = ""
    request: int | None = None
    note: str = ""  # "no charge", "covered by the block"
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Preceding:
    """The invoice that a credit note takes back, and why."""

    number: str
    issued_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole document. `number` is empty as long as it is a preview, and then every output says so."""

    kind: DocumentKind
    number: str
    issued_on: date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    groups: tuple[TaxGroup, ...]
    totals: Totals
    due_on: date | None = None
    period_start: date | None = None
    period_end: date | None = None  # the day after the last
    adjustments: tuple[Adjustment, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    bank_accounts: tuple[BankAccount, ...] = ()
    payment_reference: str = ""
    terms: str = ""
    notes: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()  # register, court, directors
    buyer_reference: str = ""
    purchase_order: str = ""
    agreement: str = ""
    preceding: Preceding | None = None
    delivery_country: str = ""
    language: str = "en"
    accent: str = ""  # the colour of the seller's documents, #rrggbb
    annex: tuple[WorkRow, ...] = ()
    payable_step: int = 1  # what is to pay is a multiple of so many minor units
    rounding: Rounding = Rounding.HALF_UP
    extra: tuple[tuple[str, str], ...] = ()  # further rows beside the address: label and text

    @property
    def is_preview(self) -> bool:
        return not self.number

    def to_json(self) -> dict[str, Any]:  # JSON has no narrower type
        """As plain values, ready for a JSON column."""
        return {"version": VERSION, **to_plain(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Snapshot":
        """What `to_json` gave, of this version or an older one."""
        return from_plain(cls, stored)
