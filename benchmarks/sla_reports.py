"""Reports on service levels at 100,000 tickets and 300,000 clocks: each report of one month, read as its page does.

Three clocks a ticket over two years, two of a hundred tickets still open, a pause on every third.
"""

import random
import time
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from common import arguments, fresh_app, kinds
from loader import END, load
from sqlalchemy import insert, select, text, update

from rtpy.app import App
from rtpy.clock import SettableClock
from rtpy.db.base import table_of
from rtpy.db.statistics import refresh_statistics
from rtpy.models import Organization, Ticket, User
from rtpy.work import Work
from rtpy_sla.models import ClockRow, PauseRow, Policy, PolicyVersion, TicketSla
from rtpy_sla.reports.all import REPORTS
from rtpy_sla.reports.listing import list_clocks
from rtpy_sla.reports.service import build
from rtpy_sla.reports.uncounted import uncounted
from rtpy_sla.reports.values import Asked, midnight

GOAL_MS = 150
CUSTOMERS = 200
BATCH = 5000
HOUR = 3600
TARGETS = (("first_response", 4), ("resolution", 40), ("update", 16))
CAUSES = ("", "Overlooked", "Wrong queue at first")


def main() -> None:
    """Print what each report takes on each database, beside the goal."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind, plugins=("sla",), clock=SettableClock(END)) as app:
            print(f"Reports on service levels on {kind}:")
            load(app, options.tickets, say=lambda _: None)
            fill(app, options.tickets)
            measure(app)


def fill(app: App, tickets: int, *, seed: int = 7) -> None:
    """Customers, a policy, clocks and pauses by bulk inserts."""
    chance = random.Random(seed)
    with app.work() as work:
        _customers(work)
        people = list(work.db.scalars(select(User.id).where(User.name.like("tech%"))))
        version = _policy(work)
    first = END - timedelta(days=730)
    for begin in range(1, tickets + 1, BATCH):
        clocks, rows, pauses = [], [], []
        for ticket in range(begin, min(begin + BATCH, tickets + 1)):
            started = first + (END - first) * (ticket / tickets) - timedelta(hours=1)
            is_open = ticket % 50 == 0
            clocks += [
                _clock(ticket, target, hours, started, chance, version, people, is_open=is_open)
                for target, hours in TARGETS
            ]
            rows.append({"ticket_id": ticket, "policy_id": 1, "version_id": version, "played": started})
            if ticket % 3 == 0:
                pauses.append(_pause(ticket, started, chance, people))
        with app.engine.begin() as connection:
            connection.execute(insert(table_of(ClockRow)), clocks)
            connection.execute(insert(table_of(TicketSla)), rows)
            connection.execute(insert(table_of(PauseRow)), pauses)
    with app.work() as work:
        refresh_statistics(work.db)


def _customers(work: Work) -> None:
    known = list(work.db.scalars(select(Organization.id)))
    for number in range(len(known), CUSTOMERS):
        row = Organization(name=f"Client {number:03}", created=work.now)
        work.db.add(row)
        work.db.flush()
        known.append(row.id)
    table = table_of(Ticket)
    for place, number in enumerate(known):
        work.db.connection().execute(
            update(table).where(table.c.id % len(known) == place).values(organization_id=number)
        )


def _policy(work: Work) -> int:
    policy = Policy(id=1, name="Gold", position=1)
    work.db.add(policy)
    work.db.flush()
    version = PolicyVersion(
        policy_id=1,
        number=1,
        conditions={},
        bands=[{"from_priority": 0, "calendar_id": None, "terms": {}}],
        reopening="continue",
        confirm_seconds=0,
        on_priority="creation",
        created=work.now,
        creator_id=work.actor.user_id,
    )
    work.db.add(version)
    work.db.flush()
    if work.db.get_bind().dialect.name == "postgresql":
        work.db.execute(text("SELECT setval(pg_get_serial_sequence('sla_policies', 'id'), 1)"))
    return version.id


def _clock(
    ticket: int,
    target: str,
    hours: int,
    started: Any,
    chance: random.Random,
    version: int,
    people: list[int],
    *,
    is_open: bool,
) -> dict[str, Any]:
    used = int(chance.lognormvariate(0, 0.9) * hours * HOUR / 3)
    due = started + timedelta(hours=hours)
    ended = None if is_open else started + timedelta(seconds=used)
    missed = due if (ended or END) > due else None
    known = [each for each in (missed, ended) if each is not None]
    return {
        "ticket_id": ticket,
        "target": target,
        "cycle": 1,
        "state": "running" if is_open else "ended",
        "started": started,
        "due": due,
        "amount": hours * HOUR,
        "unit": "business",
        "used": 0 if is_open else used,
        "since": started if is_open else None,
        "paused": used // 4,
        "ended": ended,
        "missed": missed,
        "settled": min(known) if known else None,
        "version_id": version,
        "calendar_versions": [1],
        "excuse": "Storm" if missed and ticket % 11 == 0 else "",
        "cause": chance.choice(CAUSES) if missed else "",
        "person_id": chance.choice(people),
        "steps": [{"at": "2026-03-01T09:00:00+00:00", "what": "started", "used": 0, "detail": {}}] * 4,
    }


def _pause(ticket: int, started: Any, chance: random.Random, people: list[int]) -> dict[str, Any]:
    return {
        "ticket_id": ticket,
        "ball": chance.choice(("customer", "third", "scheduled")),
        "start": started + timedelta(minutes=30),
        "end": started + timedelta(hours=3),
        "by_id": chance.choice(people),
        "ended_why": "status",
        "customer_wrote": started + timedelta(hours=1) if ticket % 30 == 0 else None,
    }


def measure(app: App) -> None:
    """Each report of the last thirty days, the list behind them, and one service report."""
    berlin = ZoneInfo("Europe/Berlin")
    last = END.date()
    month = Asked(midnight(last - timedelta(days=30), berlin), midnight(last, berlin), berlin)
    readings: dict[str, Any] = {each.name: lambda work, make=each.make: make(work, month) for each in REPORTS}
    readings["uncounted"] = lambda work: uncounted(work, month)
    readings["the list behind"] = lambda work: list_clocks(work, month, limit=50)
    readings["a service report"] = lambda work: build(work, 1, date(last.year, last.month, 1))
    for name, reading in readings.items():
        figures = []
        for _ in range(5):
            with app.work() as work:
                begin = time.perf_counter()
                reading(work)
                figures.append((time.perf_counter() - begin) * 1000)
        best = min(figures)
        verdict = "within" if best <= GOAL_MS else "OVER"
        print(f"  {name:<20} {best:8.1f} ms at best ({verdict} the goal of {GOAL_MS} ms)")


if __name__ == "__main__":
    main()
