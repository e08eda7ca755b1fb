"""The ladders that policies use, as values kept between requests, and what a clock took of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.plugin_settings import setting
from rtpy.remembered import remembered, watch
from rtpy_sla.ladder import Ladder, Step
from rtpy_sla.ladder.reading import known_steps, read_quiet
from rtpy_sla.ladder.settings import GRACE
from rtpy_sla.models import Firing, Policy, PolicyVersion
from rtpy_sla.models import Ladder as LadderRow

watch(LadderRow, Policy, PolicyVersion)

Taken = Mapping[tuple[int, str, int, int], Collection[str]]
"""Keys of steps by ticket, target, cycle and ladder."""


def ladder_of(app: App, db: Session, version_id: int | None) -> Ladder | None:
    """The ladder of the policy of this version; None without one, and for ladders and policies that are off.

    As a rule nothing is asked of the database.
    """
    return remembered(app, db, "sla ladders by version", _read).get(version_id or 0)


def grace_of(app: App, db: Session) -> int:
    """Seconds for which a clock that was woken takes no step."""
    return int(setting(app, db, GRACE)) * 60


def steps_taken(db: Session, ticket_ids: Collection[int]) -> Taken:
    """What the clocks of these tickets took already. One query; none for no tickets."""
    found: dict[tuple[int, str, int, int], set[str]] = {}
    if ticket_ids:
        for ticket, target, cycle, ladder, step in db.connection().execute(_TAKEN, {"ids": list(ticket_ids)}):
            found.setdefault((ticket, target, cycle, ladder), set()).add(step)
    return found


_TAKEN = select(Firing.ticket_id, Firing.target, Firing.cycle, Firing.ladder_id, Firing.step).where(
    Firing.ticket_id.in_(bindparam("ids", expanding=True))
)


def _read(db: Session) -> dict[int, Ladder]:
    """The ladder of each version; moments before the policy had it are not taken."""
    ladders = {row.id: row for row in db.scalars(select(LadderRow).where(LadderRow.disabled.is_(False)))}
    steps = {number: known_steps(row.steps) for number, row in ladders.items()}
    policies = db.execute(
        select(PolicyVersion.id, Policy.ladder_id, Policy.ladder_since)
        .join(Policy, Policy.id == PolicyVersion.policy_id)
        .where(Policy.disabled.is_(False), Policy.ladder_id.in_(ladders))
    )
    return {
        version: Ladder(
            number, ladders[number].name, _since(steps[number], since), read_quiet(ladders[number].quiet)
        )
        for version, number, since in policies
        if number is not None
    }


def _since(steps: Sequence[Step], since: datetime | None) -> tuple[Step, ...]:
    if since is None:
        return tuple(steps)
    return tuple(replace(step, added=max(step.added or since, since)) for step in steps)
