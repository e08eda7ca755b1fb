"""The minute's round of escalation over 20,000 open tickets, 200 of which have a step that is due.

    .venv/bin/python benchmarks/escalation.py [--on sqlite|postgresql|both] [--tickets N] [--due N]

Each of these steps notifies a group of five; every fourth one also raises the priority, so it changes the ticket, runs
scrips and works the clocks out again (`--changing 1` for every one). The goal is two seconds; a round in which nothing
is due is shown beside it.
"""

import json
import time
from datetime import UTC, datetime, timedelta

from common import arguments, fresh_app, kinds
from sqlalchemy import insert

from rtpy.app import App
from rtpy.changes.membership import add_member, create_group
from rtpy.clock import SettableClock
from rtpy.models import Ticket, Transaction
from rtpy.testing.people import Factory
from rtpy.work import Work
from rtpy_sla.escalation.run import escalate
from rtpy_sla.models import ClockRow, Ladder, Policy, PolicyVersion, TicketSla

GOAL = 2.0
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TERM = timedelta(hours=8)


def main() -> None:
    """Measure on each database."""
    parser = arguments(__doc__.partition("\n")[0])
    parser.add_argument("--tickets", type=int, default=20_000, help="how many open tickets")
    parser.add_argument("--due", type=int, default=200, help="how many of them have a step that is due")
    parser.add_argument("--changing", type=int, default=4, help="every n-th of these changes its ticket")
    given = parser.parse_args()
    for kind in kinds(given.on):
        clock = SettableClock(NOW)
        with fresh_app(kind, plugins=["sla"], clock=clock) as app:
            _fill(app, given.tickets, given.due, given.changing)
            print(f"{kind}: {given.tickets:,} open tickets, {given.due} steps due")
            done, seconds = _measured(app)
            verdict = "within" if seconds <= GOAL else "OVER"
            print(f"  a round that did {done} things: {seconds:.2f} s ({verdict} the goal of {GOAL:g} s)")
            assert done >= given.due, "steps were not taken"
            done, seconds = _measured(app)
            print(f"  a round with nothing to do: {seconds * 1000:.1f} ms")
            assert done == 0, "steps were taken twice"


def _measured(app: App) -> tuple[int, float]:
    before, cpu = time.perf_counter(), time.process_time()
    done = escalate(app)
    print(f"    {time.process_time() - cpu:.2f} s of this process's processor time")
    return done, time.perf_counter() - before


def _fill(app: App, tickets: int, due: int, changing: int) -> None:
    """Tickets with one clock each: the first ones have used up their term, the others have hours left."""
    with app.work() as work:
        make = Factory(app, work.db)
        queue = make.queue("Service")
        group = create_group(work, "Dispatch")
        for number in range(5):
            person = make.staff(f"dispatcher{number}")
            make.grant(person, "ShowTicket")
            add_member(work, group, person.id)
        notify, rise = {"kind": "notify_group", "value": "Dispatch"}, {"kind": "raise_by", "value": "10"}
        telling, rising = (
            _version(work, name, deeds) for name, deeds in (("T", [notify]), ("R", [notify, rise]))
        )
        nobody, system = app.nobody_id(work.db), work.actor.user_id
        ids = range(1_000, 1_000 + tickets)
        of = {number: rising if place % changing == 0 else telling for place, number in enumerate(ids)}
        begun = {
            number: NOW - (TERM if place < due else timedelta(minutes=place % 400))
            for place, number in enumerate(ids)
        }
        connection = work.db.connection()
        connection.execute(
            insert(Ticket),
            [
                {
                    "id": number,
                    "queue_id": queue.id,
                    "subject": f"Case {number}",
                    "status": "open",
                    "owner_id": nobody,
                    "creator_id": system,
                    "created": at,
                    "last_updated": at,
                    "last_updated_by_id": system,
                }
                for number, at in begun.items()
            ],
        )

        def pin(number: int) -> str:
            return json.dumps({"version": of[number].id, "policy": "Gold", "retarget": "creation"})

        connection.execute(
            insert(Transaction),
            [
                {
                    "object_type": "ticket",
                    "object_id": number,
                    "type": kind,
                    "data": data,
                    "creator_id": system,
                    "created": at,
                    "face": "system",
                }
                for number, at in begun.items()
                for kind, data in (("Create", ""), ("sla.policy", pin(number)))
            ],
        )
        connection.execute(
            insert(TicketSla),
            [
                {
                    "ticket_id": number,
                    "policy_id": of[number].policy_id,
                    "version_id": of[number].id,
                    "next_due": at + TERM,
                    "next_target": "resolution",
                    "played": at,
                }
                for number, at in begun.items()
            ],
        )
        connection.execute(
            insert(ClockRow),
            [
                {
                    "ticket_id": number,
                    "target": "resolution",
                    "cycle": 1,
                    "state": "running",
                    "started": at,
                    "since": at,
                    "due": at + TERM,
                    "amount": int(TERM.total_seconds()),
                    "unit": "business",
                    "version_id": of[number].id,
                    "calendar_versions": [],
                    "steps": [],
                    "next_step": at + TERM,
                }
                for number, at in begun.items()
            ],
        )


def _version(work: Work, name: str, deeds: list[dict[str, str]]) -> PolicyVersion:
    """A policy of eight hours around the clock, with a ladder of one step."""
    ladder = Ladder(name=name, steps=[{"key": "due", "percent": 100, "do": deeds}], quiet={})
    work.db.add(ladder)
    work.db.flush()
    policy = Policy(name=name, position=1, ladder_id=ladder.id)
    work.db.add(policy)
    work.db.flush()
    term = {"amount": int(TERM.total_seconds()), "unit": "business", "pauses": []}
    version = PolicyVersion(
        policy_id=policy.id,
        number=1,
        conditions={},
        bands=[{"from_priority": 0, "calendar_id": None, "terms": {"resolution": term}}],
        reopening="continue",
        confirm_seconds=0,
        on_priority="keep",
        created=NOW,
        creator_id=work.actor.user_id,
    )
    work.db.add(version)
    work.db.flush()
    return version


if __name__ == "__main__":
    main()
