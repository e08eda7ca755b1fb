"""The bands of a policy in a form: a table of targets for each priority from which other terms hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rtpy.errors import Problem
from rtpy.web.staff.forms import number_in
from rtpy_sla.clocks.words import MEASURED, NEVER_PAUSE, Ball, Target, Unit
from rtpy_sla.web.policies.amounts import read_amount, write_amount
from rtpy_sla.web.words import TARGETS

PAUSES = (Ball.CUSTOMER, Ball.THIRD, Ball.SCHEDULED)
OFFERED = tuple(target for target in Target if target is not Target.PROMISE)
MOST = 12
EXPLAINED = {
    Target.ACKNOWLEDGE: "until somebody takes it",
    Target.FIRST_RESPONSE: "until the first public answer of a human",
    Target.NEXT_RESPONSE: "from the oldest unanswered message of the customer",
    Target.UPDATE: "between our public messages while it is open",
    Target.RESOLUTION: "until it is resolved",
    Target.WAITING: "while the ball is ours, all together",
    Target.EFFORT: "while somebody of ours has it open, all together",
    Target.INTERNAL: "after a hand-over to another queue",
    Target.SUPPLIER: "while a third party has the ball",
}
_PLACE = re.compile(r"band\.(\d{1,2})\.from")


@dataclass(frozen=True, slots=True)
class TermRow:
    """One target of a band, as it is typed."""

    key: str
    """The beginning of the names of its fields."""
    id: str
    """The beginning of the ids of its elements."""
    name: str
    text: str
    amount: str
    is_wall: bool
    fixed: str
    """Why nobody chooses when it pauses; empty when somebody does."""
    pauses: tuple[tuple[str, str, bool], ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class BandRow:
    """One band, as it is typed."""

    place: int
    from_priority: str
    calendar: str
    terms: tuple[TermRow, ...]
    error: str = ""


@dataclass(slots=True)
class TypedBands:
    """What was typed, as it is stored, and what is wrong by the names of fields."""

    bands: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


NAMES = {Ball.CUSTOMER: "customer", Ball.THIRD: "third party", Ball.SCHEDULED: "agreed moment"}


def places_in(given: Mapping[str, str]) -> tuple[int, ...]:
    """The numbers of the bands that a form holds, in order."""
    found = (_PLACE.fullmatch(name) for name in given)
    return tuple(sorted(int(match[1]) for match in found if match))[:MOST]


def read_bands(given: Mapping[str, str]) -> TypedBands:
    """What the form says. Terms without an amount are left out."""
    typed = TypedBands()
    for place in places_in(given):
        key = f"band.{place}"
        priority = given.get(f"{key}.from", "").strip()
        if priority and not re.fullmatch(r"-?\d{1,9}", priority):
            typed.problems.append(Problem(f"{key}.from", "Write a priority as a whole number."))
            priority = ""
        terms = {}
        for target in OFFERED:
            term = _read_term(given, f"{key}.{target.value}", target, typed)
            if term is not None:
                terms[target.value] = term
        typed.bands.append(
            {
                "from_priority": int(priority or 0),
                "calendar_id": number_in(given.get(f"{key}.calendar", "")),
                "terms": terms,
            }
        )
    typed.bands.sort(key=lambda band: -int(band["from_priority"]))
    return typed


def typed_of(bands: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Stored bands as a form holds them, from the lowest priority up."""
    found: dict[str, str] = {}
    for place, band in enumerate(sorted(bands, key=lambda each: int(each["from_priority"]))):
        key = f"band.{place}"
        found[f"{key}.from"] = str(band["from_priority"])
        found[f"{key}.calendar"] = str(band["calendar_id"] or "")
        for target, term in band["terms"].items():
            name = f"{key}.{target}"
            found[f"{name}.amount"] = write_amount(int(term["amount"]), term["unit"])
            found[f"{name}.unit"] = Unit.WALL.value if term["unit"] == Unit.WALL else Unit.BUSINESS.value
            found.update({f"{name}.pause.{ball}": "1" for ball in term["pauses"]})
        for target in OFFERED:
            if target.value not in band["terms"]:
                found.update(usual(f"{key}.{target.value}"))
    return found


def usual(name: str) -> dict[str, str]:
    """What stands in the boxes of a term that has no amount yet."""
    return {f"{name}.pause.{ball.value}": "1" for ball in PAUSES}


def new_band(place: int) -> dict[str, str]:
    """An empty band."""
    found = {f"band.{place}.from": "" if place else "0", f"band.{place}.calendar": ""}
    for target in OFFERED:
        found.update(usual(f"band.{place}.{target.value}"))
    return found


def rows_of(given: Mapping[str, str], problems: Mapping[str, str]) -> tuple[BandRow, ...]:
    """The bands for the template."""
    return tuple(
        BandRow(
            place,
            given.get(f"band.{place}.from", ""),
            given.get(f"band.{place}.calendar", ""),
            tuple(_row(given, problems, f"band.{place}.{target.value}", target) for target in OFFERED),
            problems.get(f"band.{place}.from", ""),
        )
        for place in places_in(given)
    )


def _row(given: Mapping[str, str], problems: Mapping[str, str], name: str, target: Target) -> TermRow:
    return TermRow(
        name,
        name.replace(".", "-"),
        TARGETS[target],
        EXPLAINED[target],
        given.get(f"{name}.amount", ""),
        given.get(f"{name}.unit", "") == Unit.WALL.value,
        fixed_pauses(target),
        tuple((ball.value, NAMES[ball], bool(given.get(f"{name}.pause.{ball.value}"))) for ball in PAUSES),
        problems.get(f"{name}.amount", ""),
    )


def fixed_pauses(target: Target) -> str:
    """Why nobody chooses when clocks of this target pause; empty when somebody does."""
    if target in NEVER_PAUSE:
        return "never pauses"
    return "whenever it is not ours" if target in MEASURED else ""


def _read_term(
    given: Mapping[str, str], name: str, target: Target, typed: TypedBands
) -> dict[str, Any] | None:
    text = given.get(f"{name}.amount", "").strip()
    if not text:
        return None
    wanted = Unit.WALL if given.get(f"{name}.unit") == Unit.WALL.value else Unit.BUSINESS
    try:
        amount, unit = read_amount(text, wanted)
    except ValueError as wrong:
        typed.problems.append(Problem(f"{name}.amount", f"{TARGETS[target]}: {wrong}"))
        return None
    balls = [ball for ball in PAUSES if target in MEASURED or given.get(f"{name}.pause.{ball.value}")]
    if target in NEVER_PAUSE:
        balls = []
    return {"amount": amount, "unit": unit.value, "pauses": sorted(ball.value for ball in balls)}
