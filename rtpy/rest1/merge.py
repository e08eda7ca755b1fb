"""Merging two tickets: by the address that RT's clients use, and by parameters as older ones do."""

from rtpy.changes.allowed import may
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.merge import MergeInto
from rtpy.errors import RtpyError
from rtpy.models import Ticket
from rtpy.rest1.call import Call
from rtpy.rest1.frame import ERROR, NO_TICKET, OK, Answer, Stopped, remark
from rtpy.rest1.objects import as_number
from rtpy.rest1.tickets import find_ticket, hidden, see_ticket
from rtpy.rights.names import Right


def merge_tickets(call: Call, id: str, into: str) -> Answer:
    """`id` goes on in `into`; why it does not is told with status 200, as in RT."""
    ticket, target = (_modifiable(call, as_number(number), OK) for number in (id, into))
    try:
        change_ticket(call.work, ticket, MergeInto(target))
    except RtpyError as problem:
        raise Stopped(remark("Could not complete the merge.", str(problem)), OK) from None
    return Answer(remark("Merge completed."))


def merge_by_parameters(call: Call) -> Answer:
    """Parameters `id` and `into`."""
    numbers = [as_number(call.given.text(name).strip()) for name in ("id", "into")]
    if None in numbers:
        raise Stopped("Invalid ticket ID specified.")
    for number in numbers:
        find_ticket(call, number, status=NO_TICKET)
    ticket, target = (_modifiable(call, number, ERROR) for number in numbers)
    try:
        change_ticket(call.work, ticket, MergeInto(target))
    except RtpyError as problem:
        raise Stopped(str(problem), ERROR) from None
    return Answer("Merge Successful\n")


def _modifiable(call: Call, number: int | None, status: str) -> Ticket:
    ticket = see_ticket(call, number, status=status, deed="modify").ticket
    if not may(call.work, ticket, Right.MODIFY_TICKET):
        raise Stopped(remark(hidden(ticket.id, "modify")), status)
    return ticket
