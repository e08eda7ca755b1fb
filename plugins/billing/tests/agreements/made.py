"""An agreement with a line of any kind, made as its form makes it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from rtpy.models import Organization
from rtpy.work import Work
from rtpy_billing.agreements.saving import save_agreement, save_line
from rtpy_billing.agreements.states import activate
from rtpy_billing.balances.kinds import LineKind
from rtpy_billing.models import Agreement, AgreementLine, Customer, WorkEntry

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def boss(clock, make, work_of) -> Work:
    """Somebody who may change agreements, on 10 March 2026."""
    clock.set(NOON)
    make.grant(make.staff("boss"), "AdminAgreements", "SeeMoney")
    return work_of("boss")


@pytest.fixture
def client(make, db) -> Organization:
    """A customer in Berlin that pays in euros."""
    found = make.organization("Client", "client.example")
    db.add(Customer(organization_id=found.id, currency="EUR", zone="Europe/Berlin"))
    db.flush()
    return found


@pytest.fixture
def agree(boss, client) -> Callable[..., tuple[Agreement, AgreementLine]]:
    """`agree("block", {"quantity": "10h"})`: an active agreement since January with one line; `of` has its terms."""

    def made(
        kind: str, line: dict[str, str], *, active: bool = True, **of: str
    ) -> tuple[Agreement, AgreementLine]:
        terms = {"organization": "Client", "name": "Support", "starts_on": "2026-01-01", "anchor": "1", **of}
        agreement = save_agreement(boss, None, terms)
        given = {"name": "Hours", "price": "1000", **line}
        row = save_line(boss, agreement, None, LineKind(kind), given)
        if active:
            activate(boss, agreement)
        return agreement, row

    return made


@pytest.fixture
def log(boss, client, make, db) -> Callable[..., WorkEntry]:
    """An entry of so many minutes on a day of 2026."""

    def made(day: str, minutes: int, **more: object) -> WorkEntry:
        worked_on = date.fromisoformat(f"2026-{day}")
        entry = WorkEntry(
            organization_id=client.id,
            worked_by_id=boss.actor.user_id,
            entered_by_id=boss.actor.user_id,
            worked_on=worked_on,
            worked_seconds=minutes * 60,
            created=boss.now,
            updated=boss.now,
            **more,
        )
        db.add(entry)
        db.flush()
        return entry

    return made
