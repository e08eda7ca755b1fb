"""Working out clocks: one ticket after a change, and closed tickets again with what differs.

    python -m benchmarks.clocks --tickets 100000

The goals are 3 ms and 3 queries for one ticket with 30 transactions, and 1,000 closed tickets, of 12 transactions each,
a second.
"""

import time
from datetime import UTC, datetime, timedelta

from common import arguments, fresh_app, kinds, processor_ms, show
from sqlalchemy import event, insert, select

from rtpy.app import App
from rtpy.changes.people import create_person
from rtpy.clock import SettableClock
from rtpy.db.base import table_of
from rtpy.models import Attachment, Queue, Ticket, Transaction, Watcher
from rtpy.work import Work
from rtpy_sla.following.recalculating import expect_many, tickets_to_work_out, work_out_again
from rtpy_sla.following.recorded import POLICY, written
from rtpy_sla.following.recount import recount, recount_many
from rtpy_sla.models import Policy, PolicyVersion, TicketSla

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600
BATCH = 250
LONG, USUAL = 30, 12
"""Transactions of the one ticket, and of each closed one."""


def load(app: App, tickets: int) -> None:
    """A policy, two people, and closed tickets that have each been answered back and forth."""
    with app.work() as work:
        staff = create_person(work, name="jo", email_address="jo@staff.example", privileged=True)
        customer = create_person(work, name="ann", email_address="ann@client.example")
        version = _policy(work)
        queue = work.db.scalars(select(Queue).order_by(Queue.id)).first()
        assert queue is not None
        blob = app.blobs.put(work.db, b"It burns.")[0]
        pinned = written(POLICY, version=version, retarget="creation", policy="Gold").data
        ids = (staff.id, customer.id, queue.id)
    with app.work() as work:
        _some(work, 1, ids, blob, pinned, LONG)
    for start in range(0, tickets, BATCH):
        with app.work() as work:
            _some(work, min(BATCH, tickets - start), ids, blob, pinned, USUAL)


def _policy(work: Work) -> int:
    policy = Policy(name="Gold", position=1)
    work.db.add(policy)
    work.db.flush()
    terms = {
        target: {"amount": hours * HOUR, "unit": "business", "pauses": ["customer", "third", "scheduled"]}
        for target, hours in {"first_response": 4, "next_response": 4, "resolution": 40, "update": 24}.items()
    }
    version = PolicyVersion(
        policy_id=policy.id,
        number=1,
        conditions={"queues": [10**6]},  # for nobody else
        bands=[{"from_priority": 0, "calendar_id": None, "terms": terms}],
        reopening="continue",
        confirm_seconds=7 * 86_400,
        on_priority="creation",
        created=work.now,
        creator_id=work.actor.user_id,
    )
    work.db.add(version)
    work.db.flush()
    return version.id


def _some(work: Work, number: int, ids: tuple[int, int, int], blob: str, pinned: str, length: int) -> None:
    """So many tickets with their histories, as rows."""
    staff, customer, queue = ids
    connection, app = work.db.connection(), work.app
    usual = {
        "queue_id": queue,
        "status": "resolved",
        "owner_id": app.nobody_id(work.db),
        "subject": "It burns",
    }
    usual |= {"creator_id": customer, "last_updated_by_id": staff, "created": START, "last_updated": START}
    made = list(
        connection.scalars(
            insert(table_of(Ticket)).returning(table_of(Ticket).c.id), [dict(usual) for _ in range(number)]
        )
    )
    connection.execute(
        insert(table_of(Watcher)),
        [{"ticket_id": each, "role": "Requestor", "principal_id": customer} for each in made],
    )
    rows = [row for each in made for row in _history(each, staff, customer, pinned, length)]
    added = connection.execute(
        insert(table_of(Transaction)).returning(
            table_of(Transaction).c.id, table_of(Transaction).c.type, sort_by_parameter_order=True
        ),
        rows,
    ).all()
    part = {"position": 0, "role": "body", "blob_sha256": blob, "size": 9, "content_type": "text/plain"}
    connection.execute(
        insert(table_of(Attachment)),
        [{**part, "transaction_id": row.id} for row in added if row.type in ("Create", "Correspond")],
    )
    recount_many(work, made)


def _history(ticket: int, staff: int, customer: int, pinned: str, length: int) -> list[dict[str, object]]:
    def row(kind: str, by: int, hours: float, **more: str) -> dict[str, object]:
        usual = {"object_type": "ticket", "object_id": ticket, "type": kind, "field": "", "old_value": ""}
        usual |= {"new_value": "", "data": "", "time_taken": 0, "face": "web", "creator_id": by}
        return {**usual, "created": START + timedelta(hours=hours + ticket % 7 / 10), **more}

    rows = [row("Create", customer, 0), row(POLICY, staff, 0, data=pinned)]
    status = "new"
    for turn in range((length - 3) // 3):
        rows.append(row("Correspond", staff, turn * 5 + 2))
        new = "stalled" if turn % 2 else "open"
        rows.append(row("Status", staff, turn * 5 + 2, field="Status", old_value=status, new_value=new))
        status = new
        rows.append(row("Correspond", customer, turn * 5 + 4))
    rows.append(row("Status", staff, 60, field="Status", old_value=status, new_value="resolved"))
    return rows


def measure(kind: str, tickets: int) -> None:
    """Print what one database takes."""
    clock = SettableClock(START + timedelta(days=30))
    with fresh_app(kind, plugins=["sla"], clock=clock) as app:
        load(app, tickets)
        with app.work() as work:
            ticket = work.db.scalars(
                select(Ticket).join(TicketSla, TicketSla.ticket_id == Ticket.id).order_by(Ticket.id).limit(1)
            ).one()
            recount(work, ticket)
            asked: list[str] = []
            listen = (app.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
            event.listen(*listen)
            recount(work, ticket)
            event.remove(*listen)
            show(f"{kind}: one ticket", processor_ms(lambda: recount(work, ticket), rounds=20, batch=10))
            print(f"  {kind}: queries {len(asked)}")
        expect_many()
        begun = time.process_time()
        with app.work(reading=True) as work:
            ids = tickets_to_work_out(work, closed=True)
        differ = 0
        for start in range(0, len(ids), BATCH):
            with app.work(reading=True) as work:
                differ += len(work_out_again(work, ids[start : start + BATCH]))
        taken = time.process_time() - begun
        print(
            f"  {kind}: {len(ids):,} closed tickets again, {len(ids) / taken:,.0f} a second, {differ} differ"
        )


def main() -> None:
    """Run it."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=2_000)
    given = parser.parse_args()
    for kind in kinds(given.on):
        measure(kind, given.tickets)


if __name__ == "__main__":
    main()
