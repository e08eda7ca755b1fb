"""The action that makes tickets from the blocks of its template (RT: lib/RT/Action/CreateTickets.pm).

A block begins with `===Create-Ticket: NAME` or `===Update-Ticket: NUMBER`; lines `Field: value` follow, then `Content:`
and text up to `ENDOFCONTENT`. `===#` begins a comment. Each value is a template: blocks are read before
anything is filled in, so what a customer wrote never becomes a field. In links, `TOP` is the ticket at hand and NAME a
ticket of another block.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain

from sqlalchemy import func, select

from rtpy.changes.change import Change
from rtpy.changes.people import find_person, person_for_address
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.basics import SetEstimate, SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.links import NAMES, AddLink
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Problem
from rtpy.mail.drops import values_for
from rtpy.mail.template import check_template, names_in, render_template
from rtpy.models import Queue, ScripQueue, Ticket, User
from rtpy.models.watcher import REQUESTOR
from rtpy.scrips.conditions import read_number, read_span
from rtpy.scrips.facts import nearest
from rtpy.scrips.kinds import Commit, Occasion, Skip, Task

MOST_TICKETS = 20
_BLOCK = re.compile(r"^===(Create|Update)-Ticket:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_LINKS = {name.lower(): name for name in NAMES}
_ROLES = {"requestor": "Requestor", "requestors": "Requestor", "cc": "Cc", "admincc": "AdminCc"}
_FIELDS = {
    "queue", "subject", "status", "owner", "priority", "due", "starts", "timeestimated", "timeleft", "content",
    "updatetype", "type", *_ROLES, *_LINKS,
}  # fmt: skip


@dataclass(slots=True)
class Block:
    """One block: its name, whether it changes a ticket that exists, and its fields by folded name."""

    name: str
    updates: bool
    fields: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The last value of a field."""
        return self.fields.get(name, [""])[-1].strip()

    def links(self) -> Iterator[tuple[str, str]]:
        """Name of the link and the other end."""
        for folded, name in _LINKS.items():
            for value in self.fields.get(folded, []):
                yield from ((name, each) for each in re.split(r"[,\s]+", value) if each)


def create_tickets(occasion: Occasion, task: Task) -> Commit | Skip:
    """Make and change all tickets of the blocks; links and statuses come last, when all of them are there."""
    if occasion.ticket.type != "ticket":
        return Skip(f"it is a {occasion.ticket.type}, not a ticket")
    blocks = [_filled(occasion, read_block(source)) for source in split_blocks(task.template)]
    if not blocks:
        return Skip("the template has no block ===Create-Ticket: or ===Update-Ticket:")
    if len(blocks) > MOST_TICKETS:
        raise _wrong(f"These are more than {MOST_TICKETS} tickets: make them in several scrips.")
    return lambda: _make(occasion, task, blocks)


def check_blocks(content: str) -> None:
    """Raises Invalid for a block with a field that does not exist, or with a value that is no whole template."""
    for source in split_blocks(content):
        block = read_block(source)
        for value in (block.name, *chain.from_iterable(block.fields.values())):
            check_template("\n" + value)


def split_blocks(content: str) -> list[str]:
    """The blocks of a template as they are written, comments left out."""
    text = "\n".join(line for line in content.splitlines() if not line.startswith("===#"))
    starts = [found.start() for found in _BLOCK.finditer(text)]
    return [text[begin:end] for begin, end in zip(starts, [*starts[1:], len(text)], strict=False)]


def read_block(text: str) -> Block:
    """A block as it is written. Raises Invalid for a field that does not exist."""
    head, _, rest = text.strip("\n").partition("\n")
    found = _BLOCK.match(head)
    if not found:
        raise _wrong(f"“{head[:60]}” begins no block: write ===Create-Ticket: NAME.")
    block = Block(found[2], found[1].lower() == "update")
    lines = iter(rest.split("\n"))
    for line in lines:
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        folded = name.strip().lower().replace("-", "").replace("_", "")
        if not colon or folded not in _FIELDS:
            raise _wrong(
                f"“{name.strip()[:40]}” is no field of a ticket.{nearest(folded, dict.fromkeys(_FIELDS))}"
            )
        if folded == "content":
            said = [value.strip()] if value.strip() else []
            for more in lines:
                if more.strip() == "ENDOFCONTENT":
                    break
                said.append(more)
            value = "\n".join(said)
        block.fields.setdefault(folded, []).append(value)
    return block


def _filled(occasion: Occasion, block: Block) -> Block:
    """The block with its values filled in; what is no text of a message is one line."""
    name = _filled_value(occasion, block.name).strip()
    if not name or len(name.split()) > 1:
        raise _wrong(f"“{name[:60]}” names no block.")
    filled = Block(name, block.updates)
    for folded, values in block.fields.items():
        texts = [_filled_value(occasion, value) for value in values]
        filled.fields[folded] = texts if folded == "content" else [" ".join(each.split()) for each in texts]
    return filled


def _filled_value(occasion: Occasion, value: str) -> str:
    if "{" not in value:
        return value
    return render_template("\n" + value, values_for(occasion, names_in(value))).body


