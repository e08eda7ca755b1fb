"""The closed sets of words that pricing speaks in."""

from enum import StrEnum


class ChargeMode(StrEnum):
    """Whether somebody is to pay for an entry."""

    BILLABLE = "billable"
    NO_CHARGE = "no_charge"  # shown to the customer at nought
    HIDDEN = "hidden"  # internal; the customer never sees it
    UNDECIDED = "undecided"


class Fixed(StrEnum):
    """How much of an entry may no longer change."""

    NOTHING = "nothing"  # draft or submitted
    VALUE = "value"  # approved: billed time and rate stand, what covers it may still change
    ALL = "all"  # invoiced: history that has drawn from balances


class Outcome(StrEnum):
    """Who pays for a priced line."""

    CHARGED = "charged"  # the customer, on an invoice
    COVERED = "covered"  # a prepaid balance, a fixed fee or a number of incidents
    NO_CHARGE = "no_charge"  # nobody; shown
    HIDDEN = "hidden"  # nobody; not shown
    UNDECIDED = "undecided"  # not yet known
    WRITTEN_OFF = "written_off"  # nobody; somebody decided so and said why
    CAPPED = "capped"  # nobody; what was agreed as the most for the period is reached
    HELD = "held"  # waits for the customer's consent
    BLOCKED = "blocked"  # should not have been done: the balance is used up and nothing may be charged on top


class Rung(StrEnum):
    """Where a rate comes from; the first that has one wins."""

    ENTRY = "entry"
    TICKET = "ticket"
    LINE = "line"
    CUSTOMER = "customer"
    BOOK = "book"


class Grouping(StrEnum):
    """Which entries are rounded together."""

    ENTRY = "entry"
    TICKET_DAY = "ticket_day"
    TICKET = "ticket"
    PERSON_DAY = "person_day"
    INVOICE = "invoice"  # everything of one billing period


class Direction(StrEnum):
    """Which way billed time goes to the next increment."""

    UP = "up"
    NEAREST = "nearest"
    DOWN = "down"


class Hours(StrEnum):
    """When a rule holds, by the customer's calendar; and how a work type looks at clocks."""

    ANY = "any"
    IN = "in"
    OUT = "out"


class Operation(StrEnum):
    """What a surcharge does to the rate."""

    REPLACE = "replace"  # value: minor units per hour
    ADD = "add"  # value: minor units per hour, perhaps negative
    MULTIPLY = "multiply"  # value: per mille, 1500 is one and a half times
    FEE = "fee"  # value: minor units, once for each group of entries that are rounded together


class Cover(StrEnum):
    """What an agreement line does for work that it covers."""

    NONE = "none"  # time and materials
    HOURS = "hours"  # draws seconds from a prepaid balance
    MONEY = "money"  # draws minor units from a retainer
    INCIDENTS = "incidents"  # draws one for each incident
    FLAT = "flat"  # paid by a fee: fixed fee, fixed price, or unit prices that include the work


class About(StrEnum):
    """What a condition of coverage looks at."""

    WORK_TYPE = "work_type"
    ROLE = "role"
    QUEUE = "queue"
    TICKET_TYPE = "ticket_type"
    SITE = "site"
    ASSET = "asset"
    PERSON = "person"
    HOURS = "hours"


class Fate(StrEnum):
    """What a balance says to a part of a demand."""

    COVERED = "covered"
    OVERFLOW = "overflow"  # charged, at the overflow rate if there is one
    AGREED = "agreed"  # charged likewise: the customer has consented
    HELD = "held"  # waits for consent
    BLOCKED = "blocked"
