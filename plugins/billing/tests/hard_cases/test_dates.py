"""Days and periods: whose midnight counts, what is late, what is planned, what a night does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from rtpy.models import User
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.previewing import lines_of, preview
from rtpy_billing.models import EntryLine, WorkEntry

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def lines(db, entry):
    query = select(EntryLine).where(EntryLine.entry_id == entry.id).order_by(EntryLine.segment)
    return db.scalars(query).all()


@pytest.mark.databases("sqlite")  # reckoning of dates
def test_worker_customer_and_server_live_in_three_zones(work, shop, logged, db):
    """The house is in UTC and the worker in Tokyo, where it is April already; the customer in New York has March."""
    shop.customer.zone = "America/New_York"
    db.get_one(User, work.actor.user_id).timezone = "Asia/Tokyo"
    began = datetime(2026, 3, 31, 20, tzinfo=UTC)
    work.now = began + timedelta(hours=2)
    entry = logged(60, worked_on=APRIL, zone="Asia/Tokyo", started=began, ended=began + timedelta(hours=1))
    assert entry.worked_on == APRIL
    assert [(line.worked_on, line.customer_on) for line in lines(db, entry)] == [(APRIL, date(2026, 3, 31))]


def test_work_over_midnight_is_cut_there_and_each_part_is_billed_in_its_own_month(
    work, clock, shop, logged, approved, invoiced, db
):
    began = datetime(2026, 3, 31, 21, tzinfo=UTC)  # 23:00 in Bremen
    work.now = began + timedelta(days=1)
    night = logged(
        120,
        worked_on=date(2026, 3, 31),
        zone="Europe/Berlin",
        started=began,
        ended=began + timedelta(hours=2),
    )
    assert [(line.customer_on.isoformat(), line.worked_seconds) for line in lines(db, night)] == [
        ("2026-03-31", 3600),
        ("2026-04-01", 3600),
    ]
    approved(night)
    march = invoiced(APRIL)
    assert (march.net, lines_of(db, march)[0].seconds) == (9500, 3600)
    (april,) = prepare_drafts(work, shop.organization, MAY)
    assert (april.net, lines_of(db, april)[0].period_start) == (9500, APRIL)


def test_work_for_a_period_that_was_billed_is_late_and_stands_on_the_next_invoice_with_its_own_day(
    work, shop, theirs, logged, approved, invoiced, db
):
    work.now = datetime(2026, 4, 2, 9, tzinfo=UTC)
    first = logged(60)
    approved(first)
    invoiced(APRIL)
    late = logged(30, theirs(), worked_on=date(2026, 3, 12), note_customer="Moved the mailbox.")
    assert (first.is_late, late.is_late) == (False, True)
    approved(late)
    (draft,) = prepare_drafts(work, shop.organization, MAY)
    (line,) = lines_of(db, draft)
    assert (line.net, line.period_start, line.period_end) == (4750, date(2026, 3, 12), date(2026, 3, 13))
    assert draft.period_start == APRIL
    assert "2026-03-12" in str(preview(work, draft).snapshot.to_json())


@pytest.mark.databases("sqlite")  # pages over statements that the others have
def test_in_the_long_night_an_hour_more_is_worked_billed_and_shown_with_both_offsets(
    enter, another, db, shop, clock
):
    clock.set(datetime(2026, 10, 26, 8, tzinfo=UTC))
    person = db.scalars(select(User).where(User.name == "root")).one()
    person.timezone = "Europe/Berlin"
    db.flush()
    root = enter(another(), person)
    form = root.get("/billing/time/log").forms["entry"]
    form["organization"] = str(shop.organization.id)
    form["worked_on"], form["started"], form["ended"] = "2026-10-24", "23:30", "03:30"
    form.submit()
    entry = db.scalars(select(WorkEntry)).one()
    assert (entry.worked_seconds, entry.amount) == (5 * 3600, 5 * 9500)
    entry.state = "submitted"
    db.flush()
    shown = root.get(f"/billing/time/{entry.id}").text
    assert "23:30 (+02:00)" in shown
    assert "03:30 (+01:00)" in shown
