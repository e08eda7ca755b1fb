"""Reading orders as changes of a ticket, in the words in which people write them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

from sqlalchemy import func, select

from rtpy.changes.allowed import knows_queue
from rtpy.changes.change import Change
from rtpy.changes.people import find_person
from rtpy.changes.ticket.basics import SetEstimate, SetPriority, SetSubject
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.further import SetPriorityBound
from rtpy.changes.ticket.owner import SetOwner, Steal
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.moments import EXAMPLES, read_moment
from rtpy.content.priorities import read_labels, read_priority
from rtpy.errors import Invalid, Refused
from rtpy.mail.commands.brought import brought_commands
from rtpy.mail.commands.lines import SINGLE, Order, Verb
from rtpy.mail.commands.lists import links, people, values
from rtpy.mail.return_address import queue_of
from rtpy.models import Queue, Ticket, User
from rtpy.work import Work

MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Booked:
    """Time worked, and the words that stood behind it."""

    minutes: int
    words: str = ""


def read_order(work: Work, ticket: Ticket, order: Order, zone: tzinfo = UTC) -> list[Change | Booked]:
    """What one line asks for; nothing when all is so already. Raises Refused with a sentence about what is wrong.

    An address that nobody has makes a person, so call it in a savepoint.
    """
    if not order.name:
        raise Refused("There is no command of that name.")
    if order.name in SINGLE and order.verb is not Verb.SET:
        raise Refused("This has one value: it can be neither added to nor deleted from.")
    if order.name in ("Requestor", "Cc", "AdminCc", "role"):
        return list(people(work, ticket, order))
    if order.name == "cf":
        return list(values(work, ticket, order, zone))
    brought = brought_commands(work.app).get(order.name)
    if brought is not None:
        return list(brought.read(work, ticket, order.value, zone))
    reader = READERS.get(order.name)
    return list(reader(work, ticket, order.value, zone)) if reader else list(links(work, ticket, order))


Reader = Callable[[Work, Ticket, str, tzinfo], Iterator[Change | Booked]]


def _queue(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
    queue = work.db.scalar(select(Queue).where(func.lower(Queue.name) == value.lower()))
    if queue is None and value.isascii() and value.isdigit() and len(value) < 19:
        queue = work.db.get(Queue, int(value))
    if queue is None or not knows_queue(work, queue):
        raise Refused(f"There is no queue “{value[:80]}”.")
    if queue.id != ticket.queue_id:
        yield SetQueue(queue)


def _owner(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
    db, me, nobody = work.db, work.actor.user_id, work.app.nobody_id(work.db)
    word = value.lower()
    ids = {"me": me, "nobody": nobody, "": nobody}
    found = find_person(db, value) if word not in ids else None
    owner_id = ids.get(word, found.id if found else 0)
    if not owner_id:
        raise Refused(f"There is nobody named “{value[:80]}”.")
    if owner_id == ticket.owner_id:
        return
    if owner_id == me and ticket.owner_id != nobody:
        yield Steal()
        return
    yield SetOwner(found or db.get_one(User, owner_id))


def _subject(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
    if value != ticket.subject:
        yield SetSubject(value)


def _status(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
    if not value:
        raise Refused("Write a status behind it, such as resolved.")
    yield SetStatus(value.lower())


def _priority(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
    yield SetPriority(_level(work, ticket, value))


def _final_priority(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
    yield SetPriorityBound("FinalPriority", _level(work, ticket, value))


def _level(work: Work, ticket: Ticket, value: str) -> int:
    labels = read_labels(queue_of(work.db, ticket).priority_labels)
    level = read_priority(value, labels)
    if level is None:
        words = ", ".join(word for _, word in labels)
        raise Refused(
            f"“{value[:40]}” is no priority: write a number{f', or one of {words}' if words else ''}."
        )
    return level


def _date(field: str) -> Reader:
    def read(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
        yield SetDate(field, _moment(work, value, zone))

    return read


def _moment(work: Work, value: str, zone: tzinfo) -> datetime | None:
    if not value or value.lower() in ("none", "never"):
        return None
    if value.lower() == "now":
        return work.now
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        try:
            return read_moment(value, work.now, zone)
        except Invalid:
            raise Refused(f"“{value[:60]}” is no time: write 2031-03-31 17:00, or {EXAMPLES}.") from None
    if len(value) == len("2031-03-31"):
        at = datetime.combine(at.date(), time(23, 59))
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _estimate(field: str) -> Reader:
    def read(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Change]:
        yield SetEstimate(field, read_length(value)[0])

    return read


def _worked(work: Work, ticket: Ticket, value: str, zone: tzinfo) -> Iterator[Booked]:
    minutes, words = read_length(value)
    if not 0 < minutes <= MOST_MINUTES:
        raise Refused(f"Write how long you worked, from 1 to {MOST_MINUTES} minutes.")
    yield Booked(minutes, words)


def read_length(value: str) -> tuple[int, str]:
    """Minutes and the words behind them: `25`, `25m remote`, `1h 30m`, `1.5 hours on site`. Raises Refused."""
    total, at = 0.0, 0
    while match := _LENGTH.match(value, at):
        total += float(match[1].replace(",", ".")) * _UNITS[(match[2] or "m")[0].lower()]
        at = match.end()
    if not at:
        raise Refused(f"“{value[:40]}” is no time: write for example 25, 25m or 1h 30m.")
    return round(total), value[at:].strip(" ,;-–")


READERS: Mapping[str, Reader] = {
    "queue": _queue,
    "owner": _owner,
    "subject": _subject,
    "status": _status,
    "priority": _priority,
    "finalpriority": _final_priority,
    "time": _worked,
    "timeworked": _worked,
    "timeleft": _estimate("TimeLeft"),
    "timeestimated": _estimate("TimeEstimated"),
    "due": _date("Due"),
    "starts": _date("Starts"),
    "started": _date("Started"),
    "told": _date("Told"),
}
_UNITS = {"m": 1, "h": 60, "d": 24 * 60}
_LENGTH = re.compile(
    r"\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*(?:(minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![^\W\d])|(?![\w.,]))", re.I
)
