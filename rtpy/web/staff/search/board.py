"""A search as a board: a column for each status, owner or other value, a card for each ticket, moved by its form."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.lifecycle.lifecycle import TICKET
from rtpy.search.columns.named import column_named
from rtpy.search.columns.page import Facts
from rtpy.search.columns.rows import rows_of
from rtpy.search.run import find
from rtpy.web.forms import Option
from rtpy.web.html import Html
from rtpy.web.staff.rows import priority_badge, status_badge, statuses
from rtpy.web.staff.search.asked import Asked, zone_of

MOST = 300
"""Cards of a board; what is beyond is named, not drawn."""
BY = ("Status", "Owner", "Queue", "Priority")
FIELDS = {"Status": "status", "Owner": "owner", "Queue": "queue", "Priority": "priority"}
"""The field of a ticket's form that moves it from column to column."""
LEVELS = (90, 75, 50, 25, 0)


@dataclass(frozen=True, slots=True)
class Card:
    """One ticket on the board."""

    id: int
    url: str
    subject: str
    owner: str
    priority: Html
    status: Html
    due: Html
    is_late: bool


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column: `value` is what a ticket gets that is moved here, empty when nothing can be moved here."""

    label: str
    value: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All columns, and where cards can be moved to; `has_more` says that there are more tickets than cards."""

    by: str
    field: str
    columns: tuple[BoardColumn, ...]
    has_more: bool
    total: int


def read_board(request: Request, asked: Asked) -> Board:
    """The first tickets of the search in columns. Raises CannotSearch. A few queries, whatever the number of cards."""
    by = next((each for each in BY if each.lower() == asked.content.board_by.lower()), BY[0])
    found = find(request.work, asked.search, limit=MOST)
    columns = [column_named(request.work, name) for name in ("Owner", "OwnerName")]
    rows = rows_of(request.work, found.ids, columns, zone_of(request))
    cards: dict[str, list[Card]] = defaultdict(list)
    labels: dict[str, str] = {}
    for row in rows:
        shown, name = row.values[0], row.values[1]
        owner = shown[0] if isinstance(shown, tuple) and shown and isinstance(shown[0], str) else ""
        value, label = _place(request, by, row.facts, owner, str(name))
        labels.setdefault(value, label)
        cards[value].append(_card(request, row.facts, owner))
    for value, label in _always(request, by, Counter(row.facts.lifecycle for row in rows)):
        labels.setdefault(value, label)
    order = _order(request, by, labels)
    return Board(
        by,
        FIELDS[by],
        tuple(BoardColumn(labels[value], value, tuple(cards[value])) for value in order),
        found.has_more,
        len(found.ids),
    )


def board_choices(asked: Asked) -> list[Option]:
    """By what a board can be laid out."""
    return [Option(each, each, each.lower() == asked.content.board_by.lower()) for each in BY]


def _place(request: Request, by: str, ticket: Facts, owner: str, owner_name: str) -> tuple[str, str]:
    if by == "Owner":
        nobody = ticket.owner_id == request.app.nobody_id(request.db)
        return ("nobody", "nobody") if nobody else (owner_name, owner)
    if by == "Queue":
        return str(ticket.queue_id), ticket.queue
    if by == "Priority":
        level = next((each for each in LEVELS if ticket.priority >= each), LEVELS[-1])
        return str(level), f"from {level}"
    return ticket.status.lower(), statuses(request.app).get(ticket.status.lower(), (ticket.status, ""))[0]


def _always(request: Request, by: str, lifecycles: Counter[str]) -> list[tuple[str, str]]:
    """Columns that stand there without cards too, so that something can be moved there."""
    if by == "Status":
        names = {name.lower() for name in lifecycles}
        lives = [
            life for life in request.app.lifecycles if life.type == TICKET and life.name.lower() in names
        ]
        return [
            (status.lower(), life.shown(status))
            for life in lives
            for status in life.statuses
            if status.lower() != "deleted"
        ]
    if by == "Owner":
        return [("nobody", "nobody"), (request.login.name, request.login.display_name)]
    if by == "Priority":
        return [(str(level), f"from {level}") for level in LEVELS]
    return []


def _order(request: Request, by: str, labels: dict[str, str]) -> list[str]:
    if by == "Status":
        known = list(statuses(request.app))
        return sorted(labels, key=lambda value: (known.index(value) if value in known else len(known), value))
    if by == "Priority":
        return sorted(labels, key=int, reverse=True)
    return sorted(labels, key=lambda value: (value != "nobody", labels[value].lower()))


def _card(request: Request, ticket: Facts, owner: str) -> Card:
    due: Html = request.when(ticket.due)
    return Card(
        ticket.id,
        request.route_path("ticket.display", id=ticket.id),
        ticket.subject or "(no subject)",
        "nobody" if ticket.owner_id == request.app.nobody_id(request.db) else owner,
        priority_badge(ticket.priority, ticket.labels),
        status_badge(request.app, ticket.status),
        due,
        ticket.due is not None and ticket.resolved is None and ticket.due < request.work.now,
    )
