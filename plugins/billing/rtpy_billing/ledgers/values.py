"""What a ledger is made of: lots that come in, demands that draw from them, movements that say what happened.

Quantities are integers in the ledger's own unit: seconds of work, minor units of money, or incidents.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rtpy_billing.periods.rhythm import Rhythm

FULL_WEIGHT = 1000


class Unit(StrEnum):
    """What a balance is counted in."""

    SECONDS = "seconds"
    MONEY = "money"
    INCIDENTS = "incidents"


class Kind(StrEnum):
    """Why a balance changed."""

    PURCHASE = "purchase"
    GRANT = "grant"
    TOP_UP = "top-up"
    USE = "use"
    ROLLOVER_IN = "rollover in"
    ROLLOVER_OUT = "rollover out"
    EXPIRY = "expiry"
    TRANSFER = "transfer"
    CORRECTION = "correction"
    REFUND = "refund"


# What the drawing itself works out; the others are facts that somebody entered or that a period brought.
COMPUTED = frozenset({Kind.USE, Kind.ROLLOVER_IN, Kind.ROLLOVER_OUT, Kind.EXPIRY})


class Order(StrEnum):
    """Which lot is drawn from first; what is left open, the earlier lot decides."""

    EXPIRY_FIRST = "expiry first"  # what expires first; of the same day, rollover before the period's grant
    ROLLOVER_FIRST = "rollover first"
    GRANT_FIRST = "grant first"  # the period's own grant before what was carried over and what was bought
    OLDEST_FIRST = "oldest first"


class AtZero(StrEnum):
    """What becomes of work that the balance no longer pays for."""

    OVERFLOW = "overflow"  # billed at the overflow rate
    NEGATIVE = "negative"  # the balance goes below zero, as far as `deficit_limit` lets it; the next lot pays it back
    CONSENT = "consent"  # held until the customer agrees to an amount
    BLOCK = "block"  # no new billable work


@dataclass(frozen=True, slots=True)
class Rollover:
    """How much of a period's grant may be carried over, and for how many periods.

    `limit` None carries everything, 0 nothing; else it is the most that may be carried at one time, what was carried
    before and is not yet used up included. What was carried over is not carried over again.
    """

    limit: int | None = 0
    periods: int = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """How one ledger is drawn from."""

    unit: Unit = Unit.SECONDS
    order: Order = Order.EXPIRY_FIRST
    at_zero: AtZero = AtZero.OVERFLOW
    deficit_limit: int | None = None  # only for AtZero.NEGATIVE: how far below zero; the rest overflows
    rollover: Rollover = field(default_factory=Rollover)
    only_when_paid: bool = False


@dataclass(frozen=True, slots=True)
class Lot:
    """One quantity that came in, and the days of work that it may pay for: `[usable_from, expires_on)`.

    `rolls`: what is left at `expires_on` may be carried over, as a period's grant is. `paid`: its invoice is paid, or
    needs no payment. `key` is unique in the ledger; the lots made by carrying over are `rollover_key(lot, day)`.
    """

    key: str
    kind: Kind
    quantity: int
    usable_from: date
    expires_on: date | None = None
    rolls: bool = False
    paid: bool = True

    def pays_for(self, day: date) -> bool:
        return self.usable_from <= day and (self.expires_on is None or day < self.expires_on)


@dataclass(frozen=True, slots=True)
class Demand:
    """Work that wants to be paid for by the ledger.

    `quantity` is in the ledger's unit before the weight; `weight` per mille, 2000 takes two hours for each hour
    worked. Demands are drawn in the order of (`worked_on`, `order`), never in that of typing; `order`
    holds what decides within a day, such as the start and the entry's number.
    """

    key: Hashable
    worked_on: date
    quantity: int
    weight: int = FULL_WEIGHT
    order: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.quantity < 0 or self.weight < 1:
            raise ValueError(f"a demand takes something: {self.quantity} at a weight of {self.weight}")


class Fate(StrEnum):
    """What becomes of a piece of a demand."""

    COVERED = "covered"
    OVERFLOW = "overflow"
    AGREED = "agreed"  # overflow that the customer consented to
    HELD = "held"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a demand: `quantity` of it, and `drawn` from `lot` (None: from below zero) if it is covered.

    `late`: the work was done in a period that is closed and draws from the first open one.
    """

    fate: Fate
    quantity: int
    drawn: int = 0
    lot: str | None = None
    late: bool = False

    @property
    def is_covered(self) -> bool:
        return self.fate is Fate.COVERED


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a ledger: positive in, negative out.

    `lot` is the lot it belongs to, None below zero. `source` says where it came from: the demand's key for a use.
    `frozen` movements are history: nothing computes them anew.
    """

    kind: Kind
    worked_on: date
    quantity: int
    lot: str | None
    source: Hashable = None
    frozen: bool = False


_TURN = {
    Kind.EXPIRY: 0,
    Kind.ROLLOVER_OUT: 0,
    Kind.USE: 3,
    Kind.REFUND: 2,
    Kind.TRANSFER: 2,
    Kind.CORRECTION: 2,
}


def in_turn(movement: Movement) -> tuple[date, int]:
    """A key to sort movements by: by day; of one day what ends goes before what comes in, and that before its use."""
    return movement.worked_on, _TURN.get(movement.kind, 1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much more than the balance the customer has agreed to, for work in `[usable_from, expires_on)`.

    Counted as the balance is, with weights.
    """

    key: str
    quantity: int
    usable_from: date
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that drawing needs to know about one balance.

    `lots` are all that ever came in, those made by carrying over only if they are frozen. `fixed` are movements that
    are not to be computed: uses that were invoiced, carrying over and expiry of closed periods, refunds, transfers
    away, negative corrections. Work from before `open_from` is late and draws from that day on. `rhythm` gives the
    lots made by carrying over their last day.
    """

    rules: Rules
    lots: tuple[Lot, ...] = ()
    fixed: tuple[Movement, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    open_from: date | None = None
    rhythm: Rhythm | None = None


def rollover_key(lot: str, day: date) -> str:
    """The key of the lot that holds what was left of `lot` on `day`; the same each time it is computed."""
    return f"{lot}>{day.isoformat()}"
