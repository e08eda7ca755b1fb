"""A mail that was read becomes a change: who wrote it, into which ticket it goes, and as what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.links import AddLink
from rtpy.content.part import Message, Part, PartRole
from rtpy.identity.rates import hit_all
from rtpy.mail.behalf import file_behalf, find_behalf
from rtpy.mail.commands.answering import tell_failed
from rtpy.mail.commands.obeying import Obeyed, obey_on_new, obey_with, orders_of
from rtpy.mail.failures import file_failure
from rtpy.mail.finding import find_named
from rtpy.mail.hints import THANKED, note_hint
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import IncomingMail
from rtpy.mail.own import Own, what_is_own
from rtpy.mail.policy import HOUR, Joining, Place, check_pressure, choose_ccs, choose_place, refuse_loop
from rtpy.mail.review import let_in_by_hand
from rtpy.mail.senders import NO_FINDINGS, Sender, find_sender, is_staff
from rtpy.mail.sorting.filing import create_decided, decide
from rtpy.mail.spool import Claim
from rtpy.mail.steps import about_named, about_place, about_rules, about_sender
from rtpy.mail.tags import strip_tags
from rtpy.mail.thanks import says_only_thanks
from rtpy.mail.thread_caps import check_thread
from rtpy.mail.trust.proof import Findings, Proof
from rtpy.mail.twins import Twin, say_also_for, tickets_of, twin_in, twins_of
from rtpy.models import Queue, Ticket
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a mail went; `note` is worth telling an administrator."""

    ticket_id: int
    transaction_id: int | None
    note: str = ""


def file_mail(
    system: Work,
    queue: Queue,
    claim: Claim,
    raw: bytes,
    mail: IncomingMail,
    findings: Findings = NO_FINDINGS,
) -> Filed:
    """Make of a mail what it is: a new ticket, a reply, a comment, a bounce of something we sent.

    Everything happens in the transaction of `system`, which the caller commits. Raises Refused by policy, Held when
    there is too much at once, Junked by a rule.
    """
    own = what_is_own(system.app, system.db)
    claim.steps.clear()  # those of an attempt before
    if not claim.released:
        refuse_loop(system, mail, own)
    if mail.auto is AutoKind.BOUNCE and not claim.wants_new_ticket:
        bounced = file_failure(system, queue, raw, mail, own, claim.transport)
        if bounced is not None:
            claim.steps.append("It says that a mail could not be delivered.")
            return Filed(*bounced)
    sender = find_sender(system, mail, claim.transport, own, findings)
    claim.steps.extend(about_sender(sender))
    if system.app.config.mail.autoreply_needs_proof and sender.proof is not Proof.PASSED:
        mail = replace(mail, message=replace(mail.message, unanswered="The sender is not proved"))
    place = Place()
    if not claim.wants_new_ticket:
        named = find_named(sender.work, mail, claim.ticket, own.tags, claim.transport)
        claim.steps.extend(about_named(named))
        if claim.released and named.candidates and claim.ticket:
            place = let_in_by_hand(sender, named.candidates[0].ticket, claim.transport)
        else:
            place = choose_place(sender, named, is_open=system.app.config.mail.reply_policy)
    claim.steps.extend(about_place(place))
    twins = twins_of(system, mail, claim, own)
    remarks = (*mail.remarks, *sender.remarks, *place.remarks, *_reused_id(twins))
    if place.ticket is not None:
        twin = None if claim.released else twin_in(twins, place.ticket, claim.action)
        if twin is not None:
            return Filed(twin.ticket_id, twin.transaction_id, "The ticket has it already, for another queue.")
        return _join(system, sender, place, claim, mail, remarks)
    return _open(system, sender, place, queue, claim, mail, own, remarks, twins)


def with_remarks(message: Message, remarks: Iterable[str]) -> Message:
    """The message with something to show, and with what a technician should know about it on its first part."""
    parts = message.parts
    notes = list(remarks)
    if not any(part.data.strip() for part in parts):
        notes.append("The mail has no text")
        empty = Part("text/plain", b"(This mail has no text.)", PartRole.BODY, charset="utf-8")
        parts = (empty, *parts)
    told = ". ".join(dict.fromkeys(note.rstrip(".") for note in (parts[0].remark, *notes) if note))
    return replace(message, parts=(replace(parts[0], remark=told), *parts[1:]))


def _join(
    system: Work, sender: Sender, place: Place, claim: Claim, mail: IncomingMail, remarks: tuple[str, ...]
) -> Filed:
    ticket, work = place.ticket, sender.work
    assert ticket is not None
    orders = orders_of(sender, mail) if place.joining is Joining.PARTICIPANT else None
    mail = replace(mail, message=orders.message) if orders is not None else mail
    thanks = claim.action == "correspond" and _is_thanks(sender, place, mail)
    message = with_remarks(mail.message, (*remarks, THANKED) if thanks else remarks)
    message = replace(message, keeps_status=thanks)
    if place.joining is Joining.NOTE:
        # The queue lets anyone add: this one right, for this one change.
        work.held[ticket.id] = frozenset({Right.COMMENT_ON_TICKET})
        change: Comment | Correspond = Comment(message)
    else:
        change = Comment(message) if claim.action == "comment" else Correspond(message)
    if not claim.released:
        check_thread(work, ticket)
    if orders is not None:
        return _obeyed(system, sender, ticket, mail, obey_with(sender, ticket, type(change), orders, message))
    outcome = change_ticket(work, ticket, change)
    if thanks:
        claim.steps.append("It says thanks and nothing else: the ticket stays closed.")
        note_hint(system, outcome.transactions[0], "thanks", sender_id=sender.user.id)
    return Filed(ticket.id, outcome.transactions[0].id)


