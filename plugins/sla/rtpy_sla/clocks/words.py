"""The closed sets that everything about clocks speaks in."""

from enum import StrEnum


class Ball(StrEnum):
    """Who has to do the next step."""

    US = "us"
    CUSTOMER = "customer"
    THIRD = "third"
    """Somebody outside: a maker, a carrier."""
    SCHEDULED = "scheduled"
    """Nobody: it waits for a moment that was agreed."""


class Target(StrEnum):
    """What can be promised; each has clocks of its own on a ticket."""

    ACKNOWLEDGE = "acknowledge"
    """From creation until somebody owns it or somebody of the staff touches it. Creating it is no touch."""
    FIRST_RESPONSE = "first_response"
    """From creation until the first public message of a human of the staff. A ticket that began with such a message
    owes none: what the customer answers to it is owed a NEXT_RESPONSE."""
    NEXT_RESPONSE = "next_response"
    """From the oldest unanswered message of the customer until the public answer; a cycle for each time. Never beside a
    first response that is still owed."""
    UPDATE = "update"
    """From our last public message until the next one, while the ticket is active; a cycle for each. Never before the
    first response."""
    RESOLUTION = "resolution"
    """From creation until the ticket is resolved."""
    WAITING = "waiting"
    """How long the customer waited: from creation until resolved, only while the ball is ours, whatever a term says."""
    EFFORT = "effort"
    """The same, but only while the ticket is open with somebody of ours who owns it."""
    INTERNAL = "internal"
    """From a hand-over to another queue until it is handed back to the first one, or on; a cycle for each."""
    SUPPLIER = "supplier"
    """From the moment at which a third party has the ball until it is ours again; a cycle for each."""
    PROMISE = "promise"
    """From the message that gave a date until the promise is kept; its due moment is that date."""


NEVER_PAUSE = frozenset({Target.ACKNOWLEDGE, Target.FIRST_RESPONSE, Target.PROMISE, Target.SUPPLIER})
REPEATING = frozenset({Target.NEXT_RESPONSE, Target.UPDATE, Target.INTERNAL, Target.SUPPLIER, Target.PROMISE})
MEASURED = frozenset({Target.WAITING, Target.EFFORT})
"""Counted for reports; they have a due moment only where a policy gives them one."""


class State(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    """What was promised happened, in time or late."""
    STOPPED = "stopped"
    """It does not count: the policy or its term went, the ticket was merged, deleted or rejected. Clocks of a ticket
    that is brought back from a void status go on."""


class Verdict(StrEnum):
    """How a clock counts in reports."""

    OPEN = "open"
    MET = "met"
    MISSED = "missed"
    EXCUSED = "excused"
    NONE = "none"
    """Measured without a target, or stopped before it was missed."""


class Unit(StrEnum):
    """What the number of a target counts."""

    BUSINESS = "business"
    """Seconds of the calendar's hours."""
    WALL = "wall"
    """Seconds of any clock."""
    DAYS = "days"
    """Business days: due at the close of the n-th one after the day of the start. A day whose close falls into a pause
    is not one of the n. What has counted, is left and was paused is in seconds of the calendar all the same."""


class Retarget(StrEnum):
    """What becomes of the clocks that run when another policy or priority holds."""

    KEEP = "keep"
    FROM_NOW = "now"
    FROM_CREATION = "creation"
    """From the start of each clock that runs."""


class Reopening(StrEnum):
    """What a reopened ticket does with the clock of its resolution."""

    CONTINUE = "continue"
    RESTART = "restart"
    NEVER = "never"
