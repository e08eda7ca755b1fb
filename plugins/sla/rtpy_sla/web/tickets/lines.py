"""The clocks of a ticket as lines of a page: a word, a tone, what is left and until when."""

from dataclasses import dataclass
from datetime import datetime

from pyramid.request import Request

from rtpy.http.resources import TicketResource
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import State, Target
from rtpy_sla.following.standing import Standing, seconds_left, standing_of
from rtpy_sla.web.words import is_soon, name_of, say_due, say_hours, say_there


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock: `tone` is ok, warn, bad or empty, and `word` says the same in letters."""

    name: str
    tone: str
    word: str
    left: str
    due: str
    there: str
    at: str
    """The due moment for machines."""
    url: str
    is_promise: bool
    is_missed: bool


def standing_on(request: Request, resource: TicketResource) -> Standing | None:
    """How this ticket stands, read once a page. At most two queries."""
    kept: dict[object, Standing | None] = request.sla_standings
    number = resource.ticket.id
    if number not in kept:
        kept[number] = standing_of(resource.work, [number]).get(number)
    return kept[number]


def lines_of(request: Request, standing: Standing) -> tuple[ClockLine, ...]:
    """Those that are owed and open, the most urgent first; measures without a target are left out."""
    return tuple(
        line_of(request, standing, clock)
        for clock in standing.clocks
        if (clock.state in (State.RUNNING, State.PAUSED) and clock.amount is not None)
        or clock.due is not None
    )


def line_of(request: Request, standing: Standing, clock: Clock) -> ClockLine:
    """One clock that is open. No query as a rule."""
    work = request.work
    left = seconds_left(work, clock, work.now)
    tone, word, left_text = _state(clock, left)
    return ClockLine(
        name_of(clock),
        tone,
        word,
        left_text,
        say_due(clock.due, work.now, request.zone) if clock.due else "",
        say_there(clock.due, standing.zone, request.zone) if clock.due else "",
        stamp(clock.due) if clock.due else "",
        clock_url(request, standing.ticket_id, clock),
        clock.target is Target.PROMISE,
        clock.missed is not None or (left is not None and left < 0),
    )


def clock_url(request: Request, ticket_id: int, clock: Clock) -> str:
    """Its page."""
    url: str = request.route_path(
        "sla.clocks.display", id=ticket_id, target=clock.target.value, cycle=clock.cycle
    )
    return url


def stamp(at: datetime) -> str:
    """For `<time datetime>`."""
    return at.isoformat(timespec="seconds")


def _state(clock: Clock, left: int | None) -> tuple[str, str, str]:
    if clock.state is State.PAUSED:
        return "", "paused", f"{say_hours(clock.left or 0)} left"
    if clock.missed is not None or (left is not None and left < 0):
        word = "missed, excused" if clock.excuse else "missed"
        over = f"over by {say_hours(left)}" if left is not None and left < 0 else ""
        return "warn" if clock.excuse else "bad", word, over
    if left is None:
        return "", "runs", ""
    if is_soon(clock, left):
        return "warn", "soon", f"{say_hours(left)} left"
    return "ok", "in time", f"{say_hours(left)} left"
