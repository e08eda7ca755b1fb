"""Rows in, `price()`, rows out: what moves, what never does, and how many queries it takes."""

from datetime import date

import pytest
from sqlalchemy import select

from rtpy_billing.models import EntryLine, RoundingRuleRow
from rtpy_billing.repricing.reprice import reprice, reprice_all


def test_an_entry_gets_its_lines_and_sums(work, client, log, lines_of):
    entry = log(45)
    (moved,) = reprice(work, client.id)
    assert lines_of(entry) == [("charged", 45, 9000)]
    assert (entry.billed_seconds, entry.value, entry.amount, entry.currency) == (2700, 9000, 9000, "EUR")
    assert (moved.entry_id, moved.before, moved.after.amount) == (entry.id, None, 9000)


def test_pricing_again_moves_and_writes_nothing(work, client, log, agree, query_count):
    agree("block", brings=1800)
    for _ in range(3):
        log(20)
    reprice(work, client.id)
    with query_count() as counted:
        assert reprice(work, client.id) == ()
    assert [each for each in counted.statements if not each.startswith("SELECT")] == []


def test_late_work_takes_cover_by_its_date_and_says_who_lost_it(work, client, log, agree, lines_of):
    agree("block", brings=3600)
    late = log(60, worked_on=date(2026, 3, 20))
    reprice(work, client.id)
    assert lines_of(late) == [("covered", 60, 0)]
    late.state = "approved"
    early = log(45, worked_on=date(2026, 3, 2))
    moved = reprice(work, client.id, [early.id])
    assert lines_of(early) == [("covered", 45, 0)]
    assert lines_of(late) == [("covered", 15, 0), ("charged", 45, 9000)]
    assert {one.entry_id for one in moved} == {early.id, late.id}


def test_what_an_invoice_froze_stays_drawn(work, client, log, agree, lines_of, db):
    from rtpy_billing.models.agreement import MovementRow

    line = agree("block", brings=3600)
    first = log(40)
    reprice(work, client.id)
    first.state = "invoiced"
    db.add(
        MovementRow(
            line_id=line.id, kind="use", worked_on=date(2026, 3, 10), posted=work.now, quantity=-2400,
            lot=db.scalars(select(EntryLine.sources)).one()[0][0], entry_id=first.id, actor_id=1, note="",
        )
    )  # fmt: skip
    second = log(40, worked_on=date(2026, 3, 1))
    reprice(work, client.id)
    assert lines_of(second) == [("covered", 20, 0), ("charged", 20, 4000)]
    assert lines_of(first) == [("covered", 40, 0)]


def test_open_work_is_rounded_with_what_is_invoiced_of_its_group(work, client, log, make, db):
    ticket = make.ticket()
    db.add(RoundingRuleRow(name="Hours", minimum=3600, increment=3600))
    first = log(45, ticket_id=ticket.id)
    reprice(work, client.id)
    first.state = "invoiced"
    second, third = log(10, ticket_id=ticket.id), log(10, ticket_id=ticket.id)
    reprice(work, client.id, [second.id])
    assert [one.billed_seconds // 60 for one in (first, second, third)] == [60, 30, 30]


@pytest.mark.parametrize("balance", [True, False])
def test_the_number_of_queries_does_not_depend_on_the_number_of_entries(
    work, client, log, agree, make, query_count, balance
):
    agree("block" if balance else "fixed_fee", brings=36000 * balance)
    ticket = make.ticket()
    totals = []
    reprice(work, client.id)  # settings are remembered from here on
    for number in (2, 9):
        for _ in range(number):
            log(30, ticket_id=ticket.id)
        with query_count() as counted:
            reprice(work, client.id)
        totals.append(len([each for each in counted.statements if each.startswith("SELECT")]))
    assert totals[0] == totals[1] <= 18


def test_work_for_nobody_is_hidden_or_waits_for_a_customer(work, client, log, make):
    meeting, lost = log(60, organization_id=None), log(60, organization_id=None, ticket_id=make.ticket().id)
    reprice(work, None)
    assert (meeting.blocker, meeting.amount) == ("", 0)
    assert lost.blocker == "no_customer"


def test_work_on_other_tickets_is_left_alone_where_nothing_joins_them(work, client, log, make, query_count):
    here, there = make.ticket(), make.ticket()
    one, other = log(30, ticket_id=here.id), log(30, ticket_id=there.id)
    moved = reprice(work, client.id, [one.id])
    assert ([each.entry_id for each in moved], other.currency) == ([one.id], "")


def test_a_change_for_everybody_prices_every_customer(work, client, log, make, db):
    mine, nobodys = log(60), log(60, organization_id=None, charge_mode="billable")
    moved = reprice_all(work)
    assert {one.entry_id for one in moved} == {mine.id, nobodys.id}