def _make(occasion: Occasion, task: Task, blocks: list[Block]) -> str:
    work, top = occasion.work, occasion.ticket
    made: dict[str, Ticket] = {"top": top}
    for block in blocks:
        made[block.name.lower()] = (
            _existing(occasion, task, block) if block.updates else _new(occasion, block)
        )
    for block in blocks:
        ticket = made[block.name.lower()]
        changes: list[Change] = list(_updates(occasion, block)) if block.updates else []
        for name, other in block.links():
            end = made.get(other.lower().removeprefix("create-"))
            changes.append(AddLink(name, str(end.id) if end is not None else other))
        status = block.one("status").lower()
        if status and status != ticket.status:
            changes.append(SetStatus(status))
        if changes:
            change_ticket(work, ticket, *changes)
    numbers = ", ".join(f"#{made[block.name.lower()].id}" for block in blocks)
    return f"made or changed {numbers}"


def _new(occasion: Occasion, block: Block) -> Ticket:
    work = occasion.work
    requestors = tuple(person_for_address(work, who) for who in _people(block, REQUESTOR))
    if not requestors:
        named = occasion.people.on_ticket.get(REQUESTOR, ())
        requestors = tuple(work.db.scalars(select(User).where(User.id.in_([one.id for one in named]))))
    text = block.one("content")
    priority = block.one("priority")
    outcome = create_ticket(
        work,
        CreateTicket(
            queue=_queue(occasion, block) or occasion.queue,
            subject=block.one("subject") or occasion.ticket.subject,
            message=plain_message(text) if text else None,
            requestors=requestors,
            cc=tuple(person_for_address(work, who).id for who in _people(block, "Cc")),
            admin_cc=tuple(person_for_address(work, who).id for who in _people(block, "AdminCc")),
            owner=_owner(occasion, block),
            priority=read_number(priority) if priority else None,
            due=_date(occasion, block, "due"),
            starts=_date(occasion, block, "starts"),
            time_estimated=read_number(block.one("timeestimated") or "0"),
        ),
    )
    return outcome.ticket


def _existing(occasion: Occasion, task: Task, block: Block) -> Ticket:
    """The ticket that a block changes. Who may write scrips of some queues reaches no ticket of others (A31)."""
    if block.name.lower() == "top":
        return occasion.ticket
    ticket = (
        occasion.work.db.get(Ticket, int(block.name))
        if block.name.isdigit() and len(block.name) < 19
        else None
    )
    if ticket is None:
        raise _wrong(f"There is no ticket #{block.name} to change.")
    places = occasion.work.db.scalars(select(ScripQueue.queue_id).where(ScripQueue.scrip_id == task.scrip_id))
    if not {None, ticket.queue_id}.intersection(places):
        raise _wrong(
            f"Ticket #{ticket.id} is in a queue that the scrip is not for: only a scrip for all queues changes it."
        )
    return ticket


def _updates(occasion: Occasion, block: Block) -> Iterator[Change]:
    work = occasion.work
    queue, owner = _queue(occasion, block), _owner(occasion, block)
    if queue is not None:
        yield SetQueue(queue)
    if owner is not None:
        yield SetOwner(owner)
    if subject := block.one("subject"):
        yield SetSubject(subject)
    if priority := block.one("priority"):
        yield SetPriority(read_number(priority))
    for name, column in (("timeestimated", "TimeEstimated"), ("timeleft", "TimeLeft")):
        if minutes := block.one(name):
            yield SetEstimate(column, read_number(minutes))
    for name in ("due", "starts"):
        if at := _date(occasion, block, name):
            yield SetDate(name.title(), at)
    for role in ("Requestor", "Cc", "AdminCc"):
        for who in _people(block, role):
            yield AddWatcher(role, person_for_address(work, who).id)
    if text := block.one("content"):
        say: Callable[..., Change] = Comment if block.one("updatetype").lower() == "comment" else Correspond
        yield say(plain_message(text))


def _people(block: Block, role: str) -> list[str]:
    values = [value for name, of in _ROLES.items() if of == role for value in block.fields.get(name, [])]
    return [each.strip() for value in values for each in value.split(",") if each.strip()]


def _queue(occasion: Occasion, block: Block) -> Queue | None:
    name = block.one("queue")
    if not name:
        return None
    wanted = Queue.id == int(name) if name.isdigit() else func.lower(Queue.name) == name.lower()
    queue = occasion.work.db.scalar(select(Queue).where(wanted))
    if queue is None:
        raise _wrong(f"There is no queue “{name}”.")
    return queue


def _owner(occasion: Occasion, block: Block) -> User | None:
    name = block.one("owner")
    if not name:
        return None
    owner = find_person(occasion.work.db, name)
    if owner is None:
        raise _wrong(f"There is no user “{name}” to own a ticket.")
    return owner


def _date(occasion: Occasion, block: Block, name: str) -> datetime | None:
    """A date such as 2026-03-04 17:00 (UTC), or a time from now such as 2d."""
    text = block.one(name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return occasion.work.now + read_span(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _wrong(sentence: str) -> Invalid:
    return Invalid(Problem("template", sentence))
