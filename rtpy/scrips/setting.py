"""Actions that change fields of the ticket (RT: lib/RT/Action/Set*.pm, AutoOpen.pm, EscalatePriority.pm …)."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select

from rtpy.changes.change import Change
from rtpy.changes.people import find_person, person_for_address
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority, SetSubject
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Invalid, Problem
from rtpy.models import Queue, User, Watcher
from rtpy.models.watcher import CC, REQUESTOR
from rtpy.scrips.conditions import read_number, read_span
from rtpy.scrips.kinds import Commit, Occasion, Skip, Task


def open_ticket(occasion: Occasion, task: Task) -> Commit | Skip:
    """Give the ticket back to those who work on it.

    RT's “Open Inactive Tickets” opens whatever is not active, so a customer who adds a line to a new ticket marks it
    as begun, and a stalled one stays stalled when the awaited answer comes. Here a customer's reply opens what is
    closed or has one of the statuses in the argument, and a reply of the staff begins what is new.
    """
    ticket, people, message = occasion.ticket, occasion.people, occasion.message
    lifecycle = occasion.work.app.lifecycles.get(occasion.queue.lifecycle)
    status, actor = ticket.status, people.actor
    if message and message.auto_generated:
        return Skip("a machine wrote it: the status stays")
    if message and message.keeps_status:
        return Skip("it says thanks and nothing else: the status stays")
    if message and re.search(r"(?im)^RT-Control:.*\bno-autoopen\b", message.headers):
        return Skip("the mail says RT-Control: no-autoopen")
    if people.by_system:
        return Skip("the system did it: the status stays")
    roles = people.roles_of(actor.id)
    if not actor.is_staff or (REQUESTOR in roles and ticket.owner_id != actor.id) or roles == {CC}:
        waiting = {name.strip().lower() for name in task.argument.split(",")}
        wanted = status in waiting or (lifecycle.is_inactive(status) and status != "deleted")
        reason = f"a customer's reply leaves a ticket that is {status} as it is"
    else:
        wanted = lifecycle.is_initial(status)
        reason = f"a reply of the staff leaves a ticket that is {status} as it is"
    opened = lifecycle.first_active_from(status) if wanted else None
    return change(occasion, f"opened: {status} to {opened}", SetStatus(opened)) if opened else Skip(reason)


def set_status(occasion: Occasion, task: Task) -> Commit | Skip:
    """The status in the argument; `initial`, `active` or `inactive` for the first of these that can be reached."""
    lifecycle = occasion.work.app.lifecycles.get(occasion.queue.lifecycle)
    wanted, status = task.argument.strip().lower(), occasion.ticket.status
    if wanted == "active":
        wanted = lifecycle.first_active_from(status) or status
    elif wanted == "inactive":
        wanted = lifecycle.first_inactive_from(status) or status
    elif wanted == "initial":
        moves = [move.new for move in lifecycle.moves_from(status) if lifecycle.is_initial(move.new)]
        wanted = status if lifecycle.is_initial(status) or not moves else moves[0]
    if wanted == status:
        return Skip(f"the ticket is {status} already")
    lifecycle.move(status, wanted)
    return change(occasion, f"status {status} to {wanted}", SetStatus(wanted))


def open_on_started(occasion: Occasion, _task: Task) -> Commit | Skip:
    """RT: when Started is set on a ticket that nobody has begun, it opens."""
    transaction, status = occasion.transaction, occasion.ticket.status
    if transaction.type != "Set" or transaction.field != "Started" or not transaction.new_value:
        return Skip("the date of beginning was not set")
    lifecycle = occasion.work.app.lifecycles.get(occasion.queue.lifecycle)
    opened = lifecycle.first_active_from(status) if lifecycle.is_initial(status) else None
    if not opened:
        return Skip(f"the ticket is {status}")
    return change(occasion, f"opened: {status} to {opened}", SetStatus(opened))


def set_priority(occasion: Occasion, task: Task) -> Commit | Skip:
    """The number in the argument."""
    return _priority(occasion, read_number(task.argument))


def add_priority(occasion: Occasion, task: Task) -> Commit | Skip:
    """RT: add the number in the argument, which may be negative."""
    return _priority(occasion, occasion.ticket.priority + read_number(task.argument))


def escalate_priority(occasion: Occasion, _task: Task) -> Commit | Skip:
    """RT: a step towards the final priority; with a due date so much that it is there on that day."""
    ticket, now = occasion.ticket, occasion.work.now
    missing = ticket.final_priority - ticket.priority
    if missing == 0:
        return Skip("the final priority is reached")
    if ticket.due is None:
        step = 1 if missing > 0 else -1
    else:
        days = (ticket.due - now).total_seconds() / 86400
        step = missing if days < 1 else int(missing / days)
    return _priority(occasion, ticket.priority + step)


def linear_escalate(occasion: Occasion, _task: Task) -> Commit | Skip:
    """RT: along a line from the initial priority at Starts (or when it was made) to the final one when it is due."""
    ticket, now = occasion.ticket, occasion.work.now
    if ticket.due is None:
        return Skip("the ticket has no due date")
    begin = ticket.starts or ticket.created
    if now <= begin:
        return Skip("the ticket has not begun")
    whole = (ticket.due - begin).total_seconds()
    part = 1.0 if whole <= 0 else min(1.0, (now - begin).total_seconds() / whole)
    rise = ticket.final_priority - ticket.initial_priority
    return _priority(occasion, ticket.initial_priority + int(part * rise))


def set_owner(occasion: Occasion, task: Task) -> Commit | Skip:
    """The user whose name or address is the argument; Nobody for nobody."""
    owner = find_person(occasion.work.db, task.argument)
    if owner is None:
        raise Invalid(Problem("argument", f"There is no user “{task.argument}”."))
    if owner.id == occasion.ticket.owner_id:
        return Skip(f"{owner.display_name} owns it already")
    return change(occasion, f"owner {owner.display_name}", SetOwner(owner))


def set_queue(occasion: Occasion, task: Task) -> Commit | Skip:
    """The queue whose name is the argument."""
    name = task.argument.strip()
    queue = occasion.work.db.scalar(select(Queue).where(func.lower(Queue.name) == name.lower()))
    if queue is None:
        raise Invalid(Problem("argument", f"There is no queue “{name}”."))
    if queue.id == occasion.ticket.queue_id:
        return Skip(f"it is in {queue.name} already")
    return change(occasion, f"moved to {queue.name}", SetQueue(queue))


def set_subject(occasion: Occasion, task: Task) -> Commit | Skip:
    """The subject in the argument."""
    if task.argument.strip() == occasion.ticket.subject:
        return Skip("the subject is the same")
    return change(occasion, "subject set", SetSubject(task.argument))


def set_due(occasion: Occasion, task: Task) -> Commit | Skip:
    """Due after the time in the argument (`2d4h`), counted from now."""
    return change(
        occasion,
        f"due in {task.argument.strip()}",
        SetDate("Due", occasion.work.now + read_span(task.argument)),
    )


def set_starts(occasion: Occasion, task: Task) -> Commit | Skip:
    """Starts after the time in the argument, counted from now."""
    return change(
        occasion,
        f"starts in {task.argument.strip()}",
        SetDate("Starts", occasion.work.now + read_span(task.argument)),
    )


def add_watcher(occasion: Occasion, task: Task) -> Commit | Skip:
    """`Role: name or address`; an address that nobody has becomes a person."""
    role, who = read_watcher(task.argument)

    def commit() -> str:
        person = person_for_address(occasion.work, who)
        change_ticket(occasion.work, occasion.ticket, AddWatcher(role, person.id))
        return f"{who} is {role}"

    return commit


def remove_watcher(occasion: Occasion, task: Task) -> Commit | Skip:
    """`Role: name or address`."""
    role, who = read_watcher(task.argument)
    person: User | None = find_person(occasion.work.db, who)
    held = person is not None and occasion.work.db.scalar(
        select(Watcher.id).where(
            Watcher.ticket_id == occasion.ticket.id, Watcher.role == role, Watcher.principal_id == person.id
        )
    )
    if person is None or not held:
        return Skip(f"{who} is not {role}")
    return change(occasion, f"{who} is no longer {role}", DeleteWatcher(role, person.id))


def read_watcher(argument: str) -> tuple[str, str]:
    """The role and who. Raises Invalid."""
    role, colon, who = (piece.strip() for piece in argument.partition(":"))
    if not colon or not role or not who:
        raise Invalid(Problem("argument", "Write a role and who it is: for example Cc: ann@client.example."))
    return {"requestor": "Requestor", "cc": "Cc", "admincc": "AdminCc"}.get(role.lower(), role), who


@dataclass(frozen=True, slots=True)
class Changing:
    """Changes of the ticket that are ready; `preview` says what they do."""

    occasion: Occasion
    preview: str
    changes: tuple[Change, ...]

    def __call__(self) -> str:
        change_ticket(self.occasion.work, self.occasion.ticket, *self.changes)
        return self.preview


def change(occasion: Occasion, said: str, *changes: Change) -> Commit:
    """A deed that changes the ticket, and what is said of it."""
    return Changing(occasion, said, changes)


def _priority(occasion: Occasion, priority: int) -> Commit | Skip:
    if priority == occasion.ticket.priority:
        return Skip(f"the priority is {priority} already")
    return change(occasion, f"priority {occasion.ticket.priority} to {priority}", SetPriority(priority))
