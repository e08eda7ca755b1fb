"""A customer with a price book, work for it, and whoever may set billing up."""

from collections.abc import Callable
from datetime import date

import pytest

from rtpy.models import Organization
from rtpy.work import Work
from rtpy_billing.models import Customer, RateRow, WorkEntry

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
def boss(make, work_of) -> Work:
    """Somebody who may set billing up."""
    make.grant(make.staff("boss"), "AdminBilling")
    return work_of("boss")
