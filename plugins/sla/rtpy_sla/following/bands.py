"""The terms of a policy as its versions keep them, read and written.

A list from the highest priority down; each entry has `from_priority`, `calendar_id` (null: every minute of every day)
and `terms`: by target `amount`, `unit` and `pauses`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rtpy_sla.clocks.plan import Band, Hours, Term
from rtpy_sla.clocks.terms import WALL
from rtpy_sla.clocks.words import Ball, Target, Unit

EVERY_MINUTE: Hours = WALL


def read_bands(raw: Sequence[Mapping[str, Any]], hours_of: Callable[[int], Hours]) -> tuple[Band, ...]:
    """What was stored, from the highest priority down. `hours_of` gives the hours of a calendar by its number."""
    return tuple(
        Band(
            from_priority=int(each["from_priority"]),
            calendar_id=each["calendar_id"],
            hours=EVERY_MINUTE if each["calendar_id"] is None else hours_of(each["calendar_id"]),
            terms={Target(target): _term(Target(target), term) for target, term in each["terms"].items()},
        )
        for each in sorted(raw, key=lambda band: -int(band["from_priority"]))
    )


def write_bands(bands: Sequence[Band]) -> list[dict[str, Any]]:
    """What is stored: plain values in a stable order."""
    return [
        {
            "from_priority": band.from_priority,
            "calendar_id": band.calendar_id,
            "terms": {
                target.value: {
                    "amount": band.terms[target].amount,
                    "unit": band.terms[target].unit.value,
                    "pauses": sorted(ball.value for ball in band.terms[target].pauses),
                }
                for target in Target
                if target in band.terms
            },
        }
        for band in sorted(bands, key=lambda each: -each.from_priority)
    ]


def _term(target: Target, raw: Mapping[str, Any]) -> Term:
    pauses = frozenset(Ball(each) for each in raw["pauses"])
    return Term(target, int(raw["amount"]), Unit(raw["unit"]), pauses)
