"""Tickets by TicketSQL."""

from collections.abc import Sequence

from rtpy.errors import RtpyError
from rtpy.rest.customers import check_query
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form
from rtpy.rest1.frame import BAD_SEARCH, Stopped
from rtpy.rest1.listing import MOST, Listing, too_many
from rtpy.rest1.ticket_form import read_tickets
from rtpy.search.language.lexer import name_segments
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search, find_all
from rtpy.search.searched import Target

AT_ONCE = 1000
"""Tickets that are read together."""


def search(call: Call, query: str, orderby: str) -> Listing:
    """Nothing for an empty query, as in RT. Raises Stopped for one that makes no sense, or finds too much."""
    if not query.strip():
        return Listing((), "Subject", lambda fields: [])
    try:
        node = parse(query).node
        order = read_order(orderby)
        check_query(call.work, Target.TICKETS, node, order)
        wanted = Search(node=node, order=order, zone=call.zone)
        ids = find_all(call.work, wanted, most=MOST + 1)
    except RtpyError as wrong:
        text = " ".join(query.split())[:1000]
        raise Stopped(f"Invalid query: '{text}'.\n\n{wrong}\n", BAD_SEARCH) from None
    if len(ids) > MOST:
        raise Stopped(too_many("tickets"))

    def read(fields: Sequence[str]) -> list[Form]:
        forms: list[Form] = []
        for start in range(0, len(ids), AT_ONCE):
            forms += read_tickets(call, ids[start : start + AT_ONCE], fields).values()
        return forms

    return Listing(ids, "Subject", read)


def read_order(text: str) -> tuple[Order, ...]:
    """`Field`, `+Field`, `-Field`, several between commas or bars."""
    orders = []
    for piece in text.replace("|", ",").split(","):
        name = piece.strip().lstrip("+-")
        if name:
            head, *path = name_segments(name)
            orders.append(Order(Name(head, tuple(path)), descending=piece.strip().startswith("-")))
    return tuple(orders)
