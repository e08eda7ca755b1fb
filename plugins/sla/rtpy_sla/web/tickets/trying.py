"""What would become of a ticket's clocks under another policy: its history played with one more fact."""

from dataclasses import dataclass, replace
from datetime import datetime

from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.facts import Fact, FactKind
from rtpy_sla.clocks.play import play
from rtpy_sla.clocks.words import Retarget, State
from rtpy_sla.following.plans import plans_of, rules_of
from rtpy_sla.following.reading import story_of
from rtpy_sla.web.words import name_of


@dataclass(frozen=True, slots=True)
class Would:
    """One clock that would be open: when it would be due, and whether it would be missed."""

    name: str
    due: datetime | None
    is_missed: bool


def open_clocks(work: Work, ticket: Ticket, version_id: int | None) -> dict[Retarget, tuple[Would, ...]]:
    """By what is said about running clocks: those that would be open. Two queries at most."""
    story, now = story_of(work, ticket), work.now
    plans, rules = plans_of(work.app, work.db), rules_of(work.app, work.db)
    last = max((fact.id for fact in story.facts), default=0) + 1
    found = {}
    for retarget in Retarget:
        pinned = Fact(now, last, FactKind.PINNED, work.actor.user_id, retarget.value, version_id or 0)
        timeline = play(replace(story, facts=(*story.facts, pinned)), plans, rules, now)
        found[retarget] = tuple(_would(clock, now) for clock in timeline.clocks if _is_owed(clock))
    return found


def _is_owed(clock: Clock) -> bool:
    return clock.state in (State.RUNNING, State.PAUSED) and (
        clock.amount is not None or clock.due is not None
    )


def _would(clock: Clock, now: datetime) -> Would:
    return Would(
        name_of(clock), clock.due, clock.missed is not None or (clock.due is not None and clock.due < now)
    )
