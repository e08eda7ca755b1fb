"""Which agreement lines cover a piece of work: each condition with its answer, for pricing and for people to see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rtpy_billing.pricing.values import Condition, Line
from rtpy_billing.pricing.words import About, Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What conditions of coverage look at."""

    work_type_id: int | None = None
    role_id: int | None = None
    person_id: int | None = None
    queue_id: int | None = None
    ticket_type: str | None = None
    site_id: int | None = None
    asset_ids: frozenset[int] = frozenset()

    def found(self, about: About) -> frozenset[int | str]:
        """The values that a condition about this is compared with; hours have none here."""
        match about:
            case About.WORK_TYPE:
                one: int | str | None = self.work_type_id
            case About.ROLE:
                one = self.role_id
            case About.PERSON:
                one = self.person_id
            case About.QUEUE:
                one = self.queue_id
            case About.TICKET_TYPE:
                one = self.ticket_type
            case About.SITE:
                one = self.site_id
            case About.ASSET:
                return frozenset(self.asset_ids)
            case About.HOURS:
                return frozenset()
        return frozenset() if one is None else frozenset((one,))


@dataclass(frozen=True, slots=True)
class Answer:
    """A condition, what was found, and whether it holds (`None`: it depends on the time of day)."""

    condition: Condition
    found: frozenset[int | str]
    holds: bool | None


def answers(line: Line, facts: Facts, *, in_hours: bool | None = None) -> tuple[Answer, ...]:
    """Each condition of the line with its answer, in the order of the line."""
    return tuple(answer(condition, facts, in_hours) for condition in line.conditions)


def answer(condition: Condition, facts: Facts, in_hours: bool | None) -> Answer:
    """One condition: any of the found values among its own is enough, or must not be, if it excludes."""
    if condition.about is not About.HOURS:
        found = facts.found(condition.about)
    elif in_hours is None:
        return Answer(condition, frozenset(), None)
    else:
        found = frozenset((Hours.IN.value if in_hours else Hours.OUT.value,))
    return Answer(condition, found, bool(found & condition.values) != condition.excluded)


def covers(line: Line, facts: Facts) -> bool:
    """Whether the line covers such work at some time of day; its dates are not asked."""
    return all(one.holds is not False for one in answers(line, facts))


def covers_hours(line: Line, *, in_hours: bool) -> bool:
    """Whether the line covers work in, or out of, the agreed hours."""
    return all(
        answer(condition, Facts(), in_hours).holds
        for condition in line.conditions
        if condition.about is About.HOURS
    )


def in_effect(line: Line, on: date) -> bool:
    """Whether the line holds on the customer's date `on`."""
    return line.starts_on <= on and (line.ends_on is None or on < line.ends_on)


def by_priority(lines: Iterable[Line]) -> list[Line]:
    """The order in which lines are tried."""
    return sorted(lines, key=lambda line: (line.priority, line.id))
