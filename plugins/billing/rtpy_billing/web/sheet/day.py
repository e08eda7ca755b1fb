"""One day: what was logged, what is missing of it, and what else was done."""

from datetime import date, timedelta

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.shown import Link
from rtpy_billing.capture.allowed import may_log
from rtpy_billing.capture.day import read_day
from rtpy_billing.capture.local_time import clock_shown, zone_named
from rtpy_billing.capture.submitting import submit_days
from rtpy_billing.web.entries.words import CHARGES, STATES, clocks_of
from rtpy_billing.web.sheet.whose import day_of, query_of, worker_of


@view_config(
    route_name="billing.sheet.day", request_method="GET", renderer="billing/sheet/day.pt", permission=STAFF
)
def show_day(resource: SystemResource, request: Request) -> dict[str, object]:
    """One's own or a colleague's."""
    work, worker = request.work, worker_of(request)
    found = read_day(work, worker, day_of(request, worker, "day"))
    zone = zone_named(worker.timezone)

    def url(day: date) -> str:
        address: str = request.route_path(
            "billing.sheet.day", _query=query_of(request, worker, day=day.isoformat())
        )
        return address

    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link("Time", request.route_path("billing.entries.list")),
        ),
        "day": found,
        "worker": worker,
        "own": worker.id == work.actor.user_id,
        "may_log": may_log(work, worker.id),
        "has_drafts": any(each.state == "draft" for each in found.entries),
        "previous_url": url(found.day - timedelta(days=1)),
        "next_url": url(found.day + timedelta(days=1)),
        "week_url": request.route_path(
            "billing.sheet.week", _query=query_of(request, worker, day=found.day.isoformat())
        ),
        "post_url": request.route_path("billing.sheet.day"),
        "log_url": lambda **values: request.route_path(
            "billing.entries.create",
            _query={**query_of(request, worker), "worked_on": found.day.isoformat(), "back": "day", **values},
        ),
        "clock": lambda at: clock_shown(at, zone),
        "states": STATES,
        "charges": CHARGES,
        "clocks_of": clocks_of,
    }


@view_config(route_name="billing.sheet.day", request_method="POST", permission=STAFF)
def hand_in(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """Hand in the day."""
    worker = worker_of(request)
    day = day_of(request, worker, "day")
    count = submit_days(request.work, worker.id, day, day + timedelta(days=1))
    request.flash(f"{count} {'entry is' if count == 1 else 'entries are'} handed in.")
    return HTTPSeeOther(
        request.route_path("billing.sheet.day", _query=query_of(request, worker, day=day.isoformat()))
    )
