"""Ready-made panes: searches that everybody wants, one's reminders, one's time of today; each by a name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy import select

from rtpy.app import App
from rtpy.errors import Invalid, Problem
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.search.portlet import BroughtPortlet
from rtpy.search.ready_made import READY_MADE
from rtpy.search.saved import Content
from rtpy.web.staff.ticket.reminders import my_reminders
from rtpy.web.times import show_minutes


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: where it leads, what stands at its end."""

    label: str
    url: str
    end: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Portlet:
    """A ready-made pane: a search, a list of lines, or what a plugin brings; `empty` is said where there is nothing."""

    title: str
    empty: tuple[str, str]
    search: Content | None = None
    items: Callable[[Request], list[Item]] | None = None
    brought: BroughtPortlet | None = None


def includeme(config: Configurator) -> None:
    """Raises Invalid when a plugin brings a pane that cannot be: the site does not start with it."""
    app: App = config.registry["rtpy.app"]
    for name in app.named("rtpy_portlets"):
        if name in PORTLETS or not NAME.fullmatch(name):
            sentence = (
                f"A plugin brings the pane {name}: its name must be letters and digits, and one of its own."
            )
            raise Invalid(Problem("plugins", sentence))


def portlets_of(app: App) -> Mapping[str, Portlet]:
    """All ready-made panes by name, those of plugins last."""
    brought: Mapping[str, BroughtPortlet] = app.named("rtpy_portlets")
    own = {name: Portlet(each.title, each.empty, brought=each) for name, each in brought.items()}
    return {**PORTLETS, **own}


def _reminders(request: Request) -> list[Item]:
    """What the reader is to remember, the most urgent first. One query."""
    return [Item(line.subject, line.url or "", str(line.due), line.is_late) for line in my_reminders(request)]


def _today(request: Request) -> list[Item]:
    """What the reader worked on today; tickets that they see no more keep only their number. Two queries."""
    spent = request.today
    ids = [each.ticket_id for each in spent]
    visible = request.work.rights.of(Right.SHOW_TICKET).visible()
    rows = (
        request.db.execute(select(Ticket.id, Ticket.subject).where(Ticket.id.in_(ids), visible))
        if ids
        else ()
    )
    subjects = {row.id: row.subject for row in rows}
    return [
        Item(
            f"#{each.ticket_id} {subjects.get(each.ticket_id, '')}".strip(),
            request.route_path("ticket.display", id=each.ticket_id),
            show_minutes(each.minutes),
        )
        for each in spent
    ]


PORTLETS: Mapping[str, Portlet] = {
    **{name: Portlet(each.title, each.empty, each.content) for name, each in READY_MADE.items()},
    "reminders": Portlet(
        "My reminders", ("No reminders", "Reminders that you set on tickets stand here."), items=_reminders
    ),
    "today": Portlet(
        "My time today",
        ("No time logged today", "Minutes that you enter with a reply or a comment add up here."),
        items=_today,
    ),
}
"""By name, in the order in which they are offered; those of plugins come after them."""
NAME = re.compile(r"[A-Za-z0-9_]{1,60}")
"""How names of panes are written."""
