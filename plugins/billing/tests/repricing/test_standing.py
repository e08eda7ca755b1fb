"""How work on a ticket stands right now."""

from datetime import UTC, datetime

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy_billing.models import Customer, RateRow, SurchargeRow, TicketTerms
from rtpy_billing.pricing.words import Cover, Outcome
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.repricing.standing import Standing, standing_of
from rtpy_billing.web.cover.strip import words_of


@pytest.fixture
def ticket(make, work, client, clock):
    """A ticket of the customer's, on a Tuesday at ten."""
    clock.set(datetime(2026, 3, 10, 9, tzinfo=UTC))
    made = make.ticket("Printer")
    change_ticket(work, made, SetOrganization(client))
    return made


def said(work_of, ticket):
    standing = standing_of(work_of(), ticket)
    return words_of(standing, sees_money=True).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_ticket_of_nobody_has_no_standing(work, make):
    assert standing_of(work, make.ticket()) is None


def test_work_is_billable_at_the_rate_that_holds_now(work_of, ticket, client, db):
    assert said(work_of, ticket) == "billable at 120.00 EUR an hour"
    db.add(RateRow(rung="ticket", scope_id=ticket.id, amount=9500, currency="EUR"))
    db.add(
        SurchargeRow(
            name="Any time", rung="customer", scope_id=client.id, operation="add", value=500, currency="EUR"
        )
    )
    db.flush()
    assert said(work_of, ticket) == "billable at 100.00 EUR an hour"


def test_a_block_covers_until_it_is_used_up_and_then_says_by_how_much(
    work_of, ticket, client, agree, log, db
):
    agree("block", brings=2 * 3600, overflow_rate=15000)
    assert said(work_of, ticket) == "covered · 2:00 left"
    log(80, ticket_id=ticket.id)
    reprice(work_of(), client.id)
    assert said(work_of, ticket) == "covered · 0:40 left"
    log(40, ticket_id=ticket.id)
    reprice(work_of(), client.id)
    assert said(work_of, ticket) == "used up · billable at 150.00 EUR an hour"


def test_a_used_up_block_is_named_though_another_line_sets_the_terms(work_of, ticket, client, agree, log):
    agree("block", brings=3600)
    agree("time_materials")
    log(60, ticket_id=ticket.id)
    reprice(work_of(), client.id)
    assert said(work_of, ticket) == "used up · billable at 120.00 EUR an hour"


def test_a_used_up_block_for_other_queues_is_no_matter_of_this_ticket(work_of, ticket, agree, make):
    other = make.queue("Network")
    agree("block", conditions=[{"about": "queue", "values": [other.id], "excluded": False}])
    assert said(work_of, ticket) == "billable at 120.00 EUR an hour"


def test_what_was_decided_for_the_ticket_counts(work_of, ticket, db):
    db.add(TicketTerms(ticket_id=ticket.id, charge_mode="no_charge"))
    db.flush()
    assert said(work_of, ticket) == "shown to the customer at nought"


def test_looking_again_asks_nothing_without_a_balance_and_little_with_one(
    work_of, ticket, agree, query_count
):
    standing_of(work_of(), ticket)
    work = work_of()
    with query_count() as count:
        standing_of(work, ticket)
    assert count.total == 0
    agree("block", brings=3600)
    standing_of(work_of(), ticket)
    work = work_of()
    with query_count() as count:
        standing_of(work, ticket)
    assert count.total <= 3


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(Outcome.CHARGED, "EUR", 9500, "Block", 1, Cover.HOURS, -1800), "over by 0:30 · billable"),
        (Standing(Outcome.COVERED, "EUR", None, "All in", 1, Cover.FLAT), "covered"),
        (
            Standing(Outcome.COVERED, "EUR", None, "Retainer", 1, Cover.MONEY, 50000),
            "covered · some of it left",
        ),
        (Standing(Outcome.CHARGED, "EUR"), "billable, but there is no rate for it"),
        (
            Standing(Outcome.HELD, "EUR", None, "Block", 1, Cover.HOURS, 0),
            "used up · waits for the customer’s consent",
        ),
    ],
)
def test_who_may_not_see_money_reads_none(standing, words):
    assert words_of(standing, sees_money=False) == words


def test_a_customer_of_our_own_is_internal(work_of, ticket, client, db):
    db.get(Customer, client.id).is_own = True
    db.flush()
    assert said(work_of, ticket) == "internal, never billed"
