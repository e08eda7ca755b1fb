"""Loose ends by mail."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.owner import SetOwner
from rtpy.models import OutgoingMail
from rtpy_billing.loose_ends.mailing import mail_monthly, mail_weekly


def notices(db):
    with_people = select(OutgoingMail).options(selectinload(OutgoingMail.recipients))
    return db.scalars(with_people.where(OutgoingMail.message_id.like("rt-notice-%"))).all()


@pytest.fixture
def late(make, work, clock):
    """A ticket of Jo's that nobody answered since Monday."""
    ticket, jo = make.ticket("Printer on fire"), make.staff("jo")
    change_ticket(work, ticket, SetOwner(jo))
    return ticket


def test_on_monday_everybody_gets_their_own_once(late, work_of, clock, db):
    clock.set(datetime(2026, 3, 8, 12, tzinfo=UTC))
    assert mail_weekly(work_of()) == 0  # a Sunday, and never sent before
    clock.set(datetime(2026, 3, 9, 6, 59, tzinfo=UTC))
    assert mail_weekly(work_of()) == 0
    clock.set(datetime(2026, 3, 9, 7, 0, tzinfo=UTC))
    assert mail_weekly(work_of()) == 1
    assert mail_weekly(work_of()) == 0
    (mail,) = notices(db)
    assert mail.recipients[0].address == "jo@staff.example"
    assert "1 loose end is yours" in mail.subject
    assert f"No reply yet (1)\n* #{late.id} Printer on fire" in mail.body
    assert "/billing/loose-ends" in mail.body
    clock.set(datetime(2026, 3, 18, 7, 0, tzinfo=UTC))  # the server slept over Monday
    assert mail_weekly(work_of()) == 1


def test_nobody_is_written_to_when_it_is_switched_off(late, work_of, clock, db):
    save_settings(work_of(), "billing", {"billing.weekly_mail": False})
    clock.set(datetime(2026, 3, 9, 8, tzinfo=UTC))
    assert mail_weekly(work_of()) == 0


def test_the_owner_of_the_business_hears_of_all_once_a_month(late, work_of, clock, db, make):
    clock.set(datetime(2026, 4, 1, 8, tzinfo=UTC))
    assert mail_monthly(work_of()) == 0
    make.staff("boss")
    save_settings(work_of(), "billing", {"billing.monthly_reader": "boss"})
    assert mail_monthly(work_of()) == 1
    assert mail_monthly(work_of()) == 0
    assert "loose ends: the month" in notices(db)[0].subject
