"""A user's tickets, logins and history."""

from collections.abc import Iterable

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.identity.sessions import end_sessions_of, sessions_of
from rtpy.models import User
from rtpy.rights.names import Right
from rtpy.search.lists import Sort, TicketFilter, list_tickets
from rtpy.web.admin.editing import Button
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.people_history import history_panel
from rtpy.web.admin.users.frame import crumbs_of, find_account, need_changeable, tabs_of
from rtpy.web.shown import TicketRow
from rtpy.web.staff.forms import number_in, texts_of
from rtpy.web.staff.people.display import link
from rtpy.web.staff.rows import show_rows
from rtpy.web.staff.sessions import name_browser

SHOWN = 25


@view_config(
    route_name="admin.users.tickets",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def show_tickets(resource: SystemResource, request: Request) -> dict[str, object]:
    """The newest that they asked for and that they own, as far as the reader may see them."""
    user, db = find_account(request), request.db
    sees = request.work.rights.of(Right.SHOW_TICKET)
    asked = list_tickets(db, sees, TicketFilter(requestor_id=user.id), sort=Sort.ID, per_page=SHOWN)
    owned = list_tickets(db, sees, TicketFilter(owner_id=user.id), sort=Sort.ID, per_page=SHOWN)
    return panel_values(
        request,
        title=user.display_name,
        post_url=request.path,
        panels=(
            _tickets("Requests", show_rows(request, asked.rows)),
            _tickets("Works on", show_rows(request, owned.rows)),
        ),
        intro=f"The newest {SHOWN} of each, as far as you may see them.",
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )


@view_config(
    route_name="admin.users.sessions",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def show_sessions(resource: SystemResource, request: Request) -> dict[str, object]:
    """Where they are logged in."""
    return _sessions(request, find_account(request))


@view_config(
    route_name="admin.users.sessions",
    request_method="POST",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def end_sessions(resource: SystemResource, request: Request) -> Response:
    """`deed` end with the session's number in `item`, or all."""
    user, given = find_account(request), texts_of(request)
    need_changeable(request, user)
    number = number_in(given.get("item", "")) or 0
    ended = end_sessions_of(request.db, user.id, session_id=None if given.get("deed") == "all" else number)
    request.flash(
        f"{ended} login{'' if ended == 1 else 's'} ended." if ended else "There was nothing to end."
    )
    return HTTPSeeOther(request.route_path("admin.users.sessions", id=user.id))


@view_config(
    route_name="admin.users.history",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def show_history(resource: SystemResource, request: Request) -> dict[str, object]:
    """What happened to the account, and to those that were merged into it."""
    user = find_account(request)
    merged = request.db.scalars(select(User.id).where(User.merged_into_id == user.id))
    return panel_values(
        request,
        title=user.display_name,
        post_url=request.path,
        panels=(history_panel(request, "user", [user.id, *merged]),),
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )


def _tickets(title: str, rows: Iterable[TicketRow]) -> Panel:
    lines = tuple(
        Row((link(row.url, f"#{row.id} {row.subject}"), row.status, row.queue, row.updated)) for row in rows
    )
    return Panel(title, ("Ticket", "Status", "Queue", "Last changed"), lines, empty="None that you may see.")


def _sessions(request: Request, user: User) -> dict[str, object]:
    lines = tuple(
        Row(
            (name_browser(one.user_agent), one.peer, request.when(one.created), request.when(one.seen)),
            str(one.id),
            Button("End", "end", "quiet"),
            f"the login with {name_browser(one.user_agent)}",
        )
        for one in sessions_of(request.db, user.id, request.work.now)
    )
    return panel_values(
        request,
        title=user.display_name,
        post_url=request.route_path("admin.users.sessions", id=user.id),
        panels=(
            Panel(
                "Logins",
                ("Browser", "Address", "Since", "Last used"),
                lines,
                empty="Not logged in anywhere.",
                buttons=(Button("End all", "all", "danger"),) if lines else (),
            ),
        ),
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )
