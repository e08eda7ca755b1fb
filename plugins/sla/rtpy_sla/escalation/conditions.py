"""Whether the conditions of a step hold for a ticket as it is now."""

from collections.abc import Callable

from rtpy.models import Ticket
from rtpy_sla.clocks.facts import FactKind, Story
from rtpy_sla.ladder.step import Conditions

ANSWERS = (FactKind.STAFF_SPOKE,)
ASKS = (FactKind.CREATED, FactKind.CUSTOMER_SPOKE)


def why_not(conditions: Conditions, ticket: Ticket, nobody_id: int, story: Callable[[], Story | None]) -> str:
    """The first condition that does not hold, as a sentence; empty when all do.

    `story` reads the ticket's history, and is asked only where a condition needs it.
    """
    if conditions.is_unowned and ticket.owner_id != nobody_id:
        return "Somebody owns the ticket."
    if conditions.from_priority is not None and ticket.priority < conditions.from_priority:
        return f"The priority is below {conditions.from_priority}: {ticket.priority}."
    if not (conditions.is_in_first_status or conditions.is_unanswered):
        return ""
    told = story()
    if told is None:
        return ""
    if conditions.is_in_first_status and any(fact.kind is FactKind.STATUS for fact in told.facts):
        return "Its status was changed before."
    if conditions.is_unanswered and is_answered(told):
        return "The customer has an answer."
    return ""


def is_answered(story: Story) -> bool:
    """Has somebody of the staff answered what the customer wrote last?"""
    for fact in reversed(story.facts):
        if fact.kind in ANSWERS:
            return True
        if fact.kind in ASKS:
            return False
    return False
