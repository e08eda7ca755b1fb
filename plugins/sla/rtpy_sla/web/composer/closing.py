"""What comes with a reply or a comment: promises made and kept, and why a target was missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import select

from rtpy.changes.change import Change
from rtpy.models import Ticket, User
from rtpy.work import Work
from rtpy_sla.clocks.words import State, Target
from rtpy_sla.following.changes import ExplainMiss
from rtpy_sla.models import ClockRow
from rtpy_sla.promises.typed import read_promises

CAUSE = "sla.cause"
"""The name of the field."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that was missed, not excused, and nobody said why."""

    target: Target
    cycle: int


def read_fields(work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]) -> Sequence[Change]:
    """The hook `rtpy_form_changes`. Raises Invalid."""
    found: list[Change] = []
    if deed == "reply":
        found += read_promises(given, work.now, _zone(work))
    if deed in ("reply", "comment") and given.get(CAUSE, "").strip():
        found += [ExplainMiss(each.target, each.cycle, given[CAUSE]) for each in unexplained(work, ticket.id)]
    return found


def unexplained(work: Work, ticket_id: int) -> tuple[Missed, ...]:
    """What was missed, is not excused, and has no cause yet. One query."""
    is_past = (ClockRow.state == State.RUNNING.value) & (ClockRow.due < work.now)
    rows = work.db.execute(
        select(ClockRow.target, ClockRow.cycle)
        .where(
            ClockRow.ticket_id == ticket_id,
            ClockRow.missed.is_not(None) | is_past,
            ClockRow.excuse == "",
            ClockRow.cause == "",
        )
        .order_by(ClockRow.started, ClockRow.id)
    )
    return tuple(Missed(Target(row.target), row.cycle) for row in rows)


def _zone(work: Work) -> tzinfo:
    """That of who writes."""
    user = work.db.get(User, work.actor.user_id)
    try:
        return ZoneInfo(user.timezone) if user and user.timezone else UTC
    except (KeyError, ValueError, OSError):
        return UTC
