"""Rounding groups: which stretches are rounded together, and what of the group's billed time each of them gets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from rtpy_billing.pricing.line import Fact, Step, StepKind
from rtpy_billing.pricing.rounding import billed, shares
from rtpy_billing.pricing.segment import Segment
from rtpy_billing.pricing.values import Entry, RoundingRule
from rtpy_billing.pricing.words import ChargeMode, Grouping

Key: TypeAlias = tuple[object, ...]
OF_TICKETS = frozenset({Grouping.TICKET_DAY, Grouping.TICKET})


@dataclass(slots=True)
class Group:
    """Stretches that are rounded together, in the order of work."""

    rule: RoundingRule
    segments: list[Segment] = field(default_factory=list)

    @property
    def open(self) -> list[Segment]:
        """Those that still get their billed time."""
        return [segment for segment in self.segments if not segment.is_fixed]


def groups(
    segments: Iterable[tuple[Segment, RoundingRule]], entries: Mapping[int, Entry]
) -> dict[Key, Group]:
    """All groups of the segments, which come in the order of work. Hidden work and fees are in none."""
    found: dict[Key, Group] = {}
    for segment, rule in segments:
        if segment.mode is ChargeMode.HIDDEN or segment.fee_id is not None:
            continue
        key = (rule.id, segment.mode is ChargeMode.NO_CHARGE, *place(rule.grouping, segment.entry, entries))
        found.setdefault(key, Group(rule)).segments.append(segment)
    return found


def place(grouping: Grouping, entry: Entry, entries: Mapping[int, Entry]) -> Key:
    """What a group has in common. A correction goes with what it corrects; work without a ticket stands alone."""
    entry = original(entry, entries)
    match grouping:
        case Grouping.TICKET_DAY if entry.ticket_id is not None:
            return entry.ticket_id, entry.worked_on
        case Grouping.TICKET if entry.ticket_id is not None:
            return (entry.ticket_id,)
        case Grouping.PERSON_DAY:
            return entry.person_id, entry.worked_on
        case Grouping.INVOICE:
            return (entry.period,)
        case _:
            return "entry", entry.id


def original(entry: Entry, entries: Mapping[int, Entry]) -> Entry:
    """What a correction corrects in the end, as far as it is among the entries."""
    seen = {entry.id}
    while entry.corrects is not None and entry.corrects in entries and entry.corrects not in seen:
        entry = entries[entry.corrects]
        seen.add(entry.id)
    return entry


def round_group(group: Group) -> Step | None:
    """Give the group's open stretches their billed time; frozen ones keep theirs and count. Tells how, or nothing."""
    still_open = group.open
    if not still_open:
        return None
    worked = sum(segment.worked for segment in group.segments)
    total, stages = billed(group.rule, worked)
    taken = sum(segment.billed for segment in group.segments if segment.is_fixed)
    pool = total - taken
    if any(segment.worked < 0 for segment in still_open):
        if all(segment.worked <= 0 for segment in still_open):
            pool = min(pool, 0)
    else:
        pool = max(pool, 0)
    facts: dict[str, Fact] = {
        "rule_id": group.rule.id,
        "version": group.rule.version,
        "name": group.rule.name,
        "grouping": told_grouping(group).value,
        "entries": len({segment.entry.id for segment in group.segments}),
        "worked": worked,
        **stages,
        "billed": total,
        "fixed": taken,
    }
    step = Step(StepKind.ROUNDING, facts)
    parts = shares(pool, [segment.worked for segment in still_open])
    for segment, part in zip(still_open, parts, strict=True):
        segment.billed = part
        segment.steps.append(step)
        segment.steps.append(share_step(segment.worked, part))
    return step


def told_grouping(group: Group) -> Grouping:
    """What is told of the group: work without a ticket stands alone where tickets make the groups."""
    if group.rule.grouping in OF_TICKETS and group.segments[0].entry.ticket_id is None:
        return Grouping.ENTRY
    return group.rule.grouping


@lru_cache(4096)
def share_step(worked: int, billed: int) -> Step:
    """What is told of a stretch's part of its group."""
    return Step(StepKind.SHARE, {"worked": worked, "billed": billed})
