"""What somebody chooses to be told by mail: for each event at once, in the daily digest, or not."""

from collections.abc import Mapping
from enum import StrEnum

from rtpy.errors import Invalid, Problem
from rtpy.models import NotificationChoice
from rtpy.work import Work


class When(StrEnum):
    """How soon somebody hears of something."""

    NOW = "now"
    DIGEST = "digest"
    NONE = "none"


class Event(StrEnum):
    """What there is to choose for."""

    OWN_MESSAGES = "own_messages"
    OWN_CHANGES = "own_changes"
    WATCHED_MESSAGES = "watched_messages"
    WATCHED_CHANGES = "watched_changes"
    QUEUE_NEW = "queue_new"
    QUEUE_MESSAGES = "queue_messages"
    QUEUE_CHANGES = "queue_changes"
    MY_DEEDS = "my_deeds"


WORDS: Mapping[Event, str] = {
    Event.OWN_MESSAGES: "Replies and comments on tickets I own",
    Event.OWN_CHANGES: "Other changes of tickets I own",
    Event.WATCHED_MESSAGES: "Replies and comments on tickets I watch",
    Event.WATCHED_CHANGES: "Other changes of tickets I watch",
    Event.QUEUE_NEW: "New tickets in queues I watch",
    Event.QUEUE_MESSAGES: "Replies and comments in queues I watch",
    Event.QUEUE_CHANGES: "Other changes in queues I watch",
    Event.MY_DEEDS: "What I do myself",
}
USUAL_HOUR = 8


def usual(event: Event) -> When:
    """What holds for an event as long as nothing is chosen."""
    return When.NONE if event is Event.MY_DEEDS else When.NOW


def choose_notifications(
    work: Work, user_id: int, *, events: Mapping[str, str], hour: int, suspended: bool
) -> None:
    """Keep somebody's choices; an event that is missing is told as usual. Raises Invalid."""
    problems = []
    kept = {}
    for event in Event:
        chosen = events.get(event, usual(event))
        if chosen not in list(When) or (event is Event.MY_DEEDS and chosen == When.DIGEST):
            problems.append(Problem(event, "Choose one of the list."))
        elif chosen != usual(event):
            kept[str(event)] = str(chosen)
    if not 0 <= hour <= 23:
        problems.append(Problem("hour", "The hour is a number from 0 to 23."))
    if problems:
        raise Invalid(*problems)
    row = work.db.get(NotificationChoice, user_id)
    if row is None:
        row = NotificationChoice(user_id=user_id)
        work.db.add(row)
    row.suspended, row.hour, row.choices, row.updated = suspended, hour, kept, work.now
    work.db.flush()
