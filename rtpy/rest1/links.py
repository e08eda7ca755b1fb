"""The links of a ticket: read, and replaced field by field."""

from collections.abc import Sequence

from rtpy.changes.change import Change
from rtpy.changes.linked_things import stored_uri
from rtpy.changes.pipeline import change_each
from rtpy.changes.ticket.links import AddLink, DeleteLink
from rtpy.errors import RtpyError
from rtpy.links.uris import ticket_id_of, ticket_uri
from rtpy.rest.link_targets import MOST_LINKS
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value, as_items
from rtpy.rest1.frame import BAD_REQUEST, OK, SYNTAX_ERROR
from rtpy.rest1.objects import Spec
from rtpy.rest1.result import Result
from rtpy.rest1.tickets import hidden, missing, numbers_in, see_ticket, targets_of
from rtpy.search.columns.links import links_of
from rtpy.search.columns.page import TicketPage

FIELDS = {
    "DependsOn": "DependsOn",
    "DependedOnBy": "DependedOnBy",
    "RefersTo": "RefersTo",
    "ReferredToBy": "ReferredToBy",
    "Members": "HasMember",
    "MemberOf": "MemberOf",
}
"""Fields of the form in RT's order, and the names of the links for changes."""
NAMES = {**{name.lower(): name for name in FIELDS}, "hasmember": "Members"}


def show_links(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """The other ends of all links, as URIs; empty fields only in the long form."""
    targets = targets_of(call, numbers_in(specs))
    seen = TicketPage(call.work, list(dict.fromkeys(targets.values())), call.zone).facts
    found = links_of(call.work, list(seen) if call.is_staff else [])  # links are not for customers
    forms = []
    for spec in specs:
        target = targets.get(spec.number or 0)
        if target is None:
            forms.append(Form((f"# {missing(spec.id)}",)))
        elif target not in seen:
            forms.append(Form((f"# {hidden(spec.id)}",)))
        else:
            fields: list[tuple[str, Value]] = [("id", f"ticket/{target}/links")]
            for name in FIELDS:
                uris = tuple(linked.uri for linked in found[target].get(name, ()))
                if uris or call.is_long:
                    fields.append((name, uris))
            forms.append(Form(fields=tuple(fields)))
    return forms


def write_links(call: Call, spec: Spec, form: Form) -> Result:
    """Each field that is there is the whole new list of its kind."""
    seen = see_ticket(call, spec.number, status=BAD_REQUEST, deed="modify")
    ticket = seen.ticket
    present = links_of(call.work, [ticket.id])[ticket.id]
    changes: list[Change] = []
    fields: list[str] = []
    problems: list[str] = []
    wanted: dict[str, list[str]] = {}
    for name, value in form.fields:
        known = NAMES.get(name.lower())
        if known is not None:
            wanted[known] = as_items(value)
        elif name.lower() not in ("id", "ticket"):
            problems.append(f"{name}: Unknown field.")
    if sum(map(len, wanted.values())) > MOST_LINKS:
        return Result((f"At most {MOST_LINKS} links at once.",), BAD_REQUEST)
    uris = _uris(call, [item for items in wanted.values() for item in items])
    for name, items in wanted.items():
        there = {linked.uri for linked in present.get(name, ())}
        given = {uris[item]: item for item in items}
        for uri, item in given.items():
            if uri not in there:
                changes.append(AddLink(FIELDS[name], item))
                fields.append(name)
        for uri in sorted(there - given.keys()):
            changes.append(DeleteLink(FIELDS[name], uri))
            fields.append(name)
    if changes:
        for name, tried in zip(fields, change_each(call.work, ticket, *changes), strict=True):
            if tried.problem is not None:
                problems.append(f"{name}: {said(call, tried.change, tried.problem)}")
    if problems:
        return Result((*problems,), SYNTAX_ERROR, form)
    return Result((f"Links for ticket {ticket.id} updated.",), OK)


def said(call: Call, change: Change, problem: RtpyError) -> str:
    """Why a link was refused; of a ticket that is not there RT's sentence."""
    other = getattr(change, "other", "")
    number = ticket_id_of(other, call.work.app.config.organization)
    if number is not None and str(problem).startswith("There is no ticket"):
        return missing(number)
    return str(problem)


def _uris(call: Call, texts: Sequence[str]) -> dict[str, str]:
    """The URIs under which links to these are stored. One query."""
    organization = call.work.app.config.organization
    numbers = {text: ticket_id_of(text, organization) for text in texts}
    targets = targets_of(call, {number for number in numbers.values() if number is not None})
    return {
        text: stored_uri(call.work, text)
        if number is None
        else ticket_uri(organization, targets.get(number, number))
        for text, number in numbers.items()
    }
