"""`/tickets`: TicketSQL, simple words and saved searches, by pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from rtpy.errors import NotFound
from rtpy.rest.customers import check_query
from rtpy.rest2.call import FORM, Call
from rtpy.rest2.collection import Collection, asked_page, asked_per_page, frame
from rtpy.rest2.kind import asked_fields, listed
from rtpy.rest2.problem import Problem
from rtpy.rest2.tickets.kind import NAMES, TICKET
from rtpy.rest2.values import Document
from rtpy.search.columns.format import read_format
from rtpy.search.fields.field import CannotSearch
from rtpy.search.known_words import simple_query
from rtpy.search.language.error import QueryError
from rtpy.search.language.lexer import name_segments
from rtpy.search.language.parser import Precedence, parse
from rtpy.search.language.tree import Name, Node
from rtpy.search.run import DEEPEST, Order, Search, count, find
from rtpy.search.saved import Content, open_search, saved_searches
from rtpy.search.searched import Target

MOST_ORDERS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for; `node` None with `is_empty` False: all tickets."""

    node: Node | None
    order: tuple[Order, ...]
    is_empty: bool = False


class Tickets(Collection):
    """`/tickets`. A body of JSON is not looked at, as in RT: tickets are searched for by TicketSQL."""

    kind = TICKET
    has_head = True

    def get(self) -> Document:
        """One page."""
        call, link = self.call, self.call.params
        if call.method == "POST" and call.content_type == FORM:
            call.params = (*call.params, *call.form())
        saved = _saved(call)
        if saved is not None:
            call.params = _with_saved(call, saved)
        per_page, page = asked_per_page(call), asked_page(call)
        wanted = _wanted(call, saved)
        if wanted.is_empty:
            call.params = link
            return frame(call, [], total=0, page=1, per_page=per_page)
        search = Search(Target.TICKETS, wanted.node, wanted.order)
        try:
            check_query(call.work, search.kind, search.node, search.order)
            total = count(call.work, search)
            page = max(1, min(page, -(-total // per_page)))
            offset = (page - 1) * per_page
            found = find(call.work, search, limit=per_page, offset=offset) if offset <= DEEPEST else None
        except CannotSearch as wrong:
            raise Problem(400, str(wrong)) from None
        loaded = TICKET.load(call, found.ids) if found else {}
        rows = [loaded[number] for number in found.ids if number in loaded] if found else []
        items = listed(call, TICKET, rows)
        call.params = link
        return frame(call, items, total=total, page=page, per_page=per_page)

    post = get


def _wanted(call: Call, saved: Content | None) -> Wanted:
    """Raises Problem 400 with the text that says what is wrong."""
    text = call.param("query").strip()
    given = (("orderby", call.all("orderby")), ("order", call.all("order")))
    order = _order(*(values for _, values in given))
    if saved is not None and not order:
        order = _orders(saved.order)
    try:
        if text and call.param("simple") == "1":
            return Wanted(simple_query(call.work, text), order)
        if text:
            return Wanted(parse(text).node, order)
        if saved is not None and saved.query.strip():
            return Wanted(parse(saved.query, precedence=Precedence(saved.precedence)).node, order)
    except QueryError as wrong:
        raise Problem(400, str(wrong)) from None
    return Wanted(None, order, is_empty=saved is None)


def _order(names: Sequence[str], ways: Sequence[str]) -> tuple[Order, ...]:
    pairs = [
        (name.strip(), ways[at] if at < len(ways) else "")
        for at, name in enumerate(names[:MOST_ORDERS])
        if name.strip()
    ]
    return _orders(pairs)


def _orders(pairs: Sequence[tuple[str, str]]) -> tuple[Order, ...]:
    named = ((name_segments(name), way) for name, way in pairs)
    return tuple(Order(Name(parts[0], parts[1:]), way.upper() == "DESC") for parts, way in named if parts)


def _saved(call: Call) -> Content | None:
    """The saved search that stands for what the request does not say; one of nothing when there is none like that."""
    text = call.param("search").strip()
    if not text:
        return None
    work = call.work
    try:
        if text.isascii() and text.isdigit() and len(text) <= 18:
            found = open_search(work, int(text))
            return found.content if found.kind == "ticket" else _NOTHING
    except NotFound:
        pass
    wanted = text.casefold()
    return next(
        (
            each.content
            for each in saved_searches(work)
            if wanted in (each.name.casefold(), each.description.casefold())
        ),
        _NOTHING,
    )


_NOTHING = Content(query="id < 0")


def _with_saved(call: Call, saved: Content) -> tuple[tuple[str, str], ...]:
    """The parameters with those that a saved search brings where the request says nothing."""
    more: list[tuple[str, str]] = []
    if not call.param("per_page") and saved.rows:
        more.append(("per_page", str(saved.rows)))
    if not asked_fields(call) and saved.columns:
        more.append(("fields", ",".join(_fields_of(call, saved.columns))))
    return (*call.params, *more)


_RENAMED = {
    "queuename": "Queue",
    "ownername": "Owner",
    "requestors": "Requestor",
    "customfieldview": "CustomFields",
}


def _fields_of(call: Call, columns: str) -> list[str]:
    """What a format's columns are called here; those that records do not have are left out."""
    known = {name.lower(): name for name in NAMES}
    found = []
    for line in read_format(columns):
        for cell in line.cells:
            name = cell.name.lower()
            for ending in ("relative", "", ".name", ".emailaddress"):
                short = name.removesuffix(ending) if ending else name
                if here := known.get(short) or _RENAMED.get(short):
                    found.append(here)
                    break
            if name.startswith(("cf.", "customfield.")):
                found.append("CustomFields")
    return list(dict.fromkeys(found))
