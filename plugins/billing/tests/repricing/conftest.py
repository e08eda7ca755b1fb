"""A customer with a price book, and short ways to log work for it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from rtpy.models import Organization
from rtpy_billing.models import AgreementLine, Customer, EntryLine, RateRow, WorkEntry
from rtpy_billing.models.agreement import Agreement, MovementRow

DAY = date(2026, 3, 10)


@pytest.fixture
def client(make, db) -> Organization:
    """A customer in Berlin that pays in euros; the price book says 120.00 an hour."""
    found = make.organization("Client", "client.example")
    db.add(Customer(organization_id=found.id, currency="EUR", zone="Europe/Berlin"))
    db.add(RateRow(rung="book", amount=12000, currency="EUR"))
    db.flush()
    return found


@pytest.fixture
def log(work, client, db) -> Callable[..., WorkEntry]:
    """`log(45)`: an entry of 45 minutes."""

    def made(minutes: float, **more: object) -> WorkEntry:
        given = {"organization_id": client.id, "worked_on": DAY, **more}
        entry = WorkEntry(
            worked_by_id=work.actor.user_id,
            entered_by_id=work.actor.user_id,
            worked_seconds=round(minutes * 60),
            created=work.now,
            updated=work.now,
            **given,
        )
        db.add(entry)
        db.flush()
        return entry

    return made


@pytest.fixture
def agree(work, client, db) -> Callable[..., AgreementLine]:
    """`agree("block", brings=3600)`: an active agreement with one line, and what its balance got."""

    def made(kind: str, brings: int = 0, **more: object) -> AgreementLine:
        number = str(len(db.scalars(select(Agreement.id)).all()))
        agreement = Agreement(
            organization_id=client.id,
            number=number,
            name="Support",
            state="active",
            starts_on=date(2026, 1, 1),
            every="monthly",
            anchor=1,
            currency="EUR",
            created=work.now,
        )
        db.add(agreement)
        db.flush()
        line = AgreementLine(agreement_id=agreement.id, kind=kind, name="Hours", **more)
        db.add(line)
        db.flush()
        if brings:
            db.add(
                MovementRow(
                    line_id=line.id,
                    kind="correction",
                    worked_on=date(2026, 1, 1),
                    usable_from=date(2026, 1, 1),
                    posted=work.now,
                    quantity=brings,
                    actor_id=work.actor.user_id,
                    note="",
                )
            )
            db.flush()
        return line

    return made


@pytest.fixture
def lines_of(db) -> Callable[[WorkEntry], list[tuple[str, int, int]]]:
    """Outcome, billed minutes and amount of each stored line."""

    def read(entry: WorkEntry) -> list[tuple[str, int, int]]:
        query = select(EntryLine).where(EntryLine.entry_id == entry.id)
        rows = db.scalars(query.order_by(EntryLine.segment, EntryLine.part))
        return [(row.outcome, row.billed_seconds // 60, row.amount) for row in rows]

    return read
