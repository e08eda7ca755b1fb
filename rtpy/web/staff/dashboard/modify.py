"""Making and changing a dashboard: its name, whose it is, its panes in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.dashboards import change_dashboard, delete_dashboard, make_dashboard
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Dashboard
from rtpy.rights.sharing import DASHBOARDS
from rtpy.search.dashboards import (
    CHART,
    FULL,
    HALF,
    MOST_PANES,
    PORTLET,
    SEARCH,
    KnownDashboard,
    Pane,
    open_dashboard,
    plain_panes,
)
from rtpy.search.saved import saved_searches
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.dashboard.panes import MOST_ROWS
from rtpy.web.staff.forms import texts_named, texts_of
from rtpy.web.staff.portlets import NAME, portlets_of
from rtpy.web.staff.search.sharing import ME, owner_options, read_owner

USUAL = (
    Pane(PORTLET, portlet="mine"),
    Pane(PORTLET, portlet="unowned", width=HALF),
    Pane(PORTLET, portlet="newest", width=HALF),
)
"""What a new dashboard begins with."""


@dataclass(frozen=True, slots=True)
class PaneLine:
    """The fields of one pane in the form."""

    number: int
    choices: tuple[tuple[str, tuple[Option, ...]], ...]
    rows: int
    is_half: bool


@view_config(
    route_name="dashboard.create",
    request_method="GET",
    renderer="staff/dashboard/modify.pt",
    permission=STAFF,
)
def ask_new(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form with panes that most people want."""
    return _page(request, {"name": "", "description": "", "owner": ME}, USUAL)


