"""The actions that come with rtpy: mails, and changes of the ticket (RT: lib/RT/Action)."""

from rtpy.changes.change import Change
from rtpy.changes.people import find_person
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Invalid, Problem
from rtpy.mail.outgoing import draft_mail
from rtpy.mail.recipients import Audience, audience_of
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.scrips.kinds import ActionKind, Commit, Occasion, Skip, Task


def notify(occasion: Occasion, task: Task) -> Commit | Skip:
    """Mail those whom the argument names."""
    return _mail(occasion, task, audience_of(occasion, task.argument))


def notify_as_comment(occasion: Occasion, task: Task) -> Commit | Skip:
    """The same for the staff's eyes, with the address for comments."""
    return _mail(occasion, task, audience_of(occasion, task.argument), internal=True)


def notify_owner_or_admin_cc(occasion: Occasion, task: Task) -> Commit | Skip:
    """The owner, or the AdminCcs of what nobody owns."""
    role = OWNER if occasion.people.owner else ADMIN_CC
    return _mail(occasion, task, Audience(frozenset({role})))


def autoreply(occasion: Occasion, task: Task) -> Commit | Skip:
    """Answer the requestors, whoever made the ticket; never a machine, never too often."""
    return _mail(occasion, task, Audience(frozenset({REQUESTOR}), actor_too=True, is_answer=True))


def open_ticket(occasion: Occasion, task: Task) -> Commit | Skip:
    """Give the ticket back to those who work on it.

    RT's “Open Inactive Tickets” opens whatever is not active, so a customer who adds a line to a new ticket marks it
    as begun, and a stalled one stays stalled when the awaited answer comes. Here a customer's reply opens what is
    closed or has one of the statuses in the argument, and a reply of the staff begins what is new.
    """
    ticket, people = occasion.ticket, occasion.people
    lifecycle = occasion.work.app.lifecycles.get(occasion.queue.lifecycle)
    status, actor = ticket.status, people.actor
    if occasion.message and occasion.message.auto_generated:
        return Skip("a machine wrote it: the status stays")
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
    return _change(occasion, SetStatus(opened), f"opened: {status} to {opened}") if opened else Skip(reason)


def set_status(occasion: Occasion, task: Task) -> Commit | Skip:
    """The status in the argument; `active` or `inactive` for the first of these that can be reached."""
    lifecycle = occasion.work.app.lifecycles.get(occasion.queue.lifecycle)
    wanted, status = task.argument.strip().lower(), occasion.ticket.status
    if wanted == "active":
        wanted = lifecycle.first_active_from(status) or status
    elif wanted == "inactive":
        wanted = lifecycle.first_inactive_from(status) or status
    if wanted == status:
        return Skip(f"the ticket is {status} already")
    lifecycle.move(status, wanted)
    return _change(occasion, SetStatus(wanted), f"status {status} to {wanted}")


def set_priority(occasion: Occasion, task: Task) -> Commit | Skip:
    """The number in the argument."""
    try:
        priority = int(task.argument.strip())
    except ValueError:
        raise Invalid(Problem("argument", f"“{task.argument}” is no priority: write a number.")) from None
    if priority == occasion.ticket.priority:
        return Skip(f"the priority is {priority} already")
    return _change(occasion, SetPriority(priority), f"priority {occasion.ticket.priority} to {priority}")


def set_owner(occasion: Occasion, task: Task) -> Commit | Skip:
    """The user whose name or address is the argument."""
    owner = find_person(occasion.work.db, task.argument)
    if owner is None:
        raise Invalid(Problem("argument", f"There is no user “{task.argument}”."))
    if owner.id == occasion.ticket.owner_id:
        return Skip(f"{owner.display_name} owns it already")
    return _change(occasion, SetOwner(owner), f"owner {owner.display_name}")


ACTIONS = {
    "Notify": ActionKind(
        notify, "Mail people; argument: Owner, Requestor, Cc, AdminCc, All, OtherRecipients."
    ),
    "NotifyAsComment": ActionKind(
        notify_as_comment, "Mail staff, who answer with a comment; argument as for Notify."
    ),
    "NotifyOwnerOrAdminCc": ActionKind(
        notify_owner_or_admin_cc, "Mail the owner, or the AdminCcs if there is none."
    ),
    "Autoreply": ActionKind(autoreply, "Answer the requestors automatically."),
    "AutoOpen": ActionKind(
        open_ticket, "Open the ticket on a reply; argument: statuses that a customer's reply ends."
    ),
    "SetStatus": ActionKind(set_status, "Set the status; argument: a status, active or inactive."),
    "SetPriority": ActionKind(set_priority, "Set the priority; argument: a number."),
    "SetOwner": ActionKind(set_owner, "Give the ticket to somebody; argument: a user's name or address."),
}


def _mail(occasion: Occasion, task: Task, audience: Audience, *, internal: bool = False) -> Commit | Skip:
    draft = draft_mail(
        occasion, scrip_id=task.scrip_id, audience=audience, template=task.template, internal=internal
    )
    return Skip(draft) if isinstance(draft, str) else lambda: draft.queue(occasion)


def _change(occasion: Occasion, change: Change, said: str) -> Commit:
    def commit() -> str:
        change_ticket(occasion.work, occasion.ticket, change)
        return said

    return commit
