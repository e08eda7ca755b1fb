"""The example clock of the page of a ladder: the term of a service level, started on a Friday at 16:00."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pyramid.request import Request

from rtpy.web.forms import Field, Option
from rtpy_sla.clocks.plan import Hours, Term
from rtpy_sla.clocks.terms import WALL
from rtpy_sla.clocks.words import Target, Unit
from rtpy_sla.following.plans import catalogue_of, plans_of
from rtpy_sla.ladder.drawing import Line, draw_line, example_clock, example_start
from rtpy_sla.ladder.labels import deed_label, target_label, when_label
from rtpy_sla.ladder.step import Step

USUAL = Term(Target.FIRST_RESPONSE, 8 * 3600, Unit.WALL)
MOST = 60
"""Choices of the select."""


@dataclass(frozen=True, slots=True)
class Example:
    """One choice: the term of a target in a band of a policy."""

    key: str
    label: str
    term: Term
    hours: Hours
    zone: ZoneInfo


def examples(request: Request) -> list[Example]:
    """A clock without a service level, and the terms of all that are in use."""
    found = [Example("usual", "8 hours around the clock", USUAL, WALL, ZoneInfo("UTC"))]
    plans = plans_of(request.app, request.db)
    for known in catalogue_of(request.app, request.db).offered:
        plan = plans[known.id]
        for place, band in enumerate(plan.bands):
            for target, term in band.terms.items():
                priority = f", priority {band.from_priority} and more" if len(plan.bands) > 1 else ""
                found.append(
                    Example(
                        f"{known.policy_id}.{place}.{target.value}",
                        f"{plan.name}: {target_label(target)}{priority}",
                        term,
                        band.hours,
                        ZoneInfo(plan.zone),
                    )
                )
    return found[:MOST]


def drawn(
    request: Request, steps: Sequence[Step], chosen: str, ladder_id: int | None
) -> Mapping[str, object]:
    """The drawing, the table under it and the select, as values of the template."""
    some = examples(request)
    example = next((each for each in some if each.key == chosen), None) or _first(request, some, ladder_id)
    start = example_start(request.work.now, example.zone)
    try:
        line: Line | None = draw_line(
            steps, example_clock(example.term.target, example.term, start, example.hours), example.hours
        )
    except ValueError:  # hours that never come
        line = None
    zone = example.zone

    def said(at: object) -> str:
        return f"{at.astimezone(zone):%a %-d %b, %H:%M}"  # type: ignore[attr-defined]

    return {
        "line": line,
        "example": Field(
            "example",
            "For a clock of",
            example.key,
            "select",
            options=tuple(Option(each.key, each.label, each is example) for each in some),
            required=True,
        ),
        "zone": str(zone),
        "starts": said(line.start) if line else "",
        "due": said(line.due) if line and line.due else "",
        "taken": [
            (mark, when_label(mark.step), said(mark.at), [deed_label(deed) for deed in mark.step.deeds])
            for mark in (line.marks if line else ())
        ],
        "passed": [
            (number, when_label(steps[number - 1]), target_label(example.term.target))
            for number in (line.passed if line else ())
        ],
    }


def _first(request: Request, some: Sequence[Example], ladder_id: int | None) -> Example:
    """The first of a service level that uses the ladder, else the usual one."""
    offered = catalogue_of(request.app, request.db).offered
    users = [known.policy_id for known in offered if ladder_id is not None and known.ladder_id == ladder_id]
    return next((each for each in some if users and each.key.startswith(f"{users[0]}.")), some[0])
