"""Ladders as they are set up: saving with all that must be there, and the clocks that go by them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.people import find_person
from rtpy.changes.roles import roles_of
from rtpy.errors import Invalid, Problem
from rtpy.models import Group, Principal
from rtpy.work import Work
from rtpy_sla.escalation.people import BUILT_IN
from rtpy_sla.following.next_steps import settle_next_steps
from rtpy_sla.ladder import Step
from rtpy_sla.ladder.reading import known_steps, read_quiet, read_steps, write_quiet, write_steps
from rtpy_sla.ladder.step import Deed, DeedKind
from rtpy_sla.models import Ladder, Policy
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS

_GROUPS, _PEOPLE = (DeedKind.NOTIFY_GROUP,), (DeedKind.NOTIFY_PERSON, DeedKind.ASSIGN)
_EITHER = (DeedKind.ADD_CC, DeedKind.ADD_ADMIN_CC)


@dataclass(frozen=True, slots=True)
class LadderValues:
    """A ladder as somebody gives it: steps and quiet hours are plain values, as in set-up files."""

    name: str
    description: str = ""
    steps: Sequence[Mapping[str, Any]] = ()
    quiet: Mapping[str, Any] = field(default_factory=dict)
    disabled: bool = False


def save_ladder(work: Work, ladder: Ladder | None, values: LadderValues) -> Ladder:
    """Make a ladder, or change it; the next steps of all clocks that go by it are worked out again.

    Needs AdminServiceLevels. Raises Invalid with a problem for each thing that is wrong. A step that is new, or has
    another time now, is not taken for moments that are past.
    """
    need_system(work, ADMIN_SERVICE_LEVELS)
    name = " ".join(values.name.split())
    problems = _wrong_name(work, ladder, name)
    steps: tuple[Step, ...] = ()
    quiet = None
    try:
        steps = read_steps([{**each, "key": each.get("key") or new_key()} for each in values.steps])
        problems += _unknown(work, steps)
    except Invalid as invalid:
        problems += invalid.problems
    try:
        quiet = read_quiet(values.quiet)
    except Invalid as invalid:
        problems += invalid.problems
    if problems:
        raise Invalid(*problems)
    before = plain_ladder(ladder) if ladder is not None else None
    if ladder is None:
        ladder = Ladder()
        work.db.add(ladder)
    ladder.name, ladder.description = name, values.description.strip()[:4000]
    ladder.steps = write_steps(_dated(work, steps, ladder.steps or []))
    ladder.quiet, ladder.disabled = write_quiet(quiet), values.disabled
    work.db.flush()
    note_configuration(work, "sla_ladder", ladder.id, name, before, plain_ladder(ladder))
    users = work.db.scalars(select(Policy.id).where(Policy.ladder_id == ladder.id)).all()
    settle_next_steps(work, users)
    return ladder


def plain_ladder(ladder: Ladder) -> dict[str, Any]:
    """A ladder as plain values: what the log and set-up files have."""
    return {
        "name": ladder.name,
        "description": ladder.description,
        "steps": [
            {key: value for key, value in step.items() if key != "added"}
            for step in write_steps(known_steps(ladder.steps))
        ],
        "quiet": dict(ladder.quiet),
        "disabled": bool(ladder.disabled),
    }


def new_key() -> str:
    """A key for a new step."""
    return secrets.token_hex(4)


def _dated(work: Work, steps: Sequence[Step], stored: Sequence[Mapping[str, Any]]) -> list[Step]:
    """New steps, and those with another time or other targets, begin now."""
    before = {step.key: step for step in known_steps(stored)}
    found = []
    for step in steps:
        old = before.get(step.key)
        is_same = old is not None and (old.percent, old.seconds, old.targets) == (
            step.percent,
            step.seconds,
            step.targets,
        )
        found.append(replace(step, added=old.added if old is not None and is_same else work.now))
    return found


def _wrong_name(work: Work, ladder: Ladder | None, name: str) -> list[Problem]:
    if not name:
        return [Problem("name", "Give it a name, such as Usual.")]
    if len(name) > 100:
        return [Problem("name", "A name has at most 100 characters.")]
    other = work.db.scalar(select(Ladder.id).where(func.lower(Ladder.name) == name.lower()))
    if other is not None and (ladder is None or other != ladder.id):
        return [Problem("name", f"There is a ladder named {name} already.")]
    return []


def _unknown(work: Work, steps: Sequence[Step]) -> list[Problem]:
    """People, groups, roles and statuses that are not there. One query for all groups, one for each person."""
    deeds = [
        (f"steps.{place}.do.{number}", deed)
        for place, step in enumerate(steps)
        for number, deed in enumerate(step.deeds)
    ]
    groups: set[str] = set()
    if any(deed.kind in (*_GROUPS, *_EITHER) for _, deed in deeds):
        groups = set(work.db.scalars(_NAMES))
    known: dict[str, bool] = {}
    problems = []
    for at, deed in deeds:
        sentence = _missing(work, deed, groups, known)
        if sentence:
            problems.append(Problem(at, sentence))
    return problems


def _missing(work: Work, deed: Deed, groups: set[str], known: dict[str, bool]) -> str:
    if deed.kind in (*_PEOPLE, *_EITHER) and deed.value not in known:
        known[deed.value] = find_person(work.db, deed.value) is not None
    if deed.kind in _PEOPLE and not known[deed.value]:
        return f"There is no person “{deed.value}”: write a login name or an address."
    if deed.kind in _GROUPS and deed.value.lower() not in groups:
        return f"There is no group “{deed.value}” in use."
    if deed.kind in _EITHER and not known[deed.value] and deed.value.lower() not in groups:
        return f"There is no person and no group “{deed.value}”."
    if deed.kind is DeedKind.NOTIFY_ROLE:
        is_known = deed.value.lower() in BUILT_IN or roles_of(work.app, work.db).named(deed.value)
        return "" if is_known else f"There is no role “{deed.value}”: AdminCc, Cc or a custom role."
    if deed.kind is DeedKind.SET_STATUS:
        lifecycles = work.app.refresh_lifecycles(work.db)
        statuses = {*lifecycles.active_statuses(), *lifecycles.inactive_statuses()}
        if deed.value.lower() not in statuses:
            return f"No lifecycle has a status “{deed.value}”."
    return ""


_NAMES = (
    select(func.lower(Group.name))
    .join(Principal, Principal.id == Group.id)
    .where(Group.domain == "UserDefined", Principal.disabled.is_(False))
)
