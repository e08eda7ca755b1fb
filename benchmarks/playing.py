"""How long it takes to play a ticket's history into clocks: a usual one, long ones, and one that is re-targeted often.

Run: `python -m benchmarks.playing` (needs the plugin for service levels). No database takes part.
"""

from datetime import UTC, datetime, timedelta

from common import arguments, processor_ms, show

from rtpy.calendars.calendar import Calendar, Span
from rtpy.calendars.open_hours import OpenHours
from rtpy_sla.clocks.facts import Fact, FactKind, Story
from rtpy_sla.clocks.plan import Band, Plan, Rules, Term
from rtpy_sla.clocks.play import play
from rtpy_sla.clocks.words import MEASURED, Ball, Target

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = 3600
OFFICE = OpenHours([(None, 1, Calendar(1, "Office", "Europe/Berlin", ((Span(480, 1020),),) * 5 + ((), ())))])
RULES = Rules({"stalled": Ball.CUSTOMER})
USUAL = (
    FactKind.STAFF_TOUCHED,
    FactKind.OWNED,
    FactKind.CUSTOMER_SPOKE,
    FactKind.STAFF_TOUCHED,
    FactKind.STAFF_SPOKE,
)
BUSY = (
    FactKind.CUSTOMER_SPOKE,
    FactKind.STAFF_TOUCHED,
    FactKind.STAFF_SPOKE,
    FactKind.STATUS,
    FactKind.MACHINE_SPOKE,
)
FLIPPED = (FactKind.PRIORITY, FactKind.STATUS)
BUDGET_MS = 1.0
"""For one usual ticket: what a page or a mail may spend on it is 3 ms with the database."""


def band(priority: int, hours: int) -> Band:
    """All targets with one term."""
    owed = [target for target in Target if target not in MEASURED and target is not Target.PROMISE]
    return Band(priority, 1, OFFICE, {target: Term(target, hours * HOUR) for target in owed})


PLANS = {1: Plan(1, 1, "gold", (band(50, 40), band(0, 4)))}


def story(kinds: tuple[FactKind, ...], count: int) -> Story:
    """So many facts of these kinds in turn, 37 minutes apart; every second time the other status or priority."""
    facts = [Fact(START, 1, FactKind.CREATED, 1, "open"), Fact(START, 2, FactKind.PINNED, 2, "keep", 1)]
    for number in range(count - 2):
        kind, turn = kinds[number % len(kinds)], number // len(kinds) % 2
        text = ("stalled", "open")[turn] if kind is FactKind.STATUS else "1"
        at = START + timedelta(minutes=37 * number)
        facts.append(Fact(at, number + 3, kind, 2, text, (0, 50)[turn]))
    return Story(1, tuple(facts))


def main() -> None:
    """Play each and print the figures."""
    arguments(__doc__ or "").parse_args()
    cases = (
        ("usual", USUAL, 30, 100),
        ("busy", BUSY, 30, 100),
        ("busy", BUSY, 2000, 2),
        ("busy", BUSY, 8000, 1),
        ("re-targeted", FLIPPED, 2000, 1),
        ("re-targeted", FLIPPED, 8000, 1),
    )
    middles = []
    for name, kinds, count, batch in cases:
        told = story(kinds, count)
        now = told.facts[-1].at + timedelta(days=1)
        clocks = len(play(told, PLANS, RULES, now).clocks)
        figures = processor_ms(
            lambda told=told, now=now: play(told, PLANS, RULES, now), rounds=9, batch=batch
        )
        middles.append(show(f"{name}: {count} facts, {clocks} clocks", figures))
    if middles[0] > BUDGET_MS:
        raise SystemExit(f"over the budget of {BUDGET_MS} ms")


if __name__ == "__main__":
    main()
