"""What rules do to a new ticket: where it goes, what it gets, whether there is one at all."""

from dataclasses import dataclass, replace

from rtpy.changes.allowed import may_in_queue
from rtpy.changes.change import Outcome
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.people import organization_of
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.customfields.kinds import Lookup
from rtpy.errors import RtpyError
from rtpy.fields.definitions import fields_for
from rtpy.mail.held import Junked
from rtpy.mail.message import IncomingMail
from rtpy.mail.senders import Sender
from rtpy.mail.sorting.rule import Sorted, letter_of, rules_of, sort_letter
from rtpy.mail.spool import Claim
from rtpy.models import Queue, Ticket
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Decided:
    """Into which queue a new ticket goes, what the rules say of it, and remarks for those who work on it."""

    queue: Queue
    rules: Sorted
    remarks: tuple[str, ...] = ()


def decide(system: Work, queue: Queue, claim: Claim, mail: IncomingMail, sender: Sender) -> Decided:
    """Ask the rules about a mail that opens a ticket. Raises Junked.

    A queue in which the sender may make no ticket is not taken: the mail would be lost. An administrator who chose
    the queue by hand is not overruled, and a mail that one released is no junk.
    """
    rules = () if claim.wants_new_ticket else rules_of(system.app, system.db)
    if not rules:
        return Decided(queue, Sorted())

    def organization() -> int | None:
        found = organization_of(system.db, sender.user)
        return found[0] if found else None

    letter = letter_of(mail, claim.transport, queue.id, sender.address, organization)
    found = sort_letter(rules, letter)
    if not found.names:
        return Decided(queue, found)
    names = _in_words(found)
    if found.junk and not claim.released:
        raise Junked(f"Junk by {names}.")
    remarks = [f"Sorted by {names}"]
    wanted = system.db.get(Queue, found.queue_id) if found.queue_id is not None else None
    if wanted is not None and wanted.id != queue.id:
        if not wanted.disabled and may_in_queue(sender.work, wanted, Right.CREATE_TICKET):
            queue = wanted
        else:
            why = "is closed" if wanted.disabled else "takes no tickets of this sender"
            remarks.append(f"Queue {wanted.name}, which the rule names, {why}")
    if found.silent:
        remarks.append("By the rule it gets no automatic answer")
    return Decided(queue, found, tuple(remarks))


def create_decided(system: Work, sender: Sender, create: CreateTicket, found: Sorted) -> tuple[Outcome, str]:
    """Make the ticket with what the rules set; and a note for the administrator when something of it does not fit."""
    if not found.names:
        return create_ticket(sender.work, create), ""
    create = replace(create, priority=found.priority, organization_id=found.organization_id)
    problems = []
    outcome = None
    if found.status:
        try:
            with system.db.begin_nested():
                outcome = create_ticket(sender.work, replace(create, status=found.status))
        except RtpyError as no:
            problems.append(f"status {found.status}: {no}")
    if outcome is None:
        outcome = create_ticket(sender.work, create)
    problems += _set_fields(system, outcome.ticket, found)
    return outcome, f"By {_in_words(found)}, but {'; '.join(problems)}" if problems else ""


def _set_fields(system: Work, ticket: Ticket, found: Sorted) -> list[str]:
    """By the system, since the rule is an administrator's word; what does not fit is left out and told."""
    if not found.fields:
        return []
    known = fields_for(system.app, system.db, Lookup.TICKET, ticket.queue_id)
    ids = {each.name.lower(): each.id for each in known}
    problems = []
    for name, values in found.fields.items():
        field_id = ids.get(name.lower())
        if field_id is None:
            problems.append(f"the queue has no field {name}")
            continue
        try:
            with system.db.begin_nested():
                change_ticket(system, ticket, SetCustomField(field_id, values))
        except RtpyError as no:
            problems.append(f"field {name}: {no}")
    return problems


def _in_words(found: Sorted) -> str:
    named = ", ".join(f"“{name}”" for name in found.names)
    return f"the rule {named}" if len(found.names) == 1 else f"the rules {named}"
