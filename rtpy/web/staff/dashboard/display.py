"""A dashboard: its panes, and the button that makes it one's home page."""

from collections.abc import Iterator, Sequence
from time import monotonic

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.dashboards import set_home
from rtpy.changes.subscriptions import Frequency, subscribe, subscriptions_of, unsubscribe
from rtpy.content.recurring import WEEKDAYS
from rtpy.errors import RtpyError
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Dashboard, DashboardSubscription
from rtpy.rights.names import Right
from rtpy.search.dashboards import KnownDashboard, Pane, home_of, open_dashboard
from rtpy.search.saved import Saved, saved_searches
from rtpy.web.shown import Link
from rtpy.web.staff.dashboard.panes import ShownPane, not_shown, show_pane
from rtpy.web.staff.forms import texts_of
from rtpy.web.times import show_exact


@view_config(
    route_name="dashboard.display",
    request_method="GET",
    renderer="staff/dashboard/display.pt",
    permission=STAFF,
)
def show_dashboard(resource: SystemResource, request: Request) -> dict[str, object]:
    """All panes; each asks a few queries of its own, whatever the number of its rows."""
    known = open_dashboard(request.work, int(request.matchdict["id"]))
    return {**dashboard_values(request, known), "crumbs": _crumbs(request)}


@view_config(route_name="dashboard.display", request_method="POST", permission=STAFF)
def answer(resource: SystemResource, request: Request) -> Response:
    """`do`: `home` makes it the reader's home page, `usual` gives them back the usual one; `subscribe` sends it to
    them by mail, `unsubscribe` no more."""
    known = open_dashboard(request.work, int(request.matchdict["id"]))
    row, deed = request.db.get(Dashboard, known.id), texts_of(request).get("do")
    try:
        if deed == "home":
            set_home(request.work, row, request.login.user_id)
            request.flash(f"{known.name} is your home page now.")
        elif deed == "usual":
            set_home(request.work, None, request.login.user_id)
            request.flash("You have the usual home page again.")
        elif deed == "subscribe":
            made = _subscribe(request, row)
            request.flash(f"You get {known.name} by mail, next {show_exact(made.next_at, request.zone)}.")
        elif deed == "unsubscribe":
            unsubscribe(request.work, _number(request, "subscription", 0))
            request.flash("You get this one no more.")
    except RtpyError as problem:
        request.flash(str(problem), "bad")
    return HTTPSeeOther(request.route_path("dashboard.display", id=known.id))


def _subscribe(request: Request, row: Dashboard) -> DashboardSubscription:
    frequency = texts_of(request).get("frequency", "")
    return subscribe(
        request.work,
        row,
        frequency=frequency,
        hour=_number(request, "hour", -1),
        day=_number(request, "month_day" if frequency == Frequency.MONTHLY else "week_day", -1),
        rows=_number(request, "rows", -1),
        even_if_empty=texts_of(request).get("even_if_empty") == "1",
    )


def _number(request: Request, name: str, otherwise: int) -> int:
    given = texts_of(request).get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else otherwise


def _said(row: DashboardSubscription) -> str:
    """A subscription in words."""
    when = {
        Frequency.DAILY: "every day",
        Frequency.WEEKDAYS: "Monday to Friday",
        Frequency.WEEKLY: f"every {WEEKDAYS[row.day % 7]}",
        Frequency.MONTHLY: f"on day {row.day} of each month",
    }[Frequency(row.frequency)]
    return (
        f"{when} at {row.hour:02}:00, {row.rows} rows{', even when it is empty' if row.even_if_empty else ''}"
    )


def dashboard_values(request: Request, known: KnownDashboard) -> dict[str, object]:
    """The values of staff/dashboard/display.pt but for the way to it."""
    searches = {each.id: each for each in saved_searches(request.work, None)}
    url = request.route_path("dashboard.display", id=known.id)
    return {
        "crumbs": (),
        "dashboard": known,
        "panes": list(_panes(request, known.panes, searches)),
        "url": url,
        "modify_url": f"{url}/modify" if known.may_change else None,
        "subscriptions": [(each.id, _said(each)) for each in subscriptions_of(request.work, known.id)],
        "may_subscribe": request.work.rights.system(Right.SUBSCRIBE_DASHBOARD),
        "weekdays": tuple(enumerate(WEEKDAYS)),
        "is_home": home_of(request.work) == known.id,
    }


def _panes(request: Request, panes: Sequence[Pane], searches: dict[int, Saved]) -> Iterator[ShownPane]:
    """Each has its own time limit; all together have hardly more, or a page of slow ones would take minutes."""
    until = monotonic() + request.app.config.search.seconds
    for pane in panes:
        yield show_pane(request, pane, searches) if monotonic() < until else not_shown(pane, searches)


def _crumbs(request: Request) -> tuple[Link, ...]:
    path = request.route_path
    return (Link("Home", path("home")), Link("Dashboards", path("dashboard.list")))
