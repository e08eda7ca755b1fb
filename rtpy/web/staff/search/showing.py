"""Cells of a result as pages show them: badges, people, times, links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pyramid.request import Request

from rtpy.links.things import thing_of
from rtpy.search.columns.assets import AssetFacts
from rtpy.search.columns.column import Column, Kind, Linked, Value
from rtpy.search.columns.format import Cell
from rtpy.search.columns.rows import Row
from rtpy.search.searched import Target
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.asset.list import asset_badge
from rtpy.web.staff.rows import priority_badge, status_badge
from rtpy.web.times import show_exact, show_minutes

_PRIORITIES = {
    "Priority": "priority",
    "InitialPriority": "initial_priority",
    "FinalPriority": "final_priority",
}
_LATE = frozenset(("Due", "DueRelative"))
_NAMES = frozenset(("Subject", "Name", "TicketSubject"))
"""Columns by which a row is known."""
_PAGES = {
    Target.TICKETS: "ticket.display",
    Target.ASSETS: "asset.display",
    Target.ARTICLES: "article.display",
    Target.TRANSACTIONS: "ticket.display",
}
"""Where a row leads, by the name of the route."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell: its text or markup, `links` in place of it, the address that all of it leads to, and how it looks."""

    content: str = ""
    url: str = ""
    links: tuple[Link, ...] = ()
    title: str = ""
    """The heading, for cards on phones."""
    look: str = ""
    """Classes of the style sheet."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One ticket or other thing: `lines` of cells."""

    id: int
    url: str
    subject: str
    lines: tuple[tuple[ShownCell, ...], ...]


def show_result(
    request: Request,
    lines: Sequence[Sequence[Cell]],
    rows: Sequence[Row],
    kind: Target = Target.TICKETS,
) -> list[ShownRow]:
    """The rows as the template draws them; `rows` hold the values of all cells that have a column, in order."""
    prefix = request.route_path(_PAGES[kind], id=0)[:-1]
    shown = []
    for row in rows:
        values = iter(row.values)
        url = f"{prefix}{row.id}"
        if kind is Target.TRANSACTIONS:
            url = f"{prefix}{row.facts.ticket_id}#txn-{row.id}"
        drawn = []
        for line in lines:
            cells = tuple(
                _show(request, row, cell, next(values), url) if cell.column else ShownCell() for cell in line
            )
            drawn.append(cells)
        shown.append(ShownRow(row.id, url, row.facts.subject or "(no subject)", tuple(drawn)))
    return shown


def _show(request: Request, row: Row, cell: Cell, value: Value, url: str) -> ShownCell:
    column = cell.column
    assert column is not None
    look = " ".join(filter(None, (_look(column, row, value, request.work.now), f"align-{cell.align}")))
    if cell.choice.is_bold:
        look += " strong"
    links = _links(request, value) if column.kind is Kind.LINK else ()
    content = "" if links else _text(request, row, column, value)
    leads = cell.choice.leads_to_ticket
    if column.name in ("Subject", "TicketSubject") and not content:
        content = "(no subject)"
    return ShownCell(content, url if leads else "", links, cell.title, look)


def _text(request: Request, row: Row, column: Column, value: Value) -> str:
    if column.name == "Status":
        is_asset = isinstance(row.facts, AssetFacts)
        return (asset_badge if is_asset else status_badge)(request.app, row.facts.status)
    if column.name == "TicketStatus":
        return status_badge(request.app, row.facts.ticket_status)
    if column.name in _PRIORITIES:
        return priority_badge(getattr(row.facts, _PRIORITIES[column.name]), row.facts.labels)
    if isinstance(value, datetime):
        if column.is_relative:
            when: Html = request.when(value)
            return when
        exact = show_exact(value, request.zone)
        stamp = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Html(f'<time datetime="{stamp}">{exact}</time>')
    if column.name == "Owner" and row.facts.owner_id == request.app.nobody_id(request.db):
        return "nobody"
    if value is None or value == ():
        return ""
    if isinstance(value, date):
        return column.drawn_by.shown(value.isoformat()) if column.drawn_by else f"{value.day} {value:%b %Y}"
    if column.kind is Kind.MINUTES and isinstance(value, int):
        return show_minutes(value) if value else ""
    if isinstance(value, tuple):
        texts = [each for each in value if isinstance(each, str)]
        return ", ".join(map(column.drawn_by.shown, texts) if column.drawn_by else texts)
    return str(value)


def _links(request: Request, value: Value) -> tuple[Link, ...]:
    if not isinstance(value, tuple):
        return ()
    return tuple(Link(each.label, _address(request, each)) for each in value if isinstance(each, Linked))


def _address(request: Request, link: Linked) -> str:
    if not link.is_seen:
        return ""
    if link.ticket_id is not None:
        return str(request.route_path("ticket.display", id=link.ticket_id))
    thing = thing_of(link.uri, request.app.config.organization)
    if thing is not None:
        return str(request.route_path(f"{thing[0]}.display", id=thing[1]))
    return link.uri if link.uri.startswith(("http://", "https://")) else ""


def _look(column: Column, row: Row, value: Value, now: datetime) -> str:
    look = {Kind.DATE: "when", Kind.NUMBER: "number", Kind.MINUTES: "number", Kind.PERSON: "people"}.get(
        column.kind, ""
    )
    if column.name in _NAMES:
        look = "subject"
    if column.name in _LATE and isinstance(value, datetime) and row.facts.resolved is None and value < now:
        look += " tone-bad"
    return look
