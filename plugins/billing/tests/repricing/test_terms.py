"""What rows of all kinds do to the price of an entry."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from rtpy_billing.models import CostRate, Customer, EntryLine, RateRow, TicketTerms, Worker
from rtpy_billing.models.role import Role
from rtpy_billing.models.work_type import WorkType
from rtpy_billing.repricing.reprice import reprice, reprice_tickets

pytestmark = pytest.mark.databases("sqlite")  # the statements are those of test_reprice.py


def test_a_new_rate_moves_drafts_and_leaves_approved_and_invoiced_work(work, client, log, db):
    draft, approved, invoiced = log(60), log(60), log(60)
    reprice(work, client.id)
    approved.state, invoiced.state = "approved", "invoiced"
    db.add(RateRow(rung="customer", scope_id=client.id, amount=10000, currency="EUR"))
    (moved,) = reprice(work, client.id)
    assert (moved.before.amount, moved.after.amount) == (12000, 10000)
    assert [one.amount for one in (draft, approved, invoiced)] == [10000, 12000, 12000]


def test_a_ticket_may_decide_role_kind_line_mode_and_incident(work, client, log, make, db, lines_of):
    senior, night = Role(name="Senior"), WorkType(name="Night")
    db.add_all([senior, night])
    db.flush()
    db.add(RateRow(rung="book", role_id=senior.id, amount=15000, currency="EUR"))
    ticket = make.ticket()
    terms = TicketTerms(ticket_id=ticket.id, role_id=senior.id, work_type_id=night.id)
    db.add(terms)
    entry = log(60, ticket_id=ticket.id)
    reprice(work, client.id)
    assert lines_of(entry) == [("charged", 60, 15000)]
    terms.charge_mode = "no_charge"
    (moved,) = reprice_tickets(work, [ticket.id])
    assert (moved.after.amount, moved.after.value) == (0, 15000)


def test_the_clock_and_the_customers_calendar_decide_about_hours(work, make, client, log, db, lines_of):
    from rtpy_billing.models.rate import SurchargeRow

    office = make.calendar(**{f"day_{at}": "8-18" for at in range(5)}, exceptions="2026-03-11")
    db.get(Customer, client.id).calendar_id = office.id
    db.add(SurchargeRow(name="Night", rung="book", operation="multiply", value=2000, hours="out"))
    evening = log(
        60, started=datetime(2026, 3, 10, 16, 30, tzinfo=UTC), ended=datetime(2026, 3, 10, 17, 30, tzinfo=UTC)
    )
    holiday = log(30, worked_on=date(2026, 3, 11))
    reprice(work, client.id)
    assert lines_of(evening) == [("charged", 30, 6000), ("charged", 30, 12000)]
    assert lines_of(holiday) == [("charged", 30, 12000)]


def test_rates_in_another_currency_do_not_count_and_what_has_none_is_said(work, client, log, db):
    for rate in db.scalars(select(RateRow)):
        rate.currency = "USD"
    entry = log(60)
    reprice(work, client.id)
    assert (entry.amount, entry.blocker) == (0, "no_rate")


@pytest.mark.parametrize(
    ("more", "blocker", "amount"),
    [
        ({"charge_mode": "undecided"}, "undecided", 0),
        ({"charge_mode": "hidden"}, "", 0),
        ({"write_off_reason": "Gift"}, "", 0),
        ({"rate": 6000}, "", 6000),
    ],
)
def test_what_keeps_an_entry_from_being_billed_is_noted(work, client, log, more, blocker, amount):
    entry = log(60, **more)
    reprice(work, client.id)
    assert (entry.blocker, entry.amount) == (blocker, amount)


def test_held_work_is_a_blocker(work, client, log, agree, lines_of):
    agree("block", brings=1800, at_zero="consent")
    entry = log(60)
    reprice(work, client.id)
    assert lines_of(entry) == [("covered", 30, 0), ("held", 30, 0)]
    assert (entry.blocker, entry.covered_seconds) == ("held", 1800)


def test_a_person_has_a_role_and_a_cost(work, client, log, db):
    senior = Role(name="Senior")
    db.add(senior)
    db.flush()
    db.add(Worker(user_id=work.actor.user_id, role_id=senior.id))
    db.add(CostRate(role_id=senior.id, amount=5000, currency="EUR", valid_from=date(2026, 1, 1)))
    entry, before = log(30), log(30, worked_on=date(2025, 12, 31))
    reprice(work, client.id)
    assert (entry.cost, before.cost) == (2500, None)
    own = {"amount": 6000, "currency": "EUR", "valid_from": date(2026, 3, 1)}
    db.add(CostRate(user_id=work.actor.user_id, **own))
    reprice(work, client.id)
    assert entry.cost == 3000


def test_lines_keep_their_place_on_an_invoice_while_cover_moves(work, client, log, agree, db):
    entry = log(60)
    reprice(work, client.id)
    (row,) = db.scalars(select(EntryLine))
    entry.state = "approved"
    agree("block", brings=1800)
    reprice(work, client.id)
    rows = db.scalars(select(EntryLine).order_by(EntryLine.part)).all()
    assert rows[0].id == row.id
    assert [(one.outcome, one.amount) for one in rows] == [("covered", 0), ("charged", 6000)]


def test_a_correction_of_approved_work_lowers_it(work, client, log):
    original = log(60)
    reprice(work, client.id)
    original.state = "approved"
    correction = log(-15, corrects_id=original.id)
    reprice(work, client.id, [correction.id])
    assert (original.amount, correction.amount) == (12000, -3000)
