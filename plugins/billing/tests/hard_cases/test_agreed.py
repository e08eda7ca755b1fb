"""What was agreed meets what happens: closed periods, sources that are silent, customers that pay for nothing."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from rtpy_billing.agreements.granting import post_due
from rtpy_billing.balances.present import balances_of
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.previewing import lines_of
from rtpy_billing.invoicing.remarks import remarks_of
from rtpy_billing.loose_ends.looking import look
from rtpy_billing.models import AgreementLine, EntryLine, LooseEnd, MovementRow

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def test_late_work_for_a_closed_period_draws_from_the_open_one_and_leaves_the_closed_one_alone(
    work, shop, logged, approved, invoiced, db
):
    """Two hours a month that roll over for one month: March is used up and billed before its last hour is typed."""
    agreement = shop.agreement(
        {
            "kind": "recurring_block",
            "name": "Hours",
            "price": 20000,
            "quantity": 7200,
            "rollover_limit": None,
            "rollover_periods": 1,
        }
    )
    (line,) = db.scalars(select(AgreementLine))
    post_due(work, agreement)
    work.now = datetime(2026, 4, 2, 9, tzinfo=UTC)
    post_due(work, agreement)
    work.now = datetime(2026, 4, 2, 9, tzinfo=UTC)
    first = logged(60)
    approved(first)
    invoiced(APRIL)
    frozen = {row.id: (row.kind, row.quantity, row.worked_on) for row in db.scalars(select(MovementRow))}
    late = logged(30, worked_on=date(2026, 3, 20))
    assert (late.is_late, late.covered_seconds, late.amount) == (True, 1800, 0)
    assert {
        row.id: (row.kind, row.quantity, row.worked_on) for row in db.scalars(select(MovementRow))
    } == frozen
    (drawn,) = db.scalars(select(EntryLine).where(EntryLine.entry_id == late.id))
    (source,) = drawn.sources
    assert source[0].endswith(">2026-04-01")  # what March carried over
    balance = balances_of(db, [(line, agreement)], date(2026, 4, 2))[line.id]
    assert balance.left == 2 * 7200 - 3600 - 1800


@pytest.mark.databases("sqlite")  # no statement that the others have not
def test_a_source_of_quantities_that_is_silent_counts_as_last_time_and_says_so(work, shop, db):
    shop.agreement(
        {
            "kind": "per_unit",
            "name": "Devices",
            "price": 500,
            "quantity": 10,
            "quantity_source": "group",
            "counted": 12,
            "counted_on": date(2026, 2, 20),
        }
    )
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    assert draft.net == 12 * 500
    assert [line.quantity // line.quantity_base for line in lines_of(db, draft)] == [12]
    assert remarks_of(db, draft) == ("Devices: 12 were counted on 2026-02-20, before this period.",)
    look(work)
    assert [each.detail for each in db.scalars(select(LooseEnd).where(LooseEnd.kind == "miscounted"))] == [
        "Devices: 10 agreed, 12 counted"
    ]


@pytest.mark.databases("sqlite")  # no statement that the others have not
def test_work_for_ones_own_organization_is_hidden_and_never_billed(work, shop, logged, approved, db):
    shop.customer.is_own = True
    db.flush()
    entry = logged(60)
    approved(entry)
    assert (entry.amount, entry.blocker) == (0, "")
    assert [line.outcome for line in db.scalars(select(EntryLine))] == ["hidden"]
    assert [each for each in prepare_drafts(work, shop.organization, APRIL) if each.net] == []
