"""Panes as a page draws them: each with its rows, its chart or its lines, or the reason why there is nothing."""

import logging
from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.errors import RtpyError
from rtpy.search.dashboards import CHART, PORTLET, Pane
from rtpy.search.fields.field import CannotSearch
from rtpy.search.portlet import BroughtPortlet
from rtpy.search.saved import ONLY_TICKETS, Content, Saved, target_of
from rtpy.search.searched import Target
from rtpy.web.html import Html
from rtpy.web.staff.portlets import Item, Portlet, portlets_of
from rtpy.web.staff.search.asked import address, settle
from rtpy.web.staff.search.charting import read_chart
from rtpy.web.staff.search.results import run
from rtpy.web.staff.search.showing import ShownRow
from rtpy.web.templating import draw_piece

log = logging.getLogger("rtpy.web")

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class ShownPane:
    """What a pane shows. `url` leads to all of it, `problem` says why there is nothing, `headings` are the columns'."""

    title: str
    width: str
    url: str = ""
    problem: str = ""
    total: int | None = None
    headings: tuple[tuple[str, ...], ...] = ()
    rows: tuple[ShownRow, ...] = ()
    items: tuple[Item, ...] = ()
    drawing: str = ""
    """SVG."""
    html: str = ""
    """What a plugin drew."""
    table: tuple[tuple[str, ...], ...] = ()
    """The numbers of a chart, the first row are headings."""
    empty: tuple[str, str] = ("Nothing fits", "What fits the search will stand here.")


def show_pane(request: Request, pane: Pane, saved: dict[int, Saved]) -> ShownPane:
    """One pane; `saved` are the searches that the reader may open, by id. What goes wrong stays in the pane."""
    if pane.kind == PORTLET:
        portlet = portlets_of(request.app).get(pane.portlet)
        if portlet is None:
            return ShownPane(pane.portlet or "Pane", pane.width, problem="There is no such pane any more.")
        return _portlet(request, pane, portlet)
    search = saved.get(pane.search_id)
    if search is None:
        return ShownPane("Saved search", pane.width, problem="This search is gone, or not shared with you.")
    url = request.route_path("search.results", _query={"saved": search.id})
    kind = target_of(search.kind)
    shown = ShownPane(search.name, pane.width, url)
    if pane.kind == CHART and kind is not Target.TICKETS:
        return replace(shown, problem=ONLY_TICKETS)
    if pane.kind == CHART:
        return _chart(request, pane, search, url)
    return _table(request, pane, search.content, shown, kind)


def not_shown(pane: Pane, saved: dict[int, Saved]) -> ShownPane:
    """A pane for which there was no time."""
    search = saved.get(pane.search_id)
    title = search.name if search is not None and pane.kind != PORTLET else pane.portlet or "Pane"
    return ShownPane(
        title, pane.width, problem="The panes above took too long: there was no time for this one."
    )


def _portlet(request: Request, pane: Pane, portlet: Portlet) -> ShownPane:
    shown = ShownPane(portlet.title, pane.width, empty=portlet.empty)
    if portlet.search is not None:
        url = address(request, settle(request, portlet.search))
        return _table(request, pane, portlet.search, replace(shown, url=url))
    if portlet.brought is not None:
        return _brought(request, pane, portlet.brought, shown)
    items = portlet.items(request) if portlet.items else []
    return replace(shown, items=tuple(items[: pane.rows or MOST_ROWS]))


def _brought(request: Request, pane: Pane, brought: BroughtPortlet, shown: ShownPane) -> ShownPane:
    """What a plugin's pane says; whatever goes wrong in it, the others are shown."""
    try:
        with request.db.begin_nested():
            values = brought.values(request, pane.rows or MOST_ROWS)
            if values is None:
                return shown
            return replace(shown, html=draw_piece(request, brought.template, values))
    except RtpyError as problem:
        return replace(shown, problem=str(problem))
    except Exception:
        log.exception("the pane %s of a plugin failed", pane.portlet)
        return replace(shown, problem="This pane cannot be shown: its plugin failed. The log says why.")


def _table(
    request: Request, pane: Pane, content: Content, shown: ShownPane, kind: Target = Target.TICKETS
) -> ShownPane:
    rows = min(pane.rows or content.rows, MOST_ROWS)
    asked = settle(request, replace(content, rows=rows), kind)
    result = run(request, asked)
    if result.problem:
        return replace(shown, problem=result.problem)
    headings = tuple(tuple(cell.title for cell in line) for line in asked.cells)
    return replace(shown, total=result.total, headings=headings, rows=result.rows)


def _chart(request: Request, pane: Pane, search: Saved, url: str) -> ShownPane:
    shown = ShownPane(search.name, pane.width, f"{url}&show=chart")
    asked = settle(request, search.content)
    try:
        if asked.problem:
            raise CannotSearch(asked.problem)
        part = read_chart(request, asked)
    except RtpyError as problem:
        return replace(shown, problem=str(problem))
    if part.problem:
        return replace(shown, problem=part.problem)
    table = (part.headings, *((label, *(cell.text for cell in cells)) for label, cells in part.rows))
    return replace(
        shown,
        title=f"{search.name}: {part.title}",
        drawing=Html(part.drawing),
        table=table if part.drawing else (),
    )
