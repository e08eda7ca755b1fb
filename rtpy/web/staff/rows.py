"""Tickets as lines of a list, statuses and priorities as badges."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from pyramid.request import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.content.priorities import USUAL, Labels, read_labels
from rtpy.errors import Invalid
from rtpy.lifecycle.lifecycle import TICKET, Category, Lifecycles
from rtpy.models import Queue
from rtpy.remembered import remembered
from rtpy.search.lists import TicketRow
from rtpy.web import shown
from rtpy.web.avatars import person_avatar
from rtpy.web.html import Html, show_avatar, show_priority, show_status

SOON = timedelta(days=1)
"""A ticket that is due within this time is marked."""

LEVELS = ((90, "urgent"), (65, "high"), (25, "medium"))
"""From which number on a priority has which colour."""
COLOURS = ("low", "medium", "high", "urgent")


def show_rows(request: Request, rows: Iterable[TicketRow]) -> list[shown.TicketRow]:
    """The lines that the templates draw."""
    app, now, when = request.app, request.work.now, request.when
    prefix = request.route_path("ticket.display", id=0)[:-1]
    nobody, words = app.nobody_id(request.db), _labels_by_queue(app, request.db)
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
                priority_badge(row.priority, words.get(row.queue, USUAL)),
                owner,
                show_avatar("")
                if row.owner_id == nobody
                else person_avatar(request, row.owner_id, row.owner),
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


def priority_badge(priority: int, labels: Labels = USUAL) -> Html:
    """The badge of a priority, in the words of its queue."""
    return show_priority(*priority_words(priority, labels))


def priority_words(priority: int, labels: Labels = USUAL) -> tuple[str, str]:
    """A priority in words, with the number where it is none that has a word, and the level that colours it."""
    level = next((level for least, level in LEVELS if priority >= least), "low")
    rank = next((place for place in range(len(labels) - 1, -1, -1) if labels[place][0] <= priority), None)
    if rank is None:
        return str(priority), level
    number, label = labels[rank]
    if labels != USUAL:
        level = COLOURS[min(rank * len(COLOURS) // max(len(labels), 1), len(COLOURS) - 1)]
    return (label if number == priority else f"{label} {priority}"), level


@lru_cache(maxsize=256)
def labels_in(text: str) -> Labels:
    """The words for priorities that a queue keeps."""
    try:
        return read_labels(text)
    except Invalid:
        return USUAL


def _labels_by_queue(app: App, db: Session) -> dict[str, Labels]:
    """The words of each queue that has its own, by its name. No query as a rule."""

    def read(db: Session) -> dict[str, Labels]:
        rows = db.execute(select(Queue.name, Queue.priority_labels).where(Queue.priority_labels != ""))
        return {row.name: labels_in(row.priority_labels) for row in rows}

    return remembered(app, db, "web.priority_labels", read)


def _tone(row: TicketRow, now: datetime) -> str:
    if row.due is None or row.due > now + SOON:
        return ""
    return "bad" if row.due < now else "warn"
