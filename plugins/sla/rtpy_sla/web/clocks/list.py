"""All clocks of a ticket, those that ended too, and all pauses: who had the ball from when to when, and why."""

from dataclasses import dataclass
from datetime import datetime

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy_sla.clocks.clock import Clock, Pause
from rtpy_sla.clocks.words import MEASURED, Ball, State, Target
from rtpy_sla.following.standing import Standing, hours_of_clock, seconds_left, standing_of
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL
from rtpy_sla.web.clocks.names import people_of
from rtpy_sla.web.tickets.lines import clock_url
from rtpy_sla.web.words import ENDS, HOLDERS, VERDICTS, is_open, name_of, say_amount, say_hours


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock in the table."""

    name: str
    url: str
    verdict: str
    tone: str
    agreed: str
    used: str
    left: str
    paused: str
    started: Html
    due: Html
    ended: Html
    remark: str


@dataclass(frozen=True, slots=True)
class PauseRow:
    """One stretch in which the ball was not with us."""

    holder: str
    start: Html
    end: Html
    who: str
    reason: str
    why_ended: str
    customer_wrote: Html


@view_config(
    route_name="sla.clocks.list",
    request_method="GET",
    renderer="sla/clocks/list.pt",
    permission=Right.SHOW_TICKET,
)
def list_clocks(resource: TicketResource, request: Request) -> dict[str, object]:
    """Four queries, however long the history is."""
    ticket = resource.ticket
    standing = standing_of(resource.work, [ticket.id], whole=True).get(ticket.id)
    clocks = standing.clocks if standing else ()
    pauses = standing.pauses if standing else ()
    people = people_of(request, pauses)
    may = resource.work.rights.system(CHANGE_SERVICE_LEVEL)
    return {
        "crumbs": ticket_crumbs(request, resource),
        "title": f"Clocks of #{ticket.id}",
        "subject": ticket.subject,
        "policy": f"{standing.policy}, version {standing.number}" if standing and standing.policy else "",
        "policy_url": request.route_path("sla.tickets.policy", id=ticket.id) if may else None,
        "holder": HOLDERS[standing.ball if standing else Ball.US],
        "open_clocks": [_row(request, standing, each) for each in clocks if standing and is_open(each)],
        "past_clocks": [
            _row(request, standing, each) for each in reversed(clocks) if standing and not is_open(each)
        ],
        "pauses": [_pause(request, each, people) for each in reversed(pauses)],
        "zone": str(request.zone),
    }


def ticket_crumbs(request: Request, resource: TicketResource) -> tuple[Link, ...]:
    """The way to a page about a ticket."""
    ticket, path = resource.ticket, request.route_path
    return (
        Link("Home", path("home")),
        Link(f"#{ticket.id} {ticket.subject}", path("ticket.display", id=ticket.id)),
    )


def word_of(clock: Clock, verdict: str) -> str:
    """The state in a word."""
    if clock.state is State.PAUSED:
        return "paused"
    return "measured" if clock.amount is None and clock.target in MEASURED else verdict


def _row(request: Request, standing: Standing, clock: Clock) -> ClockRow:
    now: datetime = request.work.now
    word, tone = VERDICTS[clock.verdict(now)]
    left = seconds_left(request.work, clock, now)
    when = request.when
    return ClockRow(
        name_of(clock),
        clock_url(request, standing.ticket_id, clock),
        word_of(clock, word),
        tone,
        "a date" if clock.target is Target.PROMISE else say_amount(clock.amount, clock.unit),
        say_hours(clock.used + _since(request, standing, clock, now)),
        "" if left is None else f"over by {say_hours(left)}" if left < 0 else say_hours(left),
        say_hours(clock.paused) if clock.paused else "",
        when(clock.started),
        when(clock.due),
        when(clock.ended),
        clock.excuse or clock.cause,
    )


def _since(request: Request, standing: Standing, clock: Clock, now: datetime) -> int:
    """What has counted since the last thing that happened."""
    return 0 if clock.since is None else hours_of_clock(request.work, clock).between(clock.since, now)


def _pause(request: Request, pause: Pause, people: dict[int, str]) -> PauseRow:
    when = request.when
    return PauseRow(
        HOLDERS[pause.ball],
        when(pause.start),
        when(pause.end, nothing="until now"),
        people.get(pause.by, ""),
        pause.reason,
        ENDS.get(pause.ended_why, pause.ended_why),
        when(pause.customer_wrote),
    )
