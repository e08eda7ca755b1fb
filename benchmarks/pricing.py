"""How long it takes to price a month of work: 10,000 entries with everything that an agreement may say.

Run: `python -m benchmarks.pricing` (needs the billing plugin). No database takes part.
"""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from common import arguments, show

from rtpy.calendars.calendar import Calendar, Span
from rtpy.calendars.open_hours import OpenHours
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.values import (
    Condition,
    Customer,
    Demand,
    Entry,
    Inputs,
    Line,
    Rate,
    RoundingRule,
    Share,
    Surcharge,
    Ticket,
)
from rtpy_billing.pricing.words import About, Cover, Fate, Hours, Operation, Rung

BUDGET_MS = 1000
OFFICE = OpenHours([(None, 1, Calendar(1, "Office", "Europe/Berlin", ((Span(480, 1080),),) * 5 + ((), ())))])


def month(count: int) -> Inputs:
    """So many entries of one customer: a third without clock times, some at night, on tickets of four queues."""
    entries = []
    for number in range(1, count + 1):
        start = datetime(2026, 11, 1, 5, tzinfo=UTC) + timedelta(days=number % 28, minutes=7 * (number % 140))
        seconds = 60 * (5 + number * 13 % 170)
        clock = number % 3 > 0
        entries.append(
            Entry(
                id=number,
                person_id=number % 17,
                worked_on=start.date(),
                worked_seconds=seconds,
                ticket_id=number % (count // 4),
                zone="Europe/Berlin",
                started_at=start if clock else None,
                ended_at=start + timedelta(seconds=seconds) if clock else None,
                work_type_id=number % 4,
                role_id=number % 3 or None,
                person_role_id=2,
                period=date(2026, 11, 1),
            )
        )
    tickets = {number: Ticket(id=number, queue_id=number % 4) for number in range(count // 4)}
    rates = [Rate(id=1, rung=Rung.BOOK, amount=12000)]
    rates += [Rate(id=9 + role, rung=Rung.BOOK, amount=9000 + role, role_id=role) for role in range(3)]
    rates += [Rate(id=20, rung=Rung.LINE, scope_id=2, amount=9900, role_id=2, work_type_id=3)]
    night = Surcharge(
        id=1, name="Night", rung=Rung.BOOK, operation=Operation.MULTIPLY, value=1500, hours=Hours.OUT
    )
    lines = (
        Line(
            id=1,
            agreement_id=1,
            name="All in",
            cover=Cover.FLAT,
            conditions=(
                Condition(About.QUEUE, frozenset({1})),
                Condition(About.HOURS, frozenset({"in"})),
            ),
        ),
        Line(id=2, agreement_id=1, name="Block", cover=Cover.HOURS, priority=1, overflow_rate=13000),
    )
    return Inputs(
        customer=Customer(id=1, currency="EUR", zone="Europe/Berlin", calendar=OFFICE),
        entries=entries,
        tickets=tickets,
        lines=lines,
        rates=rates,
        surcharges=(night,),
        rounding_rules=(
            RoundingRule(id=1, minimum=900, increment=900),
            RoundingRule(id=2, work_type_id=1, minimum=3600, increment=1800, grace=420),
        ),
        draw=balance(count * 2000),
    )


def balance(seconds: int):  # a Draw, which keeps what is left
    """A balance that simply empties."""
    left = [seconds]

    def draw(line: Line, demand: Demand, /) -> Sequence[Share]:
        covered = min(demand.quantity, left[0])
        left[0] -= covered
        shares = [Share(Fate.COVERED, covered, covered, "lot")] if covered else []
        return (
            [*shares, Share(Fate.OVERFLOW, demand.quantity - covered)]
            if covered < demand.quantity
            else shares
        )

    return draw


def main() -> None:
    """Price a few times and print the figures."""
    options = arguments(__doc__ or "")
    options.add_argument("--entries", type=int, default=10_000)
    count = options.parse_args().entries
    figures = []
    for _ in range(5):
        inputs = month(count)
        begin = time.process_time()
        lines = price(inputs).lines
        figures.append((time.process_time() - begin) * 1000)
    middle = show(f"price {count} entries ({len(lines)} lines)", figures)
    if count == 10_000 and middle > BUDGET_MS:
        raise SystemExit(f"over the budget of {BUDGET_MS} ms")


if __name__ == "__main__":
    main()
