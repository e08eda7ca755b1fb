"""How a ticket stood at a time, and whether a clock counts then."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from rtpy_sla.clocks.plan import Rules
from rtpy_sla.clocks.terms import Terms
from rtpy_sla.clocks.words import NEVER_PAUSE, Ball, Target


class Phase(StrEnum):
    """What a status means for promises."""

    OPEN = "open"
    SOLVED = "solved"
    VOID = "void"


class Mode(StrEnum):
    """What a second does for a clock."""

    COUNTING = "counting"
    PAUSED = "paused"
    CLOSED = "closed"


class Situation(NamedTuple):
    """From `at` on, until the next one."""

    at: datetime
    phase: Phase
    ball: Ball
    is_owned: bool


def phase_of(status: str, rules: Rules) -> Phase:
    """Case does not matter, as everywhere with statuses."""
    lowered = status.lower()
    if lowered in rules.solved:
        return Phase.SOLVED
    return Phase.VOID if lowered in rules.void else Phase.OPEN


def mode_of(target: Target, terms: Terms, situation: Situation) -> Mode:
    """Whether the time counts for a clock of this target."""
    if target is Target.PROMISE:
        return Mode.CLOSED if situation.phase is Phase.VOID else Mode.COUNTING
    if situation.phase is not Phase.OPEN:
        return Mode.CLOSED
    if target in NEVER_PAUSE:
        return Mode.COUNTING
    if situation.ball in terms.pauses or (target is Target.EFFORT and not situation.is_owned):
        return Mode.PAUSED
    return Mode.COUNTING


def since(past: Sequence[Situation], start: datetime) -> Sequence[Situation]:
    """The situations that held from `start` on, the first of which may have begun earlier."""
    index = len(past)
    while index > 1 and past[index - 1].at > start:
        index -= 1
    return past[max(index - 1, 0) :]
