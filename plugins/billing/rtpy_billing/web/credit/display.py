"""One's own trend of the last weeks, and the team's total. Nobody is set beside anybody else."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.charts.draw import draw
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.plugin_settings import setting
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy_billing.reports.credit import Week, read_credit
from rtpy_billing.reports.values import hours

WEEKS = 12


@view_config(
    route_name="billing.credit.display",
    request_method="GET",
    renderer="billing/credit/display.pt",
    permission=STAFF,
)
def show_credit(resource: SystemResource, request: Request) -> dict[str, object]:
    """The last twelve weeks, this one too."""
    work = request.work
    today = work.now.astimezone(ZoneInfo(setting(work.app, work.db, "billing.zone"))).date()
    start = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    mine = read_credit(work, start, WEEKS, work.actor.user_id)
    team = read_credit(work, start, WEEKS, None)
    return {
        "crumbs": (Link("Home", request.route_path("home")),),
        "chart": _drawn(mine),
        "parts": [
            (title, rows(weeks), sums(weeks)) for title, weeks in (("You", mine), ("The team", team)) if weeks
        ],
    }


def rows(weeks: Sequence[Week]) -> list[tuple[str, str, str, int, int]]:
    """Cells of the table, the latest week first."""
    return [
        (f"{week.start:%d %b %Y}", hours(week.worked), _signed(week.credit), week.answers, week.assists)
        for week in reversed(weeks)
    ]


def sums(weeks: Sequence[Week]) -> tuple[str, str, int, int]:
    """Its foot."""
    return (
        hours(sum(week.worked for week in weeks)),
        _signed(sum(week.credit for week in weeks)),
        sum(week.answers for week in weeks),
        sum(week.assists for week in weeks),
    )


def _signed(seconds: int) -> str:
    return hours(seconds) if seconds >= 0 else f"\u2212{hours(-seconds)}"


def _drawn(weeks: Sequence[Week]) -> Html:
    chart = Chart(
        "Your last weeks",
        tuple(f"{week.start:%d %b}" for week in weeks),
        (
            Series("Hours", tuple(week.credit / 3600 for week in weeks)),
            Series("Answered", tuple(float(week.answers) for week in weeks)),
        ),
        "Week",
        "Hours, requests",
    )
    return Html("" if chart.is_empty else draw(chart, Shape.COLUMNS))
