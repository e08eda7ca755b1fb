"""Ready-made panes: searches that everybody wants, one's reminders, one's time of today; each by a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import Ticket
from rtpy.rights.names import Right
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
    """A ready-made pane: a search, or a list of lines; `empty` are title and text where there is nothing."""

    title: str
    empty: tuple[str, str]
    search: Content | None = None
    items: Callable[[Request], list[Item]] | None = None


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
"""By name, in the order in which they are offered."""
