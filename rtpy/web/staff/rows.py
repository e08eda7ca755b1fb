"""Tickets as lines of a list, statuses and priorities as badges."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pyramid.request import Request

from rtpy.app import App
from rtpy.lifecycle.lifecycle import TICKET, Category, Lifecycles
from rtpy.search.lists import TicketRow
from rtpy.web import shown
from rtpy.web.html import Html, show_avatar, show_priority, show_status

SOON = timedelta(days=1)
"""A ticket that is due within this time is marked."""

LEVELS = ((90, "Urgent", "urgent"), (65, "High", "high"), (25, "Medium", "medium"))
PRIORITIES = ((0, "Low"), (50, "Medium"), (75, "High"), (100, "Urgent"))
"""The numbers that forms offer, in words."""


def show_rows(request: Request, rows: Iterable[TicketRow]) -> list[shown.TicketRow]:
    """The lines that the templates draw."""
    app, now, when = request.app, request.work.now, request.when
    prefix = request.route_path("ticket.display", id=0)[:-1]
    nobody = app.nobody_id(request.db)
    lines = []
    for row in rows:
        owner = "nobody" if row.owner_id == nobody else row.owner
        lines.append(
            shown.TicketRow(
                row.id,
                f"{prefix}{row.id}",
                row.subject or "(no subject)",
                " · ".join(filter(None, (row.requestors, row.organization))),
                status_badge(app, row.status),
                priority_badge(row.priority),
                owner,
                show_avatar("" if row.owner_id == nobody else row.owner),
                row.queue,
                when(row.updated),
                when(row.due),
                _tone(row, now),
            )
        )
    return lines


def status_badge(app: App, status: str) -> Html:
    """The badge of a status as it is spelled in its lifecycle."""
    spelled, category = statuses(app).get(status, (status, "active"))
    return show_status(spelled, category)


def statuses(app: App) -> dict[str, tuple[str, str]]:
    """Every status of every lifecycle of tickets: how it is spelled and its category."""
    lifecycles = app.lifecycles
    kept: tuple[Lifecycles, dict[str, tuple[str, str]]] | None = app.caches.get("web.statuses")
    if kept is not None and kept[0] is lifecycles:
        return kept[1]
    found: dict[str, tuple[str, str]] = {}
    for lifecycle in lifecycles:
        for status in lifecycle.statuses if lifecycle.type == TICKET else ():
            found.setdefault(status.lower(), (lifecycle.shown(status), lifecycle.category(status).value))
    app.caches["web.statuses"] = (lifecycles, found)
    return found


def is_done(app: App, status: str) -> bool:
    """Is nothing to be done any more in this status?"""
    return statuses(app).get(status, ("", ""))[1] == Category.INACTIVE


def priority_badge(priority: int) -> Html:
    """The badge of a priority."""
    return show_priority(*priority_words(priority))


def priority_words(priority: int) -> tuple[str, str]:
    """A priority in words, with the number where it is none of the usual ones, and the level that colours it."""
    label, level = next(((word, level) for least, word, level in LEVELS if priority >= least), ("Low", "low"))
    usual = dict(PRIORITIES).get(priority) == label
    return (label if usual else f"{label} {priority}"), level


def _tone(row: TicketRow, now: datetime) -> str:
    if row.due is None or row.due > now + SOON:
        return ""
    return "bad" if row.due < now else "warn"
