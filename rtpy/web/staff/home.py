"""The start page: what is mine and how urgent, what nobody owns, what is new, what I worked today."""

from datetime import datetime

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import ColumnElement, case, func, literal_column, select

from rtpy.errors import NotFound
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Ticket
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.search.dashboards import home_of, open_dashboard
from rtpy.search.lists import Sort, TicketFilter, list_tickets
from rtpy.web.shown import Column, TicketRow
from rtpy.web.staff.dashboard.display import dashboard_values
from rtpy.web.staff.rows import SOON, show_rows
from rtpy.web.staff.ticket.reminders import my_reminders
from rtpy.web.times import show_minutes

MINE, SHORT = 15, 8
NAMES = ("#", "Subject", "Status", "Priority", "Owner", "Queue", "Updated", "Due")


@view_config(route_name="home", request_method="GET", renderer="staff/home.pt", permission=STAFF)
def show_home(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Lists with counts, each with a way to all of it; or the dashboard that is the reader's home page."""
    home = home_of(request.work)
    if home is not None:
        try:
            known = open_dashboard(request.work, home)
        except NotFound:  # somebody else has deleted it this very second: the usual page then
            known = None
        if known is not None:
            values = dashboard_values(request, known)
            return render_to_response("staff/dashboard/display.pt", values, request)
    work, path = request.work, request.route_path
    show_ticket = work.rights.of(Right.SHOW_TICKET)
    active = request.app.lifecycles.active_statuses()
    me, nobody = work.actor.user_id, request.app.nobody_id(request.db)
    overdue, soon, mine, unowned = _counts(request, show_ticket, active, me, nobody)
    mine_url = path("ticket.list", _query={"owner": "me", "sort": "urgency"})
    unowned_url = path("ticket.list", _query={"owner": "nobody", "sort": "created", "order": "desc"})
    return {
        "greeting": _greeting(request),
        "tiles": [
            (str(overdue), "of mine overdue", _overdue_url(request), "bad" if overdue else ""),
            (str(soon), "of mine due within a day", mine_url, "warn" if soon else ""),
            (str(mine), "open tickets of mine", mine_url, ""),
            (str(unowned), "without an owner", unowned_url, ""),
        ],
        "mine": _rows(request, show_ticket, TicketFilter(statuses=active, owner_id=me), Sort.URGENCY, MINE),
        "mine_count": mine,
        "mine_url": mine_url,
        "unowned": _rows(
            request, show_ticket, TicketFilter(statuses=active, owner_id=nobody), Sort.CREATED, SHORT
        ),
        "unowned_count": unowned,
        "unowned_url": unowned_url,
        "newest": _rows(request, show_ticket, TicketFilter(), Sort.ID, SHORT),
        "newest_url": path("ticket.list", _query={"status": "all", "sort": "id", "order": "desc"}),
        "columns": tuple(Column(name) for name in NAMES),
        "reminders": my_reminders(request),
        "today": _today(request, show_ticket),
        "today_total": show_minutes(request.minutes_today or 0),
    }


def _rows(
    request: Request, show_ticket: Grants, wanted: TicketFilter, sort: Sort, limit: int
) -> list[TicketRow]:
    page = list_tickets(
        request.db, show_ticket, wanted, sort=sort, per_page=limit, now=request.work.now, counted=False
    )
    return show_rows(request, page.rows)


def _counts(
    request: Request, show_ticket: Grants, active: tuple[str, ...], me: int, nobody: int
) -> tuple[int, int, int, int]:
    """My overdue ones, those due within a day, all of mine, and those without owner. One query."""
    now: datetime = request.work.now
    mine = Ticket.owner_id == me

    def counted(clause: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((clause, 1), else_=0)), 0)

    row = request.db.execute(
        select(
            counted(mine & (Ticket.due < now)),
            counted(mine & (Ticket.due >= now) & (Ticket.due < now + SOON)),
            counted(mine),
            counted(Ticket.owner_id == nobody),
        ).where(
            Ticket.owner_id.in_((me, nobody)),
            Ticket.status.in_(active),
            Ticket.merged_into_id.is_(None),
            Ticket.type == literal_column("'ticket'"),
            show_ticket.visible(),
        )
    ).one()
    return row[0], row[1], row[2], row[3]


def _today(request: Request, show_ticket: Grants) -> list[tuple[str, str, str]]:
    """What I worked on today, with links to it; tickets that I see no more keep only their number."""
    spent = request.today
    if not spent:
        return []
    ids = [each.ticket_id for each in spent]
    subjects = {
        row.id: row.subject
        for row in request.db.execute(
            select(Ticket.id, Ticket.subject).where(Ticket.id.in_(ids), show_ticket.visible())
        )
    }
    return [
        (
            f"#{each.ticket_id} {subjects.get(each.ticket_id, '')}".strip(),
            request.route_path("ticket.display", id=each.ticket_id),
            show_minutes(each.minutes),
        )
        for each in spent
    ]


def _overdue_url(request: Request) -> str:
    url: str = request.route_path(
        "ticket.list", _query={"owner": "me", "due": "past", "sort": "due", "order": "asc"}
    )
    return url


def _greeting(request: Request) -> str:
    hour = request.work.now.astimezone(request.zone).hour
    part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    return f"Good {part}, {request.login.display_name.split()[0]}"
