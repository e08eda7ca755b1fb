"""Why a clock stands where it stands: each step to its due moment, days that counted, what is said of a miss."""

from collections.abc import Mapping
from datetime import datetime

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.pipeline import change_ticket
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.times import show_exact
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import Target, Verdict
from rtpy_sla.following.changes import ExcuseTarget, ExplainMiss
from rtpy_sla.following.plans import causes_of
from rtpy_sla.following.standing import Standing, hours_of_clock, seconds_left, standing_of
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL, EXCUSE_MISSED_TARGET
from rtpy_sla.web.clocks.account import lines_of_account, summary
from rtpy_sla.web.clocks.bar import MOST_DAYS, WIDTH, days_of, stretches_of
from rtpy_sla.web.clocks.list import ticket_crumbs, word_of
from rtpy_sla.web.clocks.names import names_for, people_of
from rtpy_sla.web.words import VERDICTS, name_of, say_amount, say_due, say_hours, say_there, zone_of

EXCUSE, TAKE_BACK, EXPLAIN = "excuse", "take_back", "explain"


@view_config(
    route_name="sla.clocks.display",
    request_method="GET",
    renderer="sla/clocks/display.pt",
    permission=Right.SHOW_TICKET,
)
def show_clock(resource: TicketResource, request: Request) -> dict[str, object]:
    """One clock; 404 when the ticket has no such one."""
    return _page(resource, request)


@view_config(
    route_name="sla.clocks.display",
    request_method="POST",
    renderer="sla/clocks/display.pt",
    permission=Right.SHOW_TICKET,
)
def say_of_miss(resource: TicketResource, request: Request) -> dict[str, object] | Response:
    """Excuse it, take that back, or say the cause; the changes themselves ask for the right."""
    _, clock = _clock(resource, request)
    given = texts_of(request)
    deed, reason = given.get("deed", ""), given.get("reason", "")
    try:
        if deed == EXCUSE and not reason.strip():
            raise Invalid(Problem("reason", "Give a reason: it stands in the reports."))
        if deed not in (EXCUSE, TAKE_BACK, EXPLAIN):
            raise Invalid(Problem("reason", "Say whether it is excused or explained."))
        change = (
            ExplainMiss(clock.target, clock.cycle, given.get("cause", ""))
            if deed == EXPLAIN
            else ExcuseTarget(clock.target, clock.cycle, reason if deed == EXCUSE else "")
        )
        change_ticket(resource.work, resource.ticket, change)
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(resource, request, given, problems_of(invalid))
    done = {EXCUSE: "It is excused.", TAKE_BACK: "The excuse is taken back.", EXPLAIN: "The cause is noted."}
    request.flash(done[deed])
    return HTTPSeeOther(request.path)


def _page(
    resource: TicketResource,
    request: Request,
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    standing, clock = _clock(resource, request)
    work, now = resource.work, resource.work.now
    left, names = seconds_left(work, clock, now), names_for(request, [clock], standing.pauses)
    verdict = clock.verdict(now)
    word, tone = VERDICTS[verdict]
    people = people_of(request, standing.pauses, [clock])
    zone, rights = zone_of(standing.zone), work.rights
    is_missed = verdict in (Verdict.MISSED, Verdict.EXCUSED)
    days = days_of(stretches_of(clock, now), hours_of_clock(work, clock), zone, clock.due)
    return {
        "crumbs": (
            *ticket_crumbs(request, resource),
            Link("Clocks", request.route_path("sla.clocks.list", id=resource.ticket.id)),
        ),
        "title": f"Why: {name_of(clock)}",
        "name": name_of(clock),
        "word": word_of(clock, word),
        "tone": tone,
        "summary": summary(clock, left),
        "agreed": "" if clock.target is Target.PROMISE else say_amount(clock.amount, clock.unit),
        "policy": names.policies.get(clock.plan_version_id, ""),
        "calendar": names.calendars.get(clock.calendar_id or 0, ""),
        "versions": ", ".join(str(each) for each in clock.calendar_versions),
        "started": show_exact(clock.started, request.zone),
        "due": show_exact(clock.due, request.zone) if clock.due else "",
        "due_short": say_due(clock.due, now, request.zone) if clock.due else "",
        "there": say_there(clock.due, standing.zone, request.zone) if clock.due else "",
        "missed": _when(request, clock.missed or (clock.due if left is not None and left < 0 else None)),
        "ended": show_exact(clock.ended, request.zone) if clock.ended else "",
        "used": say_hours(clock.used + _running(resource, clock)),
        "paused": say_hours(clock.paused) if clock.paused else "",
        "lines": [
            (line, _when(request, line.at), _when(request, line.due))
            for line in lines_of_account(clock, names)
        ],
        "runs_since": _when(request, clock.since),
        "runs_counted": say_hours(_running(resource, clock)) if clock.since and clock.since < now else "",
        "days": [
            (
                day,
                f"{day.day:%a} {day.day.day} {day.day:%b %Y}",
                *map(say_hours, (day.counted, day.paused, day.ahead)),
            )
            for day in days
        ],
        "cut": len(days) >= MOST_DAYS,
        "width": WIDTH,
        "there_zone": standing.zone,
        "excuse": clock.excuse,
        "excused_by": people.get(clock.excused_by or 0, ""),
        "excused_at": _when(request, clock.excused_at),
        "cause": clock.cause,
        "causes": causes_of(request.app, request.db)
        if is_missed and rights.system(CHANGE_SERVICE_LEVEL)
        else (),
        "may_excuse": is_missed and rights.system(EXCUSE_MISSED_TARGET),
        "post_url": request.path,
        "reason": (given or {}).get("reason", ""),
        "problems": [("sla-reason", text) for text in (problems or {}).values()],
    }


def _clock(resource: TicketResource, request: Request) -> tuple[Standing, Clock]:
    """The ticket's standing with all its clocks, and the one that the address names. Three queries."""
    ticket_id = resource.ticket.id
    standing = standing_of(resource.work, [ticket_id], whole=True).get(ticket_id)
    target, cycle = request.matchdict["target"], int(request.matchdict["cycle"])
    for clock in standing.clocks if standing else ():
        if standing and (clock.target.value, clock.cycle) == (target, cycle):
            return standing, clock
    raise HTTPNotFound()


def _running(resource: TicketResource, clock: Clock) -> int:
    if clock.since is None:
        return 0
    return hours_of_clock(resource.work, clock).between(clock.since, resource.work.now)


def _when(request: Request, at: datetime | None) -> str:
    return show_exact(at, request.zone) if at else ""
