"""What happened to a request, in customers' words: changes of its stage and of its subject, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rtpy.history.entry import Entry
from rtpy.models import Ticket
from rtpy_portal.requests.stages import Stage, Stages
from rtpy_portal.words import Say


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, and when."""

    at: datetime
    text: str
    stage: Stage | None = None
    """The stage that began with it."""


def timeline_of(entries: Iterable[Entry], ticket: Ticket, stages: Stages, say: Say) -> tuple[Step, ...]:
    """Oldest first, of the ticket itself: what was merged into it has a story of its own.

    Two statuses that mean the same to customers are no step. A subject that was changed is told with both versions.
    """
    found = [Step(ticket.created, say("We received your request."), Stage.RECEIVED)]
    lifecycle = ticket.queue.lifecycle
    for entry in entries:
        if entry.ticket_id != ticket.id:
            continue
        if entry.type == "Status":
            old, new = stages.of(lifecycle, entry.old_value), stages.of(lifecycle, entry.new_value)
            if old is not new:
                found.append(Step(entry.created, _moved(old, new, say), new))
        elif entry.type == "Set":
            text = say(
                "The subject was “${old}”, and is “${new}” now.", old=entry.old_value, new=entry.new_value
            )
            found.append(Step(entry.created, text))
    return tuple(found)


def _moved(old: Stage, new: Stage, say: Say) -> str:
    if not old.is_open and new.is_open:
        return say("It was opened again.")
    match new:
        case Stage.RECEIVED:
            return say("It waits to be taken up.")
        case Stage.UNDER_WAY if old is Stage.RECEIVED:
            return say("We took it up.")
        case Stage.UNDER_WAY:
            return say("We went on with it.")
        case Stage.WAITING:
            return say("We are waiting for you.")
        case Stage.SOLVED:
            return say("It is solved.")
        case Stage.CLOSED:
            return say("It was closed.")
