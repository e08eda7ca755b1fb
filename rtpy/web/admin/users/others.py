"""A user's tickets, logins and history."""

from collections.abc import Iterable

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.identity.login_history import logins_of
from rtpy.identity.second_factor.factor import reset_factor, standing_of
from rtpy.identity.sessions import end_sessions_of, sessions_of
from rtpy.models import User
from rtpy.rights.names import Right
from rtpy.search.lists import Sort, TicketFilter, list_tickets
from rtpy.web.admin.editing import Button
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.people_history import history_panel
from rtpy.web.admin.users.frame import crumbs_of, find_account, need_changeable, tabs_of
from rtpy.web.login_words import name_browser, say_how, say_result
from rtpy.web.shown import TicketRow
from rtpy.web.staff.forms import number_in, texts_of
from rtpy.web.staff.people.display import link
from rtpy.web.staff.rows import show_rows

SHOWN = 25
ATTEMPTS = 100
"""Lines of the history of logins."""


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
    """`deed` end with the session's number in `item`, or all; or factor, which takes the second factor off."""
    user, given = find_account(request), texts_of(request)
    need_changeable(request, user)
    if given.get("deed") == "factor":
        off = reset_factor(request.work, user)
        request.flash("The second factor is taken off." if off else "There was none to take off.")
        return HTTPSeeOther(request.route_path("admin.users.sessions", id=user.id))
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


def _second_factor(request: Request, user: User) -> Panel:
    standing = standing_of(request.db, user.id)
    if standing.since is None:
        return Panel("Second factor", empty="There is none: the password alone opens the account.")
    left = f"{standing.codes_left} recovery code{'' if standing.codes_left == 1 else 's'}"
    return Panel(
        "Second factor",
        ("Since", "Left"),
        (Row((request.when(standing.since), left)),),
        help="Take it off when the phone and the recovery codes are lost: all logins end, and it is told by mail.",
        buttons=(Button("Take it off", "factor", "danger"),),
    )


def _attempts(request: Request, user: User) -> Panel:
    lines = tuple(
        Row(
            (
                request.when(line.at),
                say_result(line.result),
                say_how(line.how),
                line.peer,
                name_browser(line.user_agent),
            )
        )
        for line in logins_of(request.db, user.id, limit=ATTEMPTS)
    )
    columns = ("When", "What became of it", "How", "From", "With")
    return Panel("History of logins", columns, lines, empty="Nobody has tried to log in to this account yet.")


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
            _second_factor(request, user),
            _attempts(request, user),
        ),
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, user),
    )
