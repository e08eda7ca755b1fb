"""What happened to a ticket, as far as clocks care: read from its transactions, in order of time."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class FactKind(StrEnum):
    """Kinds of what happened; `text` and `number` of the fact say more."""

    CREATED = "created"
    """`text`: the first status; `number`: the first priority; `data`: queue, owner (true when somebody owns it), by_us
    (true when a human of the staff began it with a public message to the customer). Only the first fact is one."""
    CUSTOMER_SPOKE = "customer_spoke"
    """A public message by anybody who is not our staff here, requestors who are staff elsewhere included."""
    STAFF_SPOKE = "staff_spoke"
    """A public message by a human of the staff; a logged call to the customer too."""
    STAFF_TOUCHED = "staff_touched"
    """Anything else that a human of the staff did: a comment, a change. A change of status, queue or priority by one is
    two facts of the same number, this and that."""
    MACHINE_SPOKE = "machine_spoke"
    """An automatic public message: it answers nobody."""
    OWNED = "owned"
    """`text`: "1" when somebody has it now, "" when nobody."""
    STATUS = "status"
    """`text`: the new status; `data`: reason, if one was given."""
    PRIORITY = "priority"
    """`number`: the new one."""
    QUEUE = "queue"
    """`number`: the new queue."""
    BALL = "ball"
    """By hand. `text`: a Ball, or "" to go by the status again; `data`: until (ISO instant, with any ball), reason."""
    PINNED = "pinned"
    """`number`: the version of a policy (0: none); `text`: a Retarget; `data`: policy, reason. One at the instant of
    the creation holds from the start. Where none was pinned before, `keep` begins now: there is nothing to keep."""
    EXCUSED = "excused"
    """`text`: the target, `number`: the cycle; `data`: reason; an empty reason takes the excuse back."""
    EXPLAINED = "explained"
    """Why it was missed, chosen from a list. `text`: the target, `number`: the cycle; `data`: reason."""
    PROMISED = "promised"
    """`number`: the cycle; `data`: due (ISO instant), words."""
    PROMISE_SETTLED = "promise_settled"
    """`number`: the cycle; `text`: kept, moved (data: due) or withdrawn."""
    ABSORBED = "absorbed"
    """Another ticket was merged into this one. `number`: the other; `data`: started (ISO instant): when it was begun.
    What is still owed takes the older start."""
    MERGED = "merged"
    """Into another: everything stops. `number`: the other ticket."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. `id` is the transaction's; `by` the person's."""

    at: datetime
    id: int
    kind: FactKind
    by: int
    text: str = ""
    number: int = 0
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket as clocks see it. `facts` are in order of time, then of id; the first is CREATED.

    Fractions of a second are cut off, and a fact that claims to be earlier than the one before it happened with it.
    """

    ticket_id: int
    facts: tuple[Fact, ...]
    counts_from: datetime | None = None
    """For a ticket that was brought in from elsewhere: when. Facts up to and with this instant only say how things
    stand; what is still owed then begins to count there, when a policy was pinned by then, or as a later pin says."""
