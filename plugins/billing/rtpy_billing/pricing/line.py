"""What `price()` gives: lines with their amounts and the steps that led to them, as data that can be stored."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from rtpy_billing.pricing.words import Outcome, Rung

Fact: TypeAlias = "str | int | bool | list[Fact] | dict[str, Fact] | None"


class StepKind(StrEnum):
    """What a step explains; the facts of each are told beside it."""

    ROLE = "role"  # role_id, source: entry | agreement | ticket | person | none
    AGREEMENT_LINE = "agreement_line"  # line_id, name, source: entry | conditions | none
    HOURS = "hours"  # in_hours, day, exception, calendar (its name), source: clock | day | work_type | always
    CHARGE_MODE = "charge_mode"  # mode, source: entry | ticket | agreement | own | work_type | default
    ROUNDING = (
        "rounding"  # rule_id, version, name, grouping, entries (how many), worked, then each stage, billed
    )
    SHARE = "share"  # worked, billed: what of its group this stretch got
    RATE = "rate"  # rung, rate_id, rate, ladder: one rung each {rung, rate_id, rate, by, won}
    SURCHARGE = "surcharge"  # surcharge_id, name, rung, operation, value, before, after
    FEE = "fee"  # surcharge_id, name, rung, amount
    COVER = "cover"  # line_id, name, cover, asked, covered, weight, taken, late, fates
    OVERFLOW = "overflow"  # line_id, before, after: rates
    CAP = "cap"  # line_id, cap, charged: before this line
    WRITE_OFF = "write_off"  # reason
    CORRECTED = (
        "corrected"  # original_id or by_id, billed: time that a correction took back before it was invoiced
    )


COVERING = frozenset(
    {StepKind.COVER, StepKind.OVERFLOW, StepKind.CAP, StepKind.WRITE_OFF, StepKind.CORRECTED}
)
"""Steps that are taken anew until the invoice; all others belong to the value and freeze with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation: typed data, told in words only where it is shown."""

    kind: StepKind
    facts: dict[str, Fact] = field(default_factory=dict)

    def to_json(self) -> dict[str, Fact]:
        """As it is stored."""
        return {"kind": self.kind.value, **self.facts}

    @classmethod
    def from_json(cls, stored: dict[str, Fact]) -> "Step":
        """As it was stored."""
        facts = {name: value for name, value in stored.items() if name != "kind"}
        return cls(StepKind(str(stored["kind"])), facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One part of an entry: one stretch at one rate that one side pays for.

    `segment` counts the stretches of the entry from 1 (cut at midnights and at the ends of agreed hours); a stretch
    that several sides pay for has a line for each, `part` 1 and up. `worked_on` is the worker's date, `customer_on` the
    customer's. `rate` (with surcharges) is None where no rung has any; `charged_rate` is the unit price of what is
    charged, which differs for overflow. `value` is what the line is worth at full price; `amount` is what is charged:
    nought unless `outcome` is CHARGED. `lump` lines are amounts in themselves (a fee, the rest of a retainer, a cap)
    and not seconds times rate; a fee names its surcharge in `fee_id`. `taken` is what a balance gave, weighted, and
    `sources` from which lots.
    """

    entry_id: int
    segment: int
    part: int = 1
    started_at: datetime | None = None
    ended_at: datetime | None = None
    worked_on: date
    customer_on: date
    in_hours: bool = True
    exception: bool = False
    worked_seconds: int
    billed_seconds: int
    role_id: int | None = None
    work_type_id: int | None = None
    line_id: int | None = None
    rung: Rung | None = None
    rate_id: int | None = None
    rate: int | None = None
    charged_rate: int | None = None
    fee_id: int | None = None
    currency: str
    value: int = 0
    outcome: Outcome = Outcome.CHARGED
    amount: int = 0
    lump: bool = False
    taken: int = 0
    sources: tuple[tuple[str, int], ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def exact(self) -> Fraction:
        """What is charged before rounding: an invoice line adds these up and rounds once."""
        if self.outcome is not Outcome.CHARGED:
            return Fraction(0)
        if self.lump or self.charged_rate is None:
            return Fraction(self.amount)
        return Fraction(self.billed_seconds * self.charged_rate, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """Lines of all entries that are not invoiced, by entry, segment and part; and how each group was rounded."""

    lines: tuple[PricedLine, ...]
    steps: tuple[Step, ...] = ()

    def of_entry(self, entry_id: int) -> tuple[PricedLine, ...]:
        """The lines of one entry."""
        return tuple(line for line in self.lines if line.entry_id == entry_id)

    @property
    def total(self) -> int:
        """The sum of what is charged, each line rounded for itself."""
        return sum(line.amount for line in self.lines)
