"""A firm with a customer and a price book; work goes the whole way: logged, handed in, approved, drafted, issued."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from plugins.billing.tests.invoicing.made import RATE, Shop, total
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.models import Organization, Ticket
from rtpy.work import Work
from rtpy_billing.capture.entries import log_work
from rtpy_billing.capture.submitting import submit_days
from rtpy_billing.capture.values import Given
from rtpy_billing.invoicing.approval import approve_billing, approve_time
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.models import Invoice, RateRow, WorkEntry

DAY = date(2026, 3, 2)


@pytest.fixture
def shop(work: Work, make) -> Shop:
    """Acme in Bremen pays 95.00 an hour by the price book."""
    found = Shop(work, make)
    work.db.add(RateRow(rung="book", amount=RATE, currency="EUR"))
    work.db.flush()
    return found


@pytest.fixture
def theirs(work: Work, make, shop: Shop) -> Callable[..., Ticket]:
    """A request of that customer."""

    def made(subject: str = "Printer", organization: Organization | None = None) -> Ticket:
        ticket = make.ticket(subject)
        change_ticket(make.system, ticket, SetOrganization(organization or shop.organization))
        return ticket

    return made


@pytest.fixture
def logged(work: Work, shop: Shop) -> Callable[..., WorkEntry]:
    """`logged(30, ticket)`: what root worked, as a form brings it."""

    def made(minutes: int = 30, ticket: Ticket | None = None, **more: object) -> WorkEntry:
        usual = {
            "worked_by_id": work.actor.user_id,
            "worked_on": DAY,
            "organization_id": shop.organization.id,
        }
        given = Given(seconds=minutes * 60, ticket=ticket, **{**usual, **more})
        return log_work(work, given).entry

    return made


@pytest.fixture
def approved(work: Work) -> Callable[..., None]:
    """Hand in and approve these entries."""

    def done(*entries: WorkEntry) -> None:
        for worker_id in {each.worked_by_id for each in entries}:
            submit_days(work, worker_id, date(2000, 1, 1), work.now.date() + timedelta(days=2))
        approve_time(work, {each.id: each.version for each in entries})
        approve_billing(work, {each.id: each.version for each in entries})

    return done


@pytest.fixture
def invoiced(work: Work, shop: Shop) -> Callable[[date], Invoice]:
    """Draft and issue what is unbilled before a day."""

    def done(until: date) -> Invoice:
        drafts = prepare_drafts(work, shop.organization, until)
        return issue(work, drafts[0], drafts[0].version, total(drafts))

    return done
