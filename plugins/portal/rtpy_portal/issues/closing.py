"""Closing the tickets of a known issue that is done: each gets the same message and another status, or says why not."""

from collections.abc import Sequence
from dataclasses import dataclass

from rtpy.changes.allowed import need_system
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.mail.together import newest_mail, put_together
from rtpy.models import Ticket
from rtpy.models.locks import lock_tickets
from rtpy.work import Work
from rtpy_portal.issues.history import note
from rtpy_portal.issues.linking import tickets_of
from rtpy_portal.models import Issue
from rtpy_portal.rights import MANAGE_ISSUES

MOST = 200
"""Tickets in one step: each runs its scrips."""
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of one ticket: closed, or the sentence why it is not."""

    ticket_id: int
    subject: str
    refused: str = ""


def open_tickets(work: Work, issue: Issue) -> Sequence[Ticket]:
    """Linked tickets that are open and that the actor may see."""
    active = set(work.app.lifecycles.active_statuses())
    return [ticket for ticket in tickets_of(work, issue.id) if ticket.status in active]


def close_tickets(work: Work, issue: Issue, ticket_ids: Sequence[int], message: str) -> list[Closed]:
    """Close these of the linked tickets with a reply; each whole or not at all.

    Needs ManageIssues, and on each ticket the rights that it always takes. A customer with several gets one mail.
    Raises Invalid without a message or without tickets.
    """
    need_system(work, MANAGE_ISSUES)
    message = message.strip()
    if not message:
        raise Invalid(Problem("message", "Write what the customers shall read."))
    if len(message) > LONGEST:
        raise Invalid(Problem("message", f"This is longer than {LONGEST:,} characters: shorten it."))
    wanted = set(ticket_ids)
    tickets = [each for each in open_tickets(work, issue) if each.id in wanted]
    if not tickets or len(tickets) > MOST:
        raise Invalid(Problem("tickets", f"Choose 1 to {MOST} open tickets that are linked."))
    tickets.sort(key=lambda each: each.id)  # two of these never wait for each other
    lock_tickets(work.db, *tickets)
    active = set(work.app.lifecycles.active_statuses())
    tickets = [each for each in tickets if each.status in active]  # a second click waited until here
    mail, done = newest_mail(work), []
    for ticket in tickets:
        subject = ticket.subject
        try:
            change_ticket(
                work, ticket, Correspond(plain_message(message)), SetStatus(closing_status(work, ticket))
            )
            done.append(Closed(ticket.id, subject))
        except (Refused, Conflict, Invalid) as problem:
            done.append(Closed(ticket.id, subject, str(problem)))
    put_together(work, [each.id for each in tickets], mail)
    closed = [f"#{each.ticket_id}" for each in done if not each.refused]
    if closed:
        note(work, issue.id, "CloseTickets", "tickets closed", new=", ".join(closed))
    return done


def closing_status(work: Work, ticket: Ticket) -> str:
    """The first closed status of its lifecycle that it may go to next. Raises Refused when there is none."""
    lifecycle = work.app.lifecycles.get(ticket.queue.lifecycle)
    allowed = {move.new.lower() for move in lifecycle.moves_from(ticket.status)}
    found = next((status for status in lifecycle.inactive if status.lower() in allowed), None)
    if found is None:
        raise Refused("From its present status it cannot be closed.")
    return found
