"""What a customer is told of the work and the balances of a stretch of days: a value for the page and the PDF.

It has public parts only: whatever is put in here, the customer may read. Time is seconds, money minor units of
`currency`, days are the customer's, periods half-open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from rtpy_billing.documents.snapshot import Party
from rtpy_billing.documents.stored import from_plain, to_plain

STATEMENT_VERSION = 1


class Detail(StrEnum):
    """How much of the work a customer is shown; balances and invoices always."""

    BALANCE = "balance"
    REQUESTS = "requests"
    ENTRIES = "entries"


class BalanceUnit(StrEnum):
    """What a balance counts."""

    SECONDS = "seconds"
    MONEY = "money"
    INCIDENTS = "incidents"


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One sum of a balance: what came in (positive) or went out; `kind` is a kind of movement of ledgers."""

    kind: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    """So much will be lost on that day."""

    quantity: int
    expires_on: date


@dataclass(frozen=True, slots=True)
class BalanceShown:
    """A prepaid balance: what is left first, how it came to that, and how long it will last.

    `remaining` is never negative; `over` says how much more was done than was there. `used_percent` is of the supply
    that is there at the end. `empty_on` is a forecast, None if it will not be used up at this pace.
    """

    name: str
    unit: BalanceUnit
    opening: int
    rows: tuple[BalanceRow, ...]
    closing: int
    used_percent: int = 0
    empty_on: date | None = None
    expiring: tuple[ExpiringRow, ...] = ()

    @property
    def remaining(self) -> int:
        return max(self.closing, 0)

    @property
    def over(self) -> int:
        return max(-self.closing, 0)


@dataclass(frozen=True, slots=True)
class RequestTotal:
    """One request and the approved work on it; `number` None for work without a request.

    `amount` is what is charged on top of balances and fees.
    """

    number: int | None
    subject: str
    seconds: int
    covered_seconds: int
    amount: int


@dataclass(frozen=True, slots=True)
class WorkShown:
    """One approved entry with the words that were written for the customer. `key` is what a question is asked by."""

    key: int
    day: date
    request: int | None
    who: str
    work_type: str
    note: str
    seconds: int
    covered_seconds: int
    amount: int
    is_no_charge: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """An invoice or a credit note of these days; `key` finds its PDF and its structured file."""

    key: int
    number: str
    is_credit: bool
    issued_on: date
    total: int
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """All of it: the days `[start, end)`, balances, work as far as `detail` goes, invoices."""

    customer: str
    start: date
    end: date
    currency: str
    detail: Detail
    balances: tuple[BalanceShown, ...] = ()
    requests: tuple[RequestTotal, ...] = ()
    work: tuple[WorkShown, ...] = ()
    invoices: tuple[InvoiceShown, ...] = ()
    seller: Party | None = None
    language: str = "en"
    accent: str = ""

    def to_json(self) -> dict[str, Any]:  # JSON has no narrower type
        """As plain values, for the PDF and for programs."""
        return {"version": STATEMENT_VERSION, **to_plain(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Statement":
        """What `to_json` gave."""
        return from_plain(cls, stored)
