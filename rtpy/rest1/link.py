"""One link made or removed by parameters, as `rt link` and python-rt do it."""

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import NAMES, AddLink, DeleteLink
from rtpy.errors import RtpyError
from rtpy.links.uris import ticket_id_of
from rtpy.rest1.call import Call
from rtpy.rest1.frame import ERROR, NO_TICKET, Answer, Stopped
from rtpy.rest1.links import said
from rtpy.rest1.objects import as_number
from rtpy.rest1.tickets import find_ticket, see_ticket

_BY_NAME = {**{name.lower(): name for name in NAMES}, "members": "HasMember"}
_VERBS = {
    "DependsOn": ("{0} depends on {1}.", "DependsOn", True),
    "DependedOnBy": ("{1} depends on {0}.", "DependsOn", False),
    "RefersTo": ("{0} refers to {1}.", "RefersTo", True),
    "ReferredToBy": ("{1} refers to {0}.", "RefersTo", False),
    "MemberOf": ("{0} member of {1}.", "MemberOf", True),
    "HasMember": ("{1} member of {0}.", "MemberOf", False),
}
"""RT's sentence, the stored type, and whether this ticket is the base."""


def link_things(call: Call, type: str) -> Answer:
    """Parameters `id`, `rel`, `to`, `del`. RT's clients look for ` Created link ` and ` Deleted link `."""
    if type != "ticket":
        raise Stopped("Unsupported object type.", "500 Server Error")
    given = call.given
    name = _BY_NAME.get(given.text("rel").strip().lower())
    number, other = as_number(given.text("id").strip()), given.text("to").strip()
    if name is None:
        raise Stopped(f"Invalid link '{given.text('rel')[:80]}' for type ticket specified.")
    if number is None or not other:
        raise Stopped(
            "Invalid ticket ID specified." if number is None else "No target of the link specified."
        )
    find_ticket(call, number, status=NO_TICKET)
    ticket = see_ticket(call, number, status=ERROR, deed="modify").ticket
    deletes = given.text("del", "0").strip() not in ("", "0")
    change = DeleteLink(name, other) if deletes else AddLink(name, other)
    try:
        done = change_ticket(call.work, ticket, change).transactions
    except RtpyError as problem:
        raise Stopped(said(call, change, problem), ERROR) from None
    pattern, kind, is_base = _VERBS[name]
    organization = call.work.app.config.organization
    target = ticket_id_of(other, organization)
    there = other if target is None else str(target)
    ends = (f"Ticket {ticket.id}", f"URI {other}" if target is None else f"Ticket {target}")
    base, end = (str(ticket.id), there) if is_base else (there, str(ticket.id))
    sentence = pattern.format(*ends)
    if deletes:
        sentence = sentence.replace(" depends", " no longer depends").replace(" refers", " no longer refers")
        sentence = sentence.replace(" member of", " no longer member of")
    elif not done:
        sentence = "Link already exists"
    return Answer(f"{sentence} {'Deleted' if deletes else 'Created'} link {base} {kind} {end}\n")
