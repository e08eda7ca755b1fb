"""A short way to tell what happened to a ticket, for tests of clocks.

Moments are written `1 10:30`: a day of June 2026, which begins with a Monday, and a time in UTC; or as ISO dates.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from rtpy.calendars.calendar import ALWAYS, Calendar, Span
from rtpy.calendars.open_hours import OpenHours
from rtpy_sla.clocks.clock import Clock, Timeline
from rtpy_sla.clocks.facts import Fact, FactKind, Story
from rtpy_sla.clocks.plan import Band, Hours, Plan, Rules, Term
from rtpy_sla.clocks.play import play
from rtpy_sla.clocks.words import Ball, Retarget, Target, Unit, Verdict

MINUTE, HOUR, DAY = 60, 3600, 86_400
CUSTOMER, ANN, BOB = 11, 21, 22
RULES = Rules({"stalled": Ball.CUSTOMER, "vendor": Ball.THIRD, "scheduled": Ball.SCHEDULED})
END = "30 00:00"


def t(text: str) -> datetime:
    """`1 10:30` or `2026-03-29 10:30`."""
    first, _, clock = text.partition(" ")
    day = date.fromisoformat(first) if "-" in first else date(2026, 6, int(first))
    return datetime.fromisoformat(f"{day.isoformat()}T{clock or '00:00'}").replace(tzinfo=UTC)


def calendar(hours: str = "9-17", zone: str = "UTC", week: int = 5, **dates: tuple[Span, ...]) -> Calendar:
    """`9-12,13-17` on so many days of the week. Dates are written `d2026_06_02`."""
    spans = tuple(Span(*(int(hour) * 60 for hour in part.split("-"))) for part in hours.split(",") if part)
    exceptions = {date(*map(int, name[1:].split("_"))): there for name, there in dates.items()}
    return Calendar(1, hours, zone, (spans,) * week + ((),) * (7 - week), exceptions)


def hours(*versions: Calendar, begins: tuple[str, ...] = ()) -> OpenHours:
    """The versions from 1; `begins` are the dates of the second one on."""
    dates = [None, *map(date.fromisoformat, begins)]
    return OpenHours(
        [(day, number, each) for number, (day, each) in enumerate(zip(dates, versions, strict=True), 1)]
    )


OFFICE = hours(calendar())
ROUND_THE_CLOCK = OpenHours([(None, 9, Calendar(9, "24x7", "UTC", ALWAYS))])


def term(
    target: Target, amount: int, unit: Unit = Unit.BUSINESS, pauses: str = "customer third scheduled"
) -> Term:
    """Seconds, or days."""
    return Term(target, amount, unit, frozenset(Ball(word) for word in pauses.split()))


def band(
    *terms: Term, held: Hours = OFFICE, priority: int = 0, calendar_id: int | None = 1, **seconds: int
) -> Band:
    """`resolution=8 * HOUR` is short for a term of business time."""
    all_terms = (*terms, *(term(Target(name), amount) for name, amount in seconds.items()))
    return Band(priority, calendar_id, held, {each.target: each for each in all_terms})


def plan(*bands: Band, version: int = 1, **more: object) -> Plan:
    """A version of a policy with these bands, the highest priority first."""
    return replace(Plan(version, version, f"plan {version}", bands), **more)  # type: ignore[arg-type]


GOLD = plan(
    band(
        acknowledge=HOUR,
        first_response=2 * HOUR,
        next_response=4 * HOUR,
        update=16 * HOUR,
        resolution=16 * HOUR,
    )
)


class Told:
    """What happened, line by line; each method is one fact and gives the story back."""

    def __init__(
        self,
        at: str = "1 10:00",
        held: Plan | None = GOLD,
        *,
        status: str = "open",
        priority: int = 0,
        queue: int = 1,
        rules: Rules = RULES,
        **data: object,
    ) -> None:
        self.facts: list[Fact] = []
        self.plans: dict[int, Plan] = {}
        self.rules = rules
        self.counts_from: datetime | None = None
        self._add(at, FactKind.CREATED, CUSTOMER, status, priority, queue=queue, **data)
        if held is not None:
            self.pin(at, held)

    def _add(
        self, at: str, kind: FactKind, by: int, text: str = "", number: int = 0, **data: object
    ) -> "Told":
        self.facts.append(Fact(t(at), len(self.facts) + 1, kind, by, text, number, data))
        return self

    def customer(self, at: str) -> "Told":
        return self._add(at, FactKind.CUSTOMER_SPOKE, CUSTOMER)

    def staff(self, at: str, by: int = ANN) -> "Told":
        return self._add(at, FactKind.STAFF_SPOKE, by)

    def note(self, at: str) -> "Told":
        return self._add(at, FactKind.STAFF_TOUCHED, ANN)

    def machine(self, at: str) -> "Told":
        return self._add(at, FactKind.MACHINE_SPOKE, 1)

    def owner(self, at: str, *, somebody: bool = True) -> "Told":
        return self._add(at, FactKind.OWNED, ANN, "1" if somebody else "")

    def status(self, at: str, status: str, by: int = ANN) -> "Told":
        return self._add(at, FactKind.STATUS, by, status)

    def priority(self, at: str, number: int) -> "Told":
        return self._add(at, FactKind.PRIORITY, ANN, number=number)

    def queue(self, at: str, number: int) -> "Told":
        return self._add(at, FactKind.QUEUE, ANN, number=number)

    def ball(self, at: str, ball: str, until: str = "", reason: str = "") -> "Told":
        more = {"until": t(until).isoformat()} if until else {}
        return self._add(at, FactKind.BALL, ANN, ball, reason=reason, **more)

    def pin(self, at: str, held: Plan | None, how: Retarget = Retarget.KEEP) -> "Told":
        if held is not None:
            self.plans[held.version_id] = held
        return self._add(at, FactKind.PINNED, ANN, how.value, held.version_id if held else 0)

    def excuse(self, at: str, target: Target, cycle: int, reason: str) -> "Told":
        return self._add(at, FactKind.EXCUSED, BOB, target.value, cycle, reason=reason)

    def explain(self, at: str, target: Target, cycle: int, reason: str) -> "Told":
        return self._add(at, FactKind.EXPLAINED, BOB, target.value, cycle, reason=reason)

    def promise(self, at: str, number: int, due: str) -> "Told":
        return self._add(at, FactKind.PROMISED, ANN, number=number, due=t(due).isoformat(), words="by then")

    def settle(self, at: str, number: int, how: str, due: str = "") -> "Told":
        more = {"due": t(due).isoformat()} if due else {}
        return self._add(at, FactKind.PROMISE_SETTLED, ANN, how, number, **more)

    def absorb(self, at: str, started: str) -> "Told":
        return self._add(at, FactKind.ABSORBED, ANN, number=99, started=t(started).isoformat())

    def merged(self, at: str) -> "Told":
        return self._add(at, FactKind.MERGED, ANN, number=99)

    def brought_in(self, at: str) -> "Told":
        self.counts_from = t(at)
        return self

    def story(self) -> Story:
        return Story(1, tuple(self.facts), self.counts_from)

    def seen(self, now: str = END) -> "Seen":
        """How things stand at a moment."""
        return Seen(play(self.story(), self.plans, self.rules, t(now)), t(now))


class Seen:
    """A timeline with short ways to ask it."""

    def __init__(self, timeline: Timeline, now: datetime) -> None:
        self.timeline = timeline
        self.now = now
        self.clocks: Mapping[tuple[Target, int], Clock] = {
            (each.target, each.cycle): each for each in timeline.clocks
        }
        self.pauses = timeline.pauses

    def clock(self, target: Target, cycle: int = 1) -> Clock:
        return self.clocks[target, cycle]

    def count(self, target: Target) -> int:
        """How many cycles."""
        return sum(each == target for each, _ in self.clocks)

    def due(self, target: Target, cycle: int = 1) -> datetime | None:
        return self.clock(target, cycle).due

    def used(self, target: Target, cycle: int = 1) -> int:
        return self.clock(target, cycle).used

    def verdict(self, target: Target, cycle: int = 1) -> Verdict:
        return self.clock(target, cycle).verdict(self.now)
