"""Making and changing policies: what was promised is never changed, it is followed by another version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.work import Work
from rtpy.working_hours import known
from rtpy_sla.clocks.words import Reopening, Retarget, Target
from rtpy_sla.following.next_steps import settle_next_steps
from rtpy_sla.models import Ladder, Policy, PolicyVersion
from rtpy_sla.policies.fitting import problem_of
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS

LONGEST_NAME = 100
MOST_DAYS = 366
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy as it shall be. `conditions` and `bands` are as `sla_policy_versions` keeps them."""

    name: str
    description: str = ""
    ladder_id: int | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)
    bands: Sequence[Mapping[str, Any]] = ()
    reopening: Reopening = Reopening.CONTINUE
    confirm_seconds: int = 7 * DAY
    on_priority: Retarget = Retarget.FROM_CREATION


def save_policy(work: Work, policy: Policy | None, draft: Draft) -> Policy:
    """Make a policy (None), which is tried last, or change one. Needs AdminServiceLevels.

    A new version is made when conditions, bands or rules differ; name, description and ladder hold for all. Raises
    Invalid with every problem, named by the fields of the form.
    """
    need_system(work, ADMIN_SERVICE_LEVELS)
    name = " ".join(draft.name.replace("\0", "").split())
    problems = [*_wrong_name(work, name, policy), *_wrong_terms(work, draft), *_wrong_conditions(work, draft)]
    if draft.ladder_id is not None and work.db.get(Ladder, draft.ladder_id) is None:
        problems.append(Problem("ladder", "Choose a ladder of the list."))
    if problems:
        raise Invalid(*problems)
    before = None if policy is None else plain_policy(work, policy)
    if policy is None:
        last = work.db.scalar(select(func.max(Policy.position)))
        policy = Policy(name=name, position=(last or 0) + 1)
        work.db.add(policy)
    policy.name, policy.description = name, draft.description.replace("\0", "").strip()
    has_other_ladder = policy.ladder_id != draft.ladder_id
    if has_other_ladder:
        policy.ladder_id, policy.ladder_since = draft.ladder_id, work.now
    work.db.flush()  # its number, for the version
    if has_other_ladder:
        settle_next_steps(work, (policy.id,))
    _follow(work, policy, draft)
    note_configuration(work, "sla_policy", policy.id, name, before, plain_policy(work, policy))
    return policy


def newest_version(work: Work, policy: Policy) -> PolicyVersion | None:
    """The one that new tickets get."""
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy.id)
    return work.db.scalars(query.order_by(PolicyVersion.number.desc()).limit(1)).first()


def plain_policy(work: Work, policy: Policy) -> dict[str, object]:
    """What it says, for the log of the set-up."""
    version = newest_version(work, policy)
    said: dict[str, object] = {
        "name": policy.name,
        "description": policy.description,
        "position": policy.position,
        "ladder": policy.ladder_id,
        "disabled": policy.disabled,
    }
    if version is not None:
        said |= {"version": version.number, **_content(version)}
    return said


def _follow(work: Work, policy: Policy, draft: Draft) -> None:
    """Another version, when anything that tickets are held to differs."""
    latest = newest_version(work, policy)
    version = PolicyVersion(
        policy_id=policy.id,
        number=latest.number + 1 if latest else 1,
        conditions=dict(draft.conditions),
        bands=sorted((dict(band) for band in draft.bands), key=lambda band: -int(band["from_priority"])),
        reopening=draft.reopening.value,
        confirm_seconds=draft.confirm_seconds,
        on_priority=draft.on_priority.value,
        created=work.now,
        creator_id=work.actor.user_id,
    )
    if latest is None or _content(latest) != _content(version):
        work.db.add(version)
        work.db.flush()  # read again for the log


def _content(version: PolicyVersion) -> dict[str, object]:
    names = ("conditions", "bands", "reopening", "confirm_seconds", "on_priority")
    return {name: getattr(version, name) for name in names}


def _wrong_name(work: Work, name: str, policy: Policy | None) -> list[Problem]:
    if not name:
        return [Problem("name", "Give the policy a name: staff read it on tickets.")]
    if len(name) > LONGEST_NAME:
        return [Problem("name", f"A name has at most {LONGEST_NAME} letters.")]
    query = select(Policy.id).where(func.lower(Policy.name) == name.lower())
    if policy is not None:
        query = query.where(Policy.id != policy.id)
    taken = work.db.scalar(query) is not None
    return [Problem("name", f"There is another policy called {name}.")] if taken else []


def _wrong_terms(work: Work, draft: Draft) -> list[Problem]:
    problems = []
    priorities = [int(band["from_priority"]) for band in draft.bands]
    if not any(band["terms"] for band in draft.bands):
        problems.append(Problem("bands", "Promise something: write an amount of time beside a target."))
    if len(set(priorities)) < len(priorities):
        problems.append(Problem("bands", "Two sets of terms begin at the same priority: change one of them."))
    for band in draft.bands:
        problems += _wrong_calendar(work, band["calendar_id"])
        if Target.PROMISE.value in band["terms"]:
            problems.append(Problem("bands", "Promises have a date each: a policy gives them none."))
    if not 0 <= draft.confirm_seconds <= MOST_DAYS * DAY:
        problems.append(Problem("confirm_days", f"Write days from 0 to {MOST_DAYS}."))
    return problems


def _wrong_calendar(work: Work, calendar_id: int | None) -> list[Problem]:
    if calendar_id is None:
        return []
    try:
        calendar = known(work.app, work.db, calendar_id)
        calendar.hours.next_open(work.now)
    except (NotFound, ValueError) as wrong:
        return [Problem("bands", str(wrong))]
    return []


def _wrong_conditions(work: Work, draft: Draft) -> list[Problem]:
    low, high = draft.conditions.get("priority_from"), draft.conditions.get("priority_to")
    problems = []
    if low is not None and high is not None and low > high:
        problems.append(
            Problem("for.priority_to", f"No priority is from {low} and up to {high}: it fits no ticket.")
        )
    name, sentence = problem_of(work, draft.conditions)
    if name:
        problems.append(Problem(f"for.{name}", sentence))
    return problems
