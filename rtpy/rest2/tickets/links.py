"""Links of tickets in records: as hyperlinks of one, and as fields of lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from rtpy.links.things import thing_of
from rtpy.rest.link_targets import HYPERLINKS, LINK_FIELDS
from rtpy.rest2.call import Call
from rtpy.rest2.values import Document, Ref, stub
from rtpy.search.columns.column import Linked
from rtpy.search.columns.page import Facts, TicketPage

COLUMNS = {"HasMember": "Members"}
"""Where the columns of results call a link otherwise than changes do."""


def links_from(call: Call, page: TicketPage, ticket_id: int) -> list[Document]:
    """The hyperlinks of a ticket's links, kind by kind, the oldest link first. No query beside that of the page."""
    held = page.links.get(ticket_id, {})
    return [
        {"ref": ref, **target_of(call, each)}
        for name, ref in HYPERLINKS.items()
        for each in held.get(COLUMNS.get(name, name), ())
    ]


def target_of(call: Call, linked: Linked) -> Document:
    """The other end of a link: a reference, or an address elsewhere. Of a hidden ticket only its number is told."""
    if linked.ticket_id is not None:
        return stub(call, Ref("ticket", linked.ticket_id))
    return uri_target(call, linked.uri)


def uri_target(call: Call, uri: str) -> Document:
    """An end of a link that is no ticket: an article or asset of ours, or an address elsewhere."""
    thing = thing_of(uri, call.work.app.config.organization)
    return stub(call, Ref(*thing)) if thing else {"type": "external", "_url": uri}


def link_cells(
    call: Call, page: TicketPage, facts: Sequence[Facts], name: str
) -> Mapping[int, Any] | None:  # Any: references and addresses
    """A field of lists such as `DependsOn`; None for what is no link."""
    known = LINK_FIELDS.get(name)
    if known is None:
        return None
    column = COLUMNS.get(known, known)
    return {
        each.id: [_cell(call, linked) for linked in page.links.get(each.id, {}).get(column, ())]
        for each in facts
    }


def _cell(call: Call, linked: Linked) -> Any:
    if linked.ticket_id is not None:
        return Ref("ticket", linked.ticket_id)
    return uri_target(call, linked.uri)
