"""Short ways to make what pricing is given, for its tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from rtpy.calendars.calendar import Calendar, Span
from rtpy.calendars.open_hours import OpenHours
from rtpy_billing.pricing.price import price
from rtpy_billing.pricing.values import (
    Customer,
    Demand,
    Entry,
    Inputs,
    Line,
    Rate,
    RoundingRule,
    Share,
    Ticket,
)
from rtpy_billing.pricing.words import ChargeMode, Fate, Rung

DAY = date(2026, 11, 23)  # a Monday
HOUR = 3600
OFFICE_WEEK = Calendar(1, "Office", "Europe/Berlin", ((Span(480, 1080),),) * 5 + ((), ()))
OFFICE = OpenHours([(None, 1, OFFICE_WEEK)])
BOOK = Rate(id=1, rung=Rung.BOOK, amount=12000)
CUSTOMER = Customer(id=5, currency="EUR", zone="Europe/Berlin")


def minutes(count: float, /, id: int = 1, **more: object) -> Entry:
    """An entry of so many minutes without clock times, on ticket 7 unless told."""
    given: dict = {"person_id": 3, "worked_on": DAY, "ticket_id": 7, "zone": "Europe/Berlin", **more}
    return Entry(id=id, worked_seconds=round(count * 60), **given)


def clocked(start: str, end: str, /, id: int = 1, zone: str = "Europe/Berlin", **more: object) -> Entry:
    """An entry from one local time to another."""
    begin, finish = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (start, end))
    seconds = round((finish.astimezone(UTC) - begin.astimezone(UTC)).total_seconds())
    given: dict = {"worked_on": begin.date(), "worked_seconds": seconds, "zone": zone, **more}
    return (
        minutes(0, id=id, **given)
        if not seconds
        else Entry(
            id=id,
            person_id=given.pop("person_id", 3),
            ticket_id=given.pop("ticket_id", 7),
            started_at=begin.astimezone(UTC),
            ended_at=finish.astimezone(UTC),
            **given,
        )
    )


def inputs(*entries: Entry, **more: object) -> Inputs:
    """Inputs with a price book of 120.00 an hour."""
    tickets = {
        entry.ticket_id: Ticket(id=entry.ticket_id) for entry in entries if entry.ticket_id is not None
    }
    given: dict = {"customer": CUSTOMER, "rates": (BOOK,), "tickets": tickets, **more}
    return Inputs(entries=entries, **given)


def priced(*entries: Entry, **more: object):
    """The lines of these entries."""
    return price(inputs(*entries, **more)).lines


def billed(*entries: Entry, **more: object) -> list[float]:
    """Billed minutes of each entry, in the order given."""
    lines = priced(*entries, **more)
    return [sum(line.billed_seconds for line in lines if line.entry_id == entry.id) / 60 for entry in entries]


def rule(minimum: int = 0, increment: int = 0, **more: object) -> RoundingRule:
    """A rounding rule for all, in minutes."""
    for name in ("grace", "maximum"):
        if name in more:
            more[name] = more[name] * 60
    given: dict = {"id": 1, **more}
    return RoundingRule(minimum=minimum * 60, increment=increment * 60, **given)


class Pots:
    """Balances that simply empty: by line id, in the line's unit; what they lack has the fate that is told."""

    def __init__(self, fate: Fate = Fate.OVERFLOW, **pots: int) -> None:
        self.left = {int(name[1:]): quantity for name, quantity in pots.items()}
        self.fate = fate
        self.asked: list[Demand] = []

    def __call__(self, line: Line, demand: Demand, /) -> Sequence[Share]:
        self.asked.append(demand)
        covered = min(demand.quantity, self.left.get(line.id, 0) * 1000 // demand.weight)
        taken = -(-covered * demand.weight // 1000)
        self.left[line.id] = self.left.get(line.id, 0) - taken
        shares = [Share(Fate.COVERED, covered, taken, "lot")] if covered else []
        if covered < demand.quantity:
            shares.append(Share(self.fate, demand.quantity - covered))
        return shares


@st.composite
def works(draw: st.DrawFn, most: int = 12) -> list[Entry]:
    """Some days of work of three people on three tickets, with and without clock times."""
    found = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        seconds = draw(st.integers(1, 8 * 60)) * 60 - draw(st.sampled_from([0, 0, 0, 17]))
        start = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 6 * 24 * 60)))
        zone = draw(st.sampled_from(["Europe/Berlin", "Asia/Kolkata"]))
        on_clock = draw(st.booleans())
        found.append(
            Entry(
                id=number,
                person_id=draw(st.integers(1, 3)),
                ticket_id=draw(st.sampled_from([None, 7, 8, 9])),
                worked_on=start.astimezone(ZoneInfo(zone)).date(),
                worked_seconds=seconds,
                zone=zone,
                started_at=start if on_clock else None,
                ended_at=start + timedelta(seconds=seconds) if on_clock else None,
                work_type_id=draw(st.sampled_from([None, 1, 2])),
                role_id=draw(st.sampled_from([None, 1, 2])),
                charge_mode=draw(st.sampled_from([None, None, None, *ChargeMode])),
                write_off_reason=draw(st.sampled_from(["", "", "", "A gift"])),
                period=start.date().replace(day=1),
            )
        )
    return found