def _is_thanks(sender: Sender, place: Place, mail: IncomingMail) -> bool:
    """Does a customer only say thanks for a closed ticket, in a queue where that opens nothing?"""
    ticket, work = place.ticket, sender.work
    if ticket is None or place.joining is not Joining.PARTICIPANT or mail.auto is not AutoKind.HUMAN:
        return False
    if ticket.queue.thanks_reopen or is_staff(work):
        return False
    lifecycle = work.app.lifecycles.get(ticket.queue.lifecycle)
    if not lifecycle.is_inactive(ticket.status):
        return False
    return says_only_thanks(mail.message, f"{sender.user.real_name} {sender.address}")


def _open(
    system: Work,
    sender: Sender,
    place: Place,
    queue: Queue,
    claim: Claim,
    mail: IncomingMail,
    own: Own,
    remarks: tuple[str, ...],
    twins: tuple[Twin, ...],
) -> Filed:
    decided = decide(system, queue, claim, mail, sender)
    claim.steps.extend(about_rules(decided, queue))
    others = [] if claim.wants_new_ticket else tickets_of(system, twins)
    is_one = system.app.config.mail.several_queues == "first"
    first = next((ticket for ticket in others if is_one or ticket.queue_id == decided.queue.id), None)
    if first is not None:
        claim.steps.append(f"It has made ticket #{first.id} already, for another queue.")
        told = say_also_for(system, first, queue)
        return Filed(first.id, told, "The same mail has made this ticket, for another queue.")
    queue = decided.queue
    orders = orders_of(sender, mail)
    if orders is not None:
        mail = replace(mail, message=orders.message)
        remarks = (*remarks, orders.remark)
    subject = strip_tags(mail.subject, own.tags) if place.claimed is not None else mail.subject
    pressure = check_pressure(system, sender, queue, subject, released=claim.released)
    ccs, cc_remarks = choose_ccs(system, queue, mail, own, sender.user)
    behalf = find_behalf(system, sender, mail, own) if claim.action == "correspond" else None
    requestor, said = sender.user, mail.message
    if behalf is not None:
        requestor, said = behalf.original, behalf.forwarded.message
        claim.steps.append(f"{behalf.remark}.")
        cc_remarks = [*cc_remarks, behalf.remark]
        if system.app.config.mail.forwarded == "cc":
            ccs = [*ccs, sender.user.id]
    message = with_remarks(said, (*remarks, *decided.remarks, *cc_remarks))
    if pressure.is_loop:
        message = with_remarks(message, ("The same again and again: it gets no automatic answer",))
    if pressure.is_loop or decided.rules.silent:
        message = _silent(message, sender.address)
    create = CreateTicket(
        queue=queue, subject=subject, message=message, requestors=(requestor,), cc=tuple(ccs)
    )
    outcome, note = create_decided(system, sender, create, decided.rules)
    if behalf is not None:
        file_behalf(system, sender, behalf, outcome)
    related = [place.claimed] if place.claimed is not None else []
    for other in dict.fromkeys(ticket.id for ticket in (*related, *others)):
        change_ticket(system, outcome.ticket, AddLink("RefersTo", str(other)))
    if orders is not None:
        obeyed = replace(
            obey_on_new(sender, outcome.ticket, orders), transaction_id=outcome.transactions[0].id
        )
        note = _obeyed(system, sender, outcome.ticket, mail, obeyed).note or note
    # Last, since on PostgreSQL the counters stay locked until the commit.
    hit_all(system.db, pressure.keys, HOUR, system.now)
    return Filed(outcome.ticket.id, outcome.transactions[0].id, note)


def _obeyed(system: Work, sender: Sender, ticket: Ticket, mail: IncomingMail, obeyed: Obeyed) -> Filed:
    """Tell the sender of commands that could not be done."""
    if not obeyed.failed:
        return Filed(ticket.id, obeyed.transaction_id)
    is_told = tell_failed(system, sender, ticket, mail, obeyed.failed)
    note = "Its commands were not carried out; the sender was " + ("told." if is_told else "not told.")
    return Filed(ticket.id, obeyed.transaction_id, note)


def _silent(message: Message, address: str) -> Message:
    """Nobody answers it automatically."""
    return replace(message, auto_generated=True, squelch=(*message.squelch, *([address] if address else [])))


def _reused_id(twins: tuple[Twin, ...]) -> tuple[str, ...]:
    if all(twin.is_same for twin in twins):
        return ()
    return ("Another mail with other content came under the same Message-ID",)
