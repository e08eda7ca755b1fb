"""The plan: what a directory says against what we have, as steps; and whether so much may happen without a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rtpy.identity.directories.presets import PHOTO
from rtpy.identity.directories.reach import reach_of
from rtpy.identity.directories.settings import Settings, settings_of
from rtpy.identity.directory_sync.groups import GroupRules, plan_groups, plan_managers
from rtpy.identity.directory_sync.known import (
    KnownPerson,
    accounts_like,
    groups_named,
    held_people,
    linked_elsewhere,
    linked_groups,
    linked_people,
    members_of,
    members_of_others,
    staff,
    super_users,
    values_of_field,
)
from rtpy.identity.directory_sync.people import APART, Facts, Rules, plan_people
from rtpy.identity.directory_sync.snapshot import Snapshot
from rtpy.identity.directory_sync.steps import ORDER, Deed, Step
from rtpy.models import Organization, UserDirectory
from rtpy.work import Work

FEWEST = 5
"""So many may be disabled or renamed at once whatever percentage they are, as long as they are not all."""


@dataclass(frozen=True, slots=True)
class Syncing:
    """The settings of a directory that its sync goes by."""

    settings: Settings
    makes_people: bool
    takes_groups: bool
    minutes: int
    threshold: int
    manager_field_id: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in this order. `hold` says why a person must agree first; empty when nobody must."""

    steps: tuple[Step, ...]
    people: int
    groups: int
    hold: str = ""
    empty: str = ""
    """Why the answer of the directory cannot be right, so that nothing at all is done; empty when it can."""

    @property
    def counts(self) -> dict[str, int]:
        """How many steps of each kind."""
        counted = Counter(str(step.deed) for step in self.steps)
        return {deed.value: counted[deed] for deed in ORDER if counted[deed]}


def syncing_of(row: UserDirectory) -> Syncing:
    """The settings of one directory as a value."""
    return Syncing(
        settings_of(row),
        row.sync_people,
        row.sync_groups,
        row.sync_minutes,
        row.sync_threshold,
        row.manager_field_id,
    )


def plan_sync(work: Work, syncing: Syncing, seen: Snapshot) -> Plan:
    """What has to be done so that we have what the directory says. Only reads: a dozen queries, whatever its size."""
    db, settings = work.db, syncing.settings
    linked = linked_people(db, settings.id)
    if not seen.people and any(not known.disabled for known in linked.values()):
        said = "The directory answered with nobody at all: look at its filters. Nothing was changed."
        return Plan((), 0, len(seen.groups), empty=said)
    new = [person for unique_id, person in seen.people.items() if unique_id not in linked]
    alike: Mapping[str, KnownPerson] = {}
    if syncing.makes_people and new:
        addresses = [person.fields.get("email_address", "") for person in new]
        alike = accounts_like(db, [person.name for person in new], addresses)
    holders = super_users(db)
    facts = Facts(
        holders,
        staff(work),
        held_people(db, settings.id),
        linked_elsewhere(db, settings.id),
        members_of(db, settings.organization_id) if settings.organization_id else frozenset(),
        members_of_others(db, settings.organization_id) if settings.organization_id else frozenset(),
        reach_of(work, settings),
    )
    is_clients = settings.organization_id is not None
    rules = Rules(
        settings.id,
        syncing.makes_people,
        settings.privileged,
        is_clients,
        settings.take_over,
        bool(settings.attributes.get(PHOTO)),
    )
    steps = list(plan_people(rules, seen.people, linked, alike, facts))
    coming = {step.unique_id: step.name for step in steps if step.deed in (Deed.CREATE, Deed.LINK)}
    people = {
        each: linked[each].fields["name"] if each in linked else coming[each]
        for each in seen.people
        if each in linked or each in coming
    }
    hold = [_held_people(syncing, steps, linked)]
    if syncing.takes_groups:
        group_steps, memberships = _groups(work, syncing, seen, people, linked, holders)
        steps += group_steps
        removed = sum(step.deed == Deed.REMOVE_MEMBER for step in group_steps)
        hold.append(beyond(syncing.threshold, removed, memberships, "memberships of groups would end"))
    if syncing.manager_field_id and settings.manager_attribute:
        present = values_of_field(db, syncing.manager_field_id)
        steps += plan_managers(seen.managers, seen.people, linked, people, present)
    steps.sort(key=lambda step: ORDER.index(step.deed))
    return Plan(tuple(steps), len(seen.people), len(seen.groups), " ".join(filter(None, hold)))


def _groups(
    work: Work,
    syncing: Syncing,
    seen: Snapshot,
    people: Mapping[str, str],
    linked: Mapping[str, KnownPerson],
    holders: frozenset[int],
) -> tuple[list[Step], int]:
    """Steps for groups, and how many memberships the directory keeps here now."""
    db, settings = work.db, syncing.settings
    prefix = ""
    if settings.organization_id:
        prefix = f"{db.get_one(Organization, settings.organization_id).name}: "
    groups = linked_groups(db, settings.id)
    if groups and not seen.groups:
        why = "The directory answered with no group at all: look at its filters. Groups stay as they are."
        return [Step(Deed.REMARK, settings.name, "", problem=why)], 0
    named = groups_named(db, [f"{prefix}{group.name}"[:200] for group in seen.groups.values()])
    user_ids = {known.user_id: unique_id for unique_id, known in linked.items()}
    rules = GroupRules(settings.id, prefix, settings.take_over)
    steps = list(plan_groups(rules, seen, groups, named, people, user_ids, holders))
    ours = user_ids.keys() | {known.group_id for known in groups.values()}
    return steps, sum(len(known.members & ours) for known in groups.values())


def _held_people(syncing: Syncing, steps: Sequence[Step], linked: Mapping[str, KnownPerson]) -> str:
    risky = {
        step.unique_id
        for step in steps
        if step.deed == Deed.DISABLE or (step.deed == Deed.CHANGE and any(key in APART for key in step.after))
    }
    base = sum(not known.disabled for known in linked.values())
    return beyond(
        syncing.threshold, len(risky), base, "people would be disabled, or get another name or address"
    )


def beyond(percent: int, many: int, base: int, what: str) -> str:
    """A sentence when `many` of `base` are too many to be right: more than `percent`, or all of several.

    A handful is always good: people leave.
    """
    if many * 100 <= percent * base or (many < FEWEST and not 1 < many == base):
        return ""
    return f"{many} of {base} {what}: that is more than {percent} %."
