"""What `price()` is given: the customer, what was agreed, the rates and rules, and the work itself.

Everything is a plain frozen value, so an agreement that nobody saved can be priced as well as a real one. Time is whole
seconds; money is whole minor units of `Customer.currency`; rates are minor units per hour; multipliers and weights are
per mille. `worked_on` is the date where the person worked; dates of agreements are the customer's. Ranges of dates are
half-open; None as their end means "until further notice". Ids are those of rows; unsaved things may use negative ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from rtpy.calendars.open_hours import OpenHours
from rtpy_billing.money import Rounding
from rtpy_billing.pricing.line import PricedLine
from rtpy_billing.pricing.words import (
    About,
    ChargeMode,
    Cover,
    Direction,
    Fate,
    Fixed,
    Grouping,
    Hours,
    Operation,
    Rung,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """For whom the work was done; `id` None for work for nobody in particular."""

    id: int | None
    currency: str
    zone: str = "UTC"
    calendar: OpenHours | None = (
        None  # the agreed hours where no agreement says otherwise; None: always in hours
    )
    own: bool = False  # one's own organization: its work is hidden unless somebody says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkType:
    """What kind of work; `hours` IN or OUT says that its time counts so whatever the clock says."""

    id: int
    name: str
    charge_mode: ChargeMode | None = None
    hours: Hours = Hours.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundingRule:
    """Minimum, increment, grace and maximum (seconds) of a group; the closest rule that fits an entry holds.

    Closest: an agreement line's before the customer's before that of all; among these, a work type's own first.
    """

    id: int
    version: int = 1
    name: str = ""
    line_id: int | None = None
    of_customer: bool = False
    work_type_id: int | None = None
    grouping: Grouping = Grouping.TICKET_DAY
    minimum: int = 0
    increment: int = 0
    direction: Direction = Direction.UP
    grace: int = 0
    maximum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A row of one of the lower four rungs; `scope_id` is the ticket, line or customer, None for the price book."""

    id: int
    rung: Rung
    amount: int
    scope_id: int | None = None
    role_id: int | None = None
    work_type_id: int | None = None
    valid_from: date = date.min
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcharge:
    """Something that changes the rate at certain times or for certain work; `rung` and `scope_id` as for rates.

    Of all rungs the closest that has any surcharge which fits is taken, and all of its own that fit, by `order`; after
    one that is `last` no further one. `weekdays` (Monday is 0) empty: any day. `exceptions` True: only on dates with
    hours of their own (holidays), False: never on these. The weekday and the hours are the customer's.
    """

    id: int
    name: str
    rung: Rung
    operation: Operation
    value: int
    order: int = 0
    last: bool = False
    scope_id: int | None = None
    role_id: int | None = None
    work_type_id: int | None = None
    hours: Hours = Hours.ANY
    weekdays: frozenset[int] = frozenset()
    exceptions: bool | None = None
    valid_from: date = date.min
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of coverage: the entry's value is (or, `excluded`, is not) one of these."""

    about: About
    values: frozenset[int | str]
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an agreement as far as it matters for work: what it covers, and how.

    Lines are tried by `priority`, then id. `weight_in` and `weight_out` say how much of a balance a second (or a minor
    unit) takes in and out of hours. `overflow_rate` takes the place of the rate, before surcharges, for what a balance
    no longer covers. `cap` is the most that may be charged through this line in one billing period.
    """

    id: int
    agreement_id: int
    name: str
    cover: Cover = Cover.NONE
    priority: int = 0
    conditions: tuple[Condition, ...] = ()
    starts_on: date = date.min
    ends_on: date | None = None
    calendar: OpenHours | None = None
    charge_mode: ChargeMode | None = None
    default_role_id: int | None = None
    weight_in: int = 1000
    weight_out: int = 1000
    overflow_rate: int | None = None
    cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What pricing must know of a ticket."""

    id: int
    queue_id: int | None = None
    type: str = "ticket"
    site_id: int | None = None
    asset_ids: frozenset[int] = frozenset()
    role_id: int | None = None
    charge_mode: ChargeMode | None = None
    incident: str | None = None  # tickets with the same count as one incident; None: the ticket is its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One work entry. With clock times `started_at` and `ended_at` (aware); `worked_seconds` may be less (pauses).

    `role_id`, `line_id`, `charge_mode` and `rate` are what somebody chose for this entry; None: what follows from the
    rest. `period` is the first day of the invoice period it falls in, for rules that round or cap by period. `lines`
    are the priced lines it has, when `fixed` says that they are not all to be found anew.
    """

    id: int
    person_id: int
    worked_on: date
    worked_seconds: int
    ticket_id: int | None = None
    zone: str = "UTC"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    work_type_id: int | None = None
    role_id: int | None = None
    person_role_id: int | None = None
    line_id: int | None = None
    charge_mode: ChargeMode | None = None
    write_off_reason: str = ""
    rate: int | None = None
    site_id: int | None = None
    corrects: int | None = None
    period: date | None = None
    fixed: Fixed = Fixed.NOTHING
    lines: tuple[PricedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A piece of work that asks a balance for cover: seconds, minor units or one incident, before its weight."""

    entry_id: int
    segment: int
    on: date  # the customer's date of the work: what is drawn by
    quantity: int
    weight: int = 1000
    order: tuple[int, int, int] = (
        0,
        0,
        0,
    )  # begin (seconds since 1970, or 0), entry, segment: within the date


@dataclass(frozen=True, slots=True)
class Share:
    """What becomes of a part of a demand: `quantity` of it (before weight), `taken` from the lot `source` (weighted).

    `late`: the work is from a period that is closed and draws from the first open one.
    """

    fate: Fate
    quantity: int
    taken: int = 0
    source: str | None = None
    late: bool = False


class Draw(Protocol):
    """Prepaid balances, as pricing sees them: a port, which the ledgers fill.

    Asked for each stretch of work that a line with such a cover covers, in the order of work: the customer's date, then
    `order`. The quantities of the shares add up to the demand's. The OVERFLOW part is offered to the next line with a
    cover, so one `Draw` may keep several balances. What invoiced work has taken is in the balances already.
    """

    def __call__(self, line: Line, demand: Demand, /) -> Sequence[Share]:
        """Cover as much of the demand as there is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that decides about the price of one customer's work.

    `entries` holds what is to be priced and whatever shares a rounding group, an incident or a cap with it: invoiced
    entries (`Fixed.ALL`) are read and never returned.
    """

    customer: Customer
    entries: Sequence[Entry]
    tickets: Mapping[int, Ticket] = field(default_factory=dict)
    work_types: Mapping[int, WorkType] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    rates: Sequence[Rate] = ()
    surcharges: Sequence[Surcharge] = ()
    rounding_rules: Sequence[RoundingRule] = ()
    draw: Draw | None = None
    rounding: Rounding = Rounding.HALF_UP
