"""Fills a database with many tickets in minutes: bulk inserts, not the pipeline, so only for benchmarks.

Every hundredth ticket has a history of twenty entries, the others of two to five. Bodies are drawn from two thousand
texts, so blobs repeat as they do in life. One ticket in ten is active.
"""

import hashlib
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from common import arguments, fresh_app, kinds
from sqlalchemy import insert, select, text

from rtpy.app import App
from rtpy.changes.people import create_person
from rtpy.db.statistics import refresh_statistics
from rtpy.models import (
    Attachment,
    Blob,
    Organization,
    OrganizationDomain,
    Queue,
    Ticket,
    Transaction,
    User,
    Watcher,
)
from rtpy.setup import grant_queue

BATCH = 4000
END = datetime(2026, 11, 1, 12, tzinfo=UTC)
WORDS = (
    "printer server backup mail login password network switch cable router update licence certificate database "
    "invoice report slow broken missing strange urgent please office branch laptop monitor account access folder "
    "shared drive permission phone headset meeting room projector virus phishing firewall vpn tunnel restore"
).split()


def load(app: App, tickets: int, *, seed: int = 7, say: Any = print, queues: int = 7) -> None:
    """Put `tickets` tickets with people, organisations and histories into that many queues of `app`."""
    chance = random.Random(seed)
    began = time.monotonic()
    people, staff, organizations, queue_ids, nobody = _people(app, chance, queues)
    bodies = _bodies(app, chance)
    for first in range(1, tickets + 1, BATCH):
        numbers = range(first, min(first + BATCH, tickets + 1))
        with app.engine.begin() as connection:
            rows = [
                _ticket(number, tickets, chance, people, staff, organizations, queue_ids, nobody)
                for number in numbers
            ]
            connection.execute(insert(Ticket.__table__), rows)
            connection.execute(
                insert(Watcher.__table__),
                [
                    {"ticket_id": row["id"], "role": "Requestor", "principal_id": row["creator_id"]}
                    for row in rows
                ],
            )
            entries = [entry for row in rows for entry in _history(row, chance, staff)]
            connection.execute(insert(Transaction.__table__), entries)
            connection.execute(insert(Attachment.__table__), list(_attachments(entries, chance, bodies)))
        say(f"  {numbers[-1]} tickets after {time.monotonic() - began:.0f} s")
    with app.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("tickets", "transactions", "attachments"):
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))"))
    with app.work() as work:
        refresh_statistics(work.db)


def _people(
    app: App, chance: random.Random, how_many: int
) -> tuple[list[int], list[int], list[int], list[int], int]:
    with app.work() as work:
        db = work.db
        organizations = []
        for number in range(40):
            organization = Organization(name=f"Client {number:02}", created=work.now)
            db.add(organization)
            db.flush()
            db.add(OrganizationDomain(organization_id=organization.id, domain=f"client{number:02}.example"))
            organizations.append(organization.id)
        people = [
            create_person(
                work,
                name=f"person{number}@client{number % 40:02}.example",
                email_address=f"person{number}@client{number % 40:02}.example",
                real_name=f"{chance.choice(WORDS).title()} {chance.choice(WORDS).title()}",
            ).id
            for number in range(1200)
        ]
        staff = [
            create_person(
                work, name=f"tech{number}", email_address=f"tech{number}@staff.example", privileged=True
            ).id
            for number in range(12)
        ]
        for number in range(how_many - 1):  # one is there from the start
            queue = Queue(name=f"Queue {number}", created=work.now)
            db.add(queue)
            db.flush()
            grant_queue(db, queue)
        queues = list(db.scalars(select(Queue.id)))
        nobody = db.scalars(select(User.id).where(User.name == "Nobody")).one()
    return people, staff, organizations, queues, nobody


def _bodies(app: App, chance: random.Random) -> list[tuple[str, int]]:
    rows = []
    for number in range(2000):
        paragraphs = [" ".join(chance.choices(WORDS, k=chance.randint(8, 60))).capitalize() for _ in range(4)]
        story = ".\n\n".join(paragraphs)
        data = f"Hello,\n\n{story}.\n\nRegards\nPerson {number}\n".encode()
        sha256 = hashlib.sha256(data).hexdigest()
        rows.append({"sha256": sha256, "size": len(data), "data": data, "created": END})
    with app.engine.begin() as connection:
        connection.execute(insert(Blob.__table__), rows)
    return [(row["sha256"], row["size"]) for row in rows]


def _ticket(
    number: int,
    tickets: int,
    chance: random.Random,
    people: list[int],
    staff: list[int],
    organizations: list[int],
    queues: list[int],
    nobody: int,
) -> dict[str, Any]:
    age = timedelta(minutes=(tickets - number) * 5 + chance.randint(0, 4))
    created = END - age
    active = chance.random() < 0.1
    who = chance.randrange(len(people))
    return {
        "id": number,
        "queue_id": chance.choice(queues),
        "type": "ticket",
        "subject": " ".join(chance.choices(WORDS, k=6)).capitalize(),
        "description": "",
        "status": chance.choice(("new", "open", "stalled")) if active else "resolved",
        "owner_id": nobody if chance.random() < 0.2 else chance.choice(staff),
        "organization_id": organizations[who % 40],
        "priority": chance.choice((0, 0, 0, 50, 100)),
        "time_worked": chance.randint(0, 90),
        "creator_id": people[who],
        "created": created,
        "due": created + timedelta(days=3) if chance.random() < 0.3 else None,
        "last_updated_by_id": people[who],
        "last_updated": created + timedelta(hours=chance.randint(1, 40)),
    }


def _history(ticket: dict[str, Any], chance: random.Random, staff: list[int]) -> Iterator[dict[str, Any]]:
    length = 20 if ticket["id"] % 100 == 0 else chance.randint(2, 5)
    for position in range(length):
        kind = "Create" if position == 0 else chance.choice(("Correspond", "Correspond", "Comment", "Status"))
        yield {
            "id": 1_000_000 + ticket["id"] * 100 + position,
            "object_type": "ticket",
            "object_id": ticket["id"],
            "type": kind,
            "field": "Status" if kind == "Status" else "",
            "old_value": "new" if kind == "Status" else "",
            "new_value": "open" if kind == "Status" else "",
            "data": "",
            "time_taken": 0,
            "face": "mail" if position % 2 == 0 else "web",
            "creator_id": ticket["creator_id"] if position % 2 == 0 else chance.choice(staff),
            "created": ticket["created"] + timedelta(minutes=position * 7),
        }


def _attachments(
    entries: list[dict[str, Any]], chance: random.Random, bodies: list[tuple[str, int]]
) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if entry["type"] == "Status":
            continue
        sha256, size = chance.choice(bodies)
        yield {
            "transaction_id": entry["id"],
            "position": 0,
            "role": "body",
            "blob_sha256": sha256,
            "size": size,
            "content_type": "text/plain",
            "charset": "utf-8",
        }


def main() -> None:
    """Load and say how long it took; the database vanishes afterwards."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        print(f"Loading {options.tickets} tickets into {kind}:")
        with fresh_app(kind) as app:
            load(app, options.tickets)


if __name__ == "__main__":
    main()
