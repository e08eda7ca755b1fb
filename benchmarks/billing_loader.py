"""Fills a loaded database with three years of work for 200 customers: bulk inserts, not the pipeline."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from loader import END
from sqlalchemy import func, insert, select, text, update

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.db.statistics import refresh_statistics
from rtpy.models import Organization, Ticket, Transaction, User
from rtpy.work import Work
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Customer,
    EntryLine,
    EntryShare,
    MovementRow,
    RateRow,
    Seller,
    WorkEntry,
    Worker,
)

CUSTOMERS = 200
BATCH = 5000
STEPS = [
    {"kind": kind, "values": {"rule": 17, "seconds": 2700, "rate": 9500, "line": "Support by the hour"}}
    for kind in ("role", "work_type", "line", "rate", "rounding")
]


def fill(app: App, tickets: int, entries: int, *, seed: int = 11) -> None:
    """Customers, agreements, and the work of three years, by bulk inserts."""
    chance = random.Random(seed)
    with app.work() as work:
        organizations = _customers(work)
        _spread(work, organizations, tickets)
        people = list(work.db.scalars(select(User.id).where(User.name.like("tech%"))))
        lines = _agreements(work, organizations)
        for person in people:
            work.db.add(Worker(user_id=person, week=[28800] * 5 + [0, 0]))
    first = END - timedelta(days=3 * 365)
    for start in range(1, entries + 1, BATCH):
        numbers = range(start, min(start + BATCH, entries + 1))
        rows = [_entry(number, entries, first, chance, people, organizations, tickets) for number in numbers]
        with app.engine.begin() as connection:
            connection.execute(insert(table_of(WorkEntry)), rows)
            connection.execute(insert(table_of(EntryLine)), [_line(row, chance, lines) for row in rows])
            shared = [row for row in rows if row["id"] % 50 == 0]
            connection.execute(insert(table_of(EntryShare)), [_share(row, chance, people) for row in shared])
    with app.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            sequence = "pg_get_serial_sequence('billing_entries', 'id')"
            connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM billing_entries))"))
    with app.work() as work:
        refresh_statistics(work.db)


def _customers(work: Work) -> list[int]:
    db = work.db
    seller = Seller(name="Nordlicht IT", city="Hamburg", country="DE", currency="EUR", zone="Europe/Berlin")
    db.add_all([seller, RateRow(rung="book", amount=9500, currency="EUR")])
    known = list(db.scalars(select(Organization.id).order_by(Organization.id)))
    for number in range(len(known), CUSTOMERS):
        organization = Organization(name=f"Client {number:03}", created=work.now)
        db.add(organization)
        db.flush()
        known.append(organization.id)
    for place, organization_id in enumerate(known):
        db.add(
            Customer(
                organization_id=organization_id,
                currency="EUR",
                zone="Europe/Berlin",
                seller_id=seller.id,
                city="Bremen" if place % 40 else "",
                country="DE",
            )
        )
    db.flush()
    return known


def _spread(work: Work, organizations: list[int], tickets: int) -> None:
    """Give the tickets to the customers, say when we last answered, and close most of what is old."""
    db = work.db
    places = organizations[0] + Ticket.id % len(organizations)
    answered = (
        select(func.max(Transaction.created))
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == Ticket.id,
            Transaction.type == "Correspond",
            Transaction.creator_id != Ticket.creator_id,
        )
        .correlate(Ticket)
        .scalar_subquery()
    )
    quiet = {"execution_options": {"synchronize_session": False}}
    db.execute(update(Ticket).values(organization_id=places, told=answered), **quiet)
    old = Ticket.id < tickets - tickets // 20
    db.execute(update(Ticket).where(old).values(status="resolved"), **quiet)
    db.execute(
        update(Ticket).where(Ticket.status == "resolved").values(resolved=Ticket.last_updated), **quiet
    )


def _agreements(work: Work, organizations: list[int]) -> list[int]:
    db, lines = work.db, []
    for place, organization_id in enumerate(organizations):
        if place % 2:
            continue
        agreement = Agreement(
            organization_id=organization_id,
            number=f"A-{organization_id}",
            name="Support",
            state="active",
            starts_on=date(2024, 1, 1),
            currency="EUR",
            anchor=1,
            created=work.now,
        )
        db.add(agreement)
        db.flush()
        line = AgreementLine(
            agreement_id=agreement.id, kind="block", name="Hours", quantity=360_000, low_water=36_000
        )
        db.add(line)
        db.flush()
        movement = MovementRow(
            line_id=line.id,
            kind="purchase",
            worked_on=date(2026, 1, 1),
            usable_from=date(2026, 1, 1),
            posted=work.now,
            quantity=360_000,
            actor_id=work.actor.user_id,
            note="",
        )
        db.add(movement)
        lines.append(line.id)
    return lines


def _entry(
    number: int,
    entries: int,
    first: datetime,
    chance: random.Random,
    people: list[int],
    organizations: list[int],
    tickets: int,
) -> dict[str, Any]:
    at = first + (END - first) * number / entries
    left = (entries - number) / entries
    state = "invoiced"
    if left < 0.06:  # the last two months
        state = chance.choice(("approved", "submitted", "checked", "draft") if left < 0.03 else ("approved",))
    ticket = max(1, min(tickets, round(tickets * number / entries)))
    seconds = chance.choice((900, 1800, 2700, 3600, 7200))
    return {
        "id": number,
        "ticket_id": ticket,
        "organization_id": organizations[0] + ticket % len(organizations),
        "worked_by_id": chance.choice(people),
        "entered_by_id": people[0],
        "worked_on": at.date(),
        "worked_seconds": seconds,
        "billed_seconds": seconds,
        "currency": "EUR",
        "value": seconds * 9500 // 3600,
        "amount": seconds * 9500 // 3600,
        "note_customer": "Looked into it and mended it.",
        "note_internal": "",
        "charge_reason": "",
        "write_off_reason": "",
        "returned_reason": "",
        "state": state,
        "blocker": "no_rate" if state == "draft" and chance.random() < 0.02 else "",
        "created": at,
        "updated": at,
    }


def _line(row: dict[str, Any], chance: random.Random, lines: list[int]) -> dict[str, Any]:
    return {
        "entry_id": row["id"],
        "segment": 1,
        "part": 1,
        "worked_on": row["worked_on"],
        "customer_on": row["worked_on"],
        "in_hours": True,
        "worked_seconds": row["worked_seconds"],
        "billed_seconds": row["billed_seconds"],
        "currency": "EUR",
        "value": row["value"],
        "outcome": chance.choice(("charged", "charged", "covered", "hidden")),
        "amount": row["amount"],
        "line_id": chance.choice(lines) if chance.random() < 0.3 else None,
        "steps": STEPS,
    }


def _share(row: dict[str, Any], chance: random.Random, people: list[int]) -> dict[str, Any]:
    others = [person for person in people if person != row["worked_by_id"]]
    return {"entry_id": row["id"], "user_id": chance.choice(others), "share": 3000, "kind": "share"}