@view_config(
    route_name="dashboard.create",
    request_method="POST",
    renderer="staff/dashboard/modify.pt",
    permission=STAFF,
)
def make_new(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it, or (with another `do`) change the panes of the form."""
    return _answer(request, None)


@view_config(
    route_name="dashboard.modify",
    request_method="GET",
    renderer="staff/dashboard/modify.pt",
    permission=STAFF,
)
def ask(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form as it is."""
    known = _known(request)
    owner = "everybody" if known.owner_id is None else str(known.owner_id) if known.is_group else ME
    given = {"name": known.name, "description": known.description, "owner": owner}
    return _page(request, given, known.panes, known.id)


@view_config(
    route_name="dashboard.modify",
    request_method="POST",
    renderer="staff/dashboard/modify.pt",
    permission=STAFF,
)
def change(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Change or delete it, or change the panes of the form."""
    return _answer(request, request.db.get(Dashboard, _known(request).id))


def _known(request: Request) -> KnownDashboard:
    """The one of the address. Raises NotFound, and Refused for who may only look at it."""
    known = open_dashboard(request.work, int(request.matchdict["id"]))
    if not known.may_change:
        raise Refused(f"You may look at the dashboard {known.name}, but not change it.")
    return known


def _answer(request: Request, row: Dashboard | None) -> dict[str, object] | Response:
    texts = texts_of(request)
    deed, _, place = texts.get("do", "save").partition(":")
    panes = _moved(_read_panes(request), deed, int(place) if place.isascii() and place.isdigit() else -1)
    given = {name: texts.get(name, "") for name in ("name", "description", "owner")}
    number = row.id if row is not None else None
    if deed not in ("save", "delete"):
        return _page(request, given, panes, number)
    try:
        if deed == "delete" and row is not None:
            delete_dashboard(request.work, row)
            request.flash(f"The dashboard {row.name} is deleted.")
            return HTTPSeeOther(request.route_path("dashboard.list"))
        row = _save(request, row, given, panes)
    except (Invalid, Refused, NotFound) as problem:
        request.response.status_int = 422
        return _page(request, given, panes, number, problem)
    request.flash(f"{row.name} is saved.")
    return HTTPSeeOther(request.route_path("dashboard.display", id=row.id))


def _save(
    request: Request, row: Dashboard | None, given: Mapping[str, str], panes: Sequence[Pane]
) -> Dashboard:
    owner = (
        row.owner_id if row is not None and not given["owner"] else read_owner(request, given["owner"] or ME)
    )
    values = {"name": given["name"], "description": given["description"]}
    if row is None:
        return make_dashboard(request.work, owner_id=owner, panes=plain_panes(panes), **values)
    change_dashboard(request.work, row, owner_id=owner, panes=plain_panes(panes), **values)
    return row


def _read_panes(request: Request) -> list[Pane]:
    """The panes of the form; those without a choice are left out."""
    given = [texts_named(request, name) for name in ("pane", "rows", "width")]
    found = []
    for what, rows, width in zip(*given, strict=False):
        kind, _, which = what.partition(":")
        number = int(rows) if rows.isascii() and rows.isdigit() and len(rows) < 4 else 10
        pane = Pane(rows=min(number, MOST_ROWS), width=HALF if width == HALF else FULL)
        if kind == PORTLET and NAME.fullmatch(which):
            found.append(replace(pane, kind=PORTLET, portlet=which))
        elif kind in (SEARCH, CHART) and which.isascii() and which.isdigit() and len(which) < 19:
            found.append(replace(pane, kind=kind, search_id=int(which)))
    return found[:MOST_PANES]


def _moved(panes: list[Pane], deed: str, at: int) -> list[Pane]:
    """The panes after `up:2`, `down:0`, `remove:1` or `add`."""
    if deed == "add" and len(panes) < MOST_PANES:
        panes.append(Pane(PORTLET, portlet="mine"))
    elif deed == "remove" and 0 <= at < len(panes):
        del panes[at]
    elif deed == "up" and 0 < at < len(panes):
        panes[at - 1], panes[at] = panes[at], panes[at - 1]
    elif deed == "down" and 0 <= at < len(panes) - 1:
        panes[at + 1], panes[at] = panes[at], panes[at + 1]
    return panes


def _page(
    request: Request,
    given: Mapping[str, str],
    panes: Sequence[Pane],
    number: int | None = None,
    problem: Exception | None = None,
) -> dict[str, object]:
    path = request.route_path
    wrong = {each.field: each.message for each in problem.problems} if isinstance(problem, Invalid) else {}
    owners = owner_options(request, DASHBOARDS, _owner_of(request, given["owner"]))
    fields = (
        Field("name", "Name", given["name"], error=wrong.get("name", ""), required=True),
        Field("description", "What it is for", given["description"]),
        Field(
            "owner", "For", kind="select", options=tuple(owners), required=True, error=wrong.get("owner", "")
        ),
    )
    said = [(f"field-{name}", sentence) for name, sentence in wrong.items()]
    if problem is not None and not wrong:
        said = [(None, str(problem))]  # type: ignore[list-item]
    return {
        "title": "New dashboard" if number is None else f"Change {given['name']}",
        "crumbs": (Link("Home", path("home")), Link("Dashboards", path("dashboard.list"))),
        "url": path("dashboard.create") if number is None else path("dashboard.modify", id=number),
        "fields": fields,
        "problems": said,
        "panes": _lines(request, panes),
        "may_delete": number is not None,
    }


def _owner_of(request: Request, given: str) -> int | str | None:
    if given == "everybody":
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else ME


def _lines(request: Request, panes: Sequence[Pane]) -> list[PaneLine]:
    searches = saved_searches(request.work, None)
    portlets = portlets_of(request.app)
    lines = []
    for at, pane in enumerate(panes):
        now = f"{pane.kind}:{pane.portlet if pane.kind == PORTLET else pane.search_id}"
        ready = tuple(_option(f"{PORTLET}:{name}", each.title, now) for name, each in portlets.items())
        saved = tuple(_option(f"{SEARCH}:{each.id}", each.name, now) for each in searches)
        charts = tuple(
            _option(f"{CHART}:{each.id}", f"Chart of {each.name}", now)
            for each in searches
            if each.kind == "ticket"
        )
        choices = [("Ready-made", ready), ("Saved searches", saved), ("Charts", charts)]
        if not any(option.selected for _, options in choices for option in options):
            gone = "a pane that is gone" if pane.kind == PORTLET else "a search that is not shared with you"
            choices.insert(0, ("As it is", (Option(now, gone, True),)))
        lines.append(PaneLine(at, tuple(each for each in choices if each[1]), pane.rows, pane.width == HALF))
    return lines


def _option(value: str, label: str, now: str) -> Option:
    return Option(value, label, value == now)
