"""In the forms of replies and comments: what an answer keeps, what waits, and the fields of promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from rtpy.http.resources import TicketResource
from rtpy.web.staff.forms import texts_of
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import Ball, State, Target
from rtpy_sla.following.plans import causes_of
from rtpy_sla.following.standing import Standing, seconds_left
from rtpy_sla.models import PauseRow
from rtpy_sla.promises.reading import say_moment
from rtpy_sla.promises.typed import KEEPS, PICKED, UNTIL, WORDS
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL
from rtpy_sla.web.composer.closing import CAUSE, Missed, unexplained
from rtpy_sla.web.tickets.lines import standing_on
from rtpy_sla.web.words import HOLDERS, TARGETS, name_of, say_due, say_hours, say_seconds

ANSWERED = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.UPDATE)
"""Targets that a public reply meets, the most telling first."""
NAMES = {
    Target.FIRST_RESPONSE: "first response",
    Target.NEXT_RESPONSE: "next response",
    Target.UPDATE: "regular update",
}


@dataclass(frozen=True, slots=True)
class Warning:
    """A sentence above the fields; `tone` is info, warn or bad."""

    text: str
    tone: str


def show_reply(request: Request, resource: TicketResource) -> Mapping[str, Any]:
    """Warnings, open promises with a box each, and the fields of a new one; one query at most beside the strip's."""
    standing = standing_on(request, resource)
    posted = _posted(request, "reply")
    owed = _owed(standing)
    warnings = [_in_words(request, owed, "This answers the customer: ", "")] if owed else []
    warnings += _on_hold(request, resource, standing)
    return {
        "warnings": warnings,
        "words_name": WORDS,
        "until_name": UNTIL,
        "picked_name": PICKED,
        "words": posted.get(WORDS, ""),
        "until": posted.get(UNTIL, ""),
        "picked": posted.get(PICKED, ""),
        "zone": str(request.zone),
        "is_open": any(posted.get(name) for name in (WORDS, UNTIL, PICKED)),
        "promises": [
            (
                f"{KEEPS}.{each.cycle}",
                _promise_words(request, each),
                bool(posted.get(f"{KEEPS}.{each.cycle}")),
            )
            for each in _promises(standing)
        ],
        **_causes(request, standing, posted),
    }


def show_comment(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """That a comment answers nobody, when an answer is due; the cause of a miss for who closes with a comment."""
    standing = standing_on(request, resource)
    owed = _owed(standing)
    warnings = [_in_words(request, owed, "A comment does not answer: ", "")] if owed else []
    warnings += _on_hold(request, resource, standing)
    asked = _causes(request, standing, _posted(request, "comment"))
    return {"warnings": warnings, **asked} if warnings or asked["causes"] else None


def _owed(standing: Standing | None) -> Clock | None:
    """The answer that is due first."""
    if standing is None:
        return None
    found = [
        each
        for each in standing.clocks
        if each.target in ANSWERED and each.state is State.RUNNING and each.due
    ]
    return min(found, key=lambda each: (ANSWERED.index(each.target), each.due), default=None)


def _in_words(request: Request, clock: Clock, before: str, after: str) -> Warning:
    work = request.work
    left, name = seconds_left(work, clock, work.now), NAMES[clock.target]
    if clock.due is None or left is None:
        return Warning(f"{before}{name} is owed{after}.", "info")
    until = say_due(clock.due, work.now, request.zone)
    if left < 0 or clock.due < work.now:
        return Warning(f"{before}{name} was due {until}, {say_hours(left)} ago{after}.", "bad")
    # across a night or a weekend the same number means another thing
    is_open = abs((clock.due - work.now).total_seconds() - left) < 60
    how = say_hours(left) if is_open else f"{say_hours(left)} of open hours"
    return Warning(f"{before}{name} is due in {how} ({until}){after}.", "warn" if left < 3600 else "info")


def _on_hold(request: Request, resource: TicketResource, standing: Standing | None) -> list[Warning]:
    """That the customer has written while the ball is not with us. One query, only then."""
    if standing is None or standing.ball is Ball.US:
        return []
    kept = request.sla_standings
    key = ("wrote", standing.ticket_id)
    if key not in kept:
        kept[key] = request.db.scalar(
            select(PauseRow.customer_wrote).where(
                PauseRow.ticket_id == standing.ticket_id,
                PauseRow.end.is_(None),
                PauseRow.customer_wrote.is_not(None),
            )
        )
    wrote: datetime | None = kept[key]
    if wrote is None:
        return []
    seconds = int((request.work.now - wrote).total_seconds())
    ago = "just now" if seconds < 60 else f"{say_seconds(seconds)} ago"
    return [
        Warning(
            f"The customer wrote {ago}, while {HOLDERS[standing.ball][0].lower()}{HOLDERS[standing.ball][1:]}.",
            "warn",
        )
    ]


def _promises(standing: Standing | None) -> list[Clock]:
    clocks = standing.clocks if standing else ()
    return [each for each in clocks if each.target is Target.PROMISE and each.state is State.RUNNING]


def _promise_words(request: Request, clock: Clock) -> str:
    return f"{name_of(clock)}, by {say_moment(clock.due, request.zone)}" if clock.due else name_of(clock)


def _causes(request: Request, standing: Standing | None, posted: Mapping[str, str]) -> dict[str, Any]:
    may = standing is not None and standing.is_missed and request.work.rights.system(CHANGE_SERVICE_LEVEL)
    missed = _missed(request, standing.ticket_id) if standing and may else ()
    causes = causes_of(request.app, request.db) if missed else ()
    return {
        "causes": causes,
        "cause_name": CAUSE,
        "cause": posted.get(CAUSE, ""),
        "missed": ", ".join(dict.fromkeys(TARGETS[each.target].lower() for each in missed)),
    }


def _missed(request: Request, ticket_id: int) -> tuple[Missed, ...]:
    """Asked once a page."""
    kept = request.sla_standings
    if ("missed", ticket_id) not in kept:
        kept["missed", ticket_id] = unexplained(request.work, ticket_id)
    found: tuple[Missed, ...] = kept["missed", ticket_id]
    return found


def _posted(request: Request, deed: str) -> Mapping[str, str]:
    return texts_of(request) if request.method == "POST" and request.path.endswith(f"/{deed}") else {}
