"""A dashboard as a mail: text and HTML of the same panes, as its reader may see them at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from rtpy.charts.mail_table import chart_as_table
from rtpy.charts.scale import in_words
from rtpy.errors import RtpyError
from rtpy.search.charting.charted import charted
from rtpy.search.charting.drawing import as_chart
from rtpy.search.columns.format import columns_of, read_format, resolve
from rtpy.search.columns.kinds import showing_of
from rtpy.search.columns.rows import Row, rows_of
from rtpy.search.dashboards import CHART, PORTLET, KnownDashboard, Pane
from rtpy.search.language.lexer import name_segments
from rtpy.search.language.parser import Precedence, parse
from rtpy.search.language.printer import show
from rtpy.search.language.tree import Name, Node
from rtpy.search.out.cells import as_text
from rtpy.search.portlet import BroughtPortlet
from rtpy.search.ready_made import READY_MADE, ReadyMade
from rtpy.search.run import Order, Search, count, find
from rtpy.search.saved import ONLY_TICKETS, Content, Saved, saved_searches, target_of
from rtpy.search.searched import Target
from rtpy.subscriptions.pieces import FONT, Piece, brought_piece, elsewhere, said, table_html
from rtpy.work import Work

USUAL_COLUMNS = "id, Subject, Status, Priority, Owner, QueueName, Due"
PAGE_ONLY: Mapping[str, str] = {"reminders": "My reminders", "today": "My time today"}
"""Panes that are lists of the page, with their titles."""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail's two forms; `is_empty`: no pane holds a ticket."""

    text: str
    html: str
    is_empty: bool


def write_dashboard(work: Work, dashboard: KnownDashboard, rows: int, zone: ZoneInfo) -> Written:
    """All panes, `rows` of each search. What cannot be shown is said in its place."""
    searches = {each.id: each for each in saved_searches(work, None)}
    url = work.app.config.url(f"/dashboards/{dashboard.id}")
    pieces = [_piece(work, pane, searches, rows, zone, url) for pane in dashboard.panes]
    text = "\n\n".join(f"{each.title}\n{'-' * len(each.title)}\n{each.text}" for each in pieces)
    html = "".join(f'<h2 style="font-size:16px">{escape(each.title)}</h2>{each.html}' for each in pieces)
    foot = f'<p><a href="{escape(url)}">{escape(dashboard.name)}</a></p>'
    return Written(
        f"{text}\n\n{dashboard.name}: {url}\n",
        f'<div style="{FONT}">{html}{foot}</div>',
        all(each.is_empty for each in pieces),
    )


def _piece(work: Work, pane: Pane, searches: dict[int, Saved], rows: int, zone: ZoneInfo, url: str) -> Piece:
    if pane.kind == PORTLET and pane.portlet not in READY_MADE:
        return _no_search(work, pane.portlet, rows, url)
    ready = READY_MADE[pane.portlet] if pane.kind == PORTLET else None
    saved = searches.get(pane.search_id)
    title = ready.title if ready else saved.name if saved else "Saved search"
    try:
        if ready is not None:
            return _table(work, title, ready.content, rows, zone, ready=ready)
        if saved is None:
            return said(title, "This search is gone, or not shared with you.")
        kind = target_of(saved.kind)
        if pane.kind == CHART and kind is not Target.TICKETS:
            return said(title, ONLY_TICKETS)
        if pane.kind == CHART:
            return _chart(work, title, saved.content, zone)
        return _table(work, title, saved.content, rows, zone, kind)
    except RtpyError as problem:
        return said(title, str(problem))


def _no_search(work: Work, name: str, rows: int, url: str) -> Piece:
    """A list of the page, or what a plugin brings."""
    if name in PAGE_ONLY:
        return elsewhere(PAGE_ONLY[name], url)
    brought: BroughtPortlet | None = work.app.named("rtpy_portlets").get(name)
    if brought is None:
        return said(name or "Pane", "There is no such pane any more.")
    return brought_piece(work, brought, rows, url)


def _search(content: Content, zone: ZoneInfo, kind: Target = Target.TICKETS) -> Search:
    node = parse(content.query, precedence=Precedence(content.precedence)).node
    named = ((name_segments(name), way) for name, way in content.order)
    order = tuple(Order(Name(parts[0], parts[1:]), way == "DESC") for parts, way in named if parts)
    return Search(kind, node, order, zone)


def _table(
    work: Work,
    title: str,
    content: Content,
    rows: int,
    zone: ZoneInfo,
    kind: Target = Target.TICKETS,
    *,
    ready: ReadyMade | None = None,
) -> Piece:
    search = _search(content, zone, kind)
    found = find(work, search, limit=rows)
    if not found.ids:
        return said(title, ready.empty[0] if ready else "Nothing fits.")
    usual = USUAL_COLUMNS if kind is Target.TICKETS else showing_of(kind).usual
    cells = columns_of(resolve(work, read_format(content.columns or usual), kind))
    columns = [cell.column for cell in cells if cell.column is not None]
    total = count(work, search) if found.has_more else len(found.ids)
    lines, drawn = [], []
    for row in rows_of(work, found.ids, columns, zone, kind):
        url = work.app.config.url(_path(kind, row))
        values = [as_text(value, zone) for value in row.values]
        status = getattr(row.facts, "status", "")
        lines.append(
            f"#{row.id} {row.facts.subject or '(no subject)'}{f' [{status}]' if status else ''}\n  {url}"
        )
        drawn.append([_linked(at, each, url) for at, each in enumerate(values)])
    html = table_html([cell.title for cell in cells], drawn)
    more = f"{total - len(found.ids):,} more." if found.has_more else ""
    return Piece(
        f"{title} ({total:,})",
        "\n".join([*lines, *([more] if more else [])]),
        html + (f"<p>{more}</p>" if more else ""),
        is_empty=False,
    )


def _path(kind: Target, row: Row) -> str:
    """Where the page of a row is."""
    match kind:
        case Target.TRANSACTIONS:
            return f"/ticket/{row.facts.ticket_id}#txn-{row.id}"
        case Target.ASSETS | Target.ARTICLES:
            return f"/{kind}/{row.id}"
        case _:
            return f"/ticket/{row.id}"


def _linked(at: int, value: str, url: str) -> str:
    """The first two columns lead to the ticket: number and subject, as a rule."""
    return f'<a href="{escape(url)}">{escape(value or "–")}</a>' if at < 2 else escape(value)


def _chart(work: Work, title: str, content: Content, zone: ZoneInfo) -> Piece:
    search = _search(content, zone)
    found = charted(work, search, content.chart)
    what = f"{found.measures[0].title} by {' and '.join(found.titles)}"

    def url_of(node: Node) -> str:
        return work.app.config.url(f"/search?{urlencode({'Query': show(node)})}")

    chart = as_chart(found, what, url_of)
    html = chart_as_table(chart)
    if not html:
        return said(title, "Nothing fits.")
    lines = [
        f"{label}: "
        + ", ".join(
            (f"{each.name} " if len(chart.series) > 1 else "") + in_words(each.values[at], chart.unit)
            for each in chart.series
        )
        for at, label in enumerate(chart.labels)
    ]
    return Piece(title, "\n".join([what, *lines]), html, is_empty=False)
