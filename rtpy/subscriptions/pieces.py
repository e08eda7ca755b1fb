"""The pieces of a dashboard by mail: each as text and as HTML that every mail program shows."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rtpy.search.portlet import BroughtPortlet, PortletRow
from rtpy.work import Work

log = logging.getLogger(__name__)

FONT = "font-family:sans-serif;font-size:14px;color:#1d2429"
_CELL = "padding:3px 12px 3px 0;text-align:left;vertical-align:top"
_HEAD = f"{_CELL};border-bottom:1px solid #c9c7c0"


@dataclass(frozen=True, slots=True)
class Piece:
    """One pane; `is_empty`: it holds nothing for which a mail would be worth while."""

    title: str
    text: str
    html: str
    is_empty: bool


def said(title: str, sentence: str) -> Piece:
    """A sentence in place of a pane."""
    return Piece(title, sentence, f"<p>{escape(sentence)}</p>", is_empty=True)


def elsewhere(title: str, url: str) -> Piece:
    """A pane that only pages can show, seen at `url`."""
    sentence = "This pane is on the page of the dashboard:"
    link = f'<a href="{escape(url)}">{escape(title)}</a>'
    return Piece(title, f"{sentence} {url}", f"<p>{sentence} {link}</p>", is_empty=True)


def table_html(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; `titles` are text, the cells are HTML."""
    head = "".join(f'<th style="{_HEAD}">{escape(title)}</th>' for title in titles)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>" for row in rows
    )
    return f'<table cellpadding="0" cellspacing="0" border="0" style="{FONT}"><tr>{head}</tr>{body}</table>'


def brought_piece(work: Work, portlet: BroughtPortlet, rows: int, url: str) -> Piece:
    """A pane of a plugin, `url` is that of its dashboard. One that fails says so in its place and is logged."""
    if portlet.mail is None:
        return elsewhere(portlet.title, url)
    try:
        with work.db.begin_nested():
            table = portlet.mail(work, rows)
            shown = list(table.rows)[:rows]
            cells = [_cells(work, row) for row in shown]
            lines = [_line(work, row) for row in shown]
    except Exception:
        log.exception("the pane %s of a dashboard by mail failed", portlet.title)
        return said(portlet.title, "A plugin failed here. The log says why.")
    if not shown:
        return said(portlet.title, portlet.empty[0])
    return Piece(portlet.title, "\n".join(lines), table_html(table.titles, cells), is_empty=False)


def _cells(work: Work, row: PortletRow) -> list[str]:
    drawn = [escape(cell) for cell in row.cells]
    if row.path and drawn:
        drawn[0] = f'<a href="{escape(work.app.config.url(row.path))}">{drawn[0]}</a>'
    return drawn


def _line(work: Work, row: PortletRow) -> str:
    line = ", ".join(cell for cell in row.cells if cell)
    return f"{line}\n  {work.app.config.url(row.path)}" if row.path else line
