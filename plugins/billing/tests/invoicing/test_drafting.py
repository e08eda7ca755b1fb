"""Drafts: what goes onto them, in which lines, and that they come and go without a trace."""

from datetime import date

import pytest

from plugins.billing.tests.invoicing.made import APRIL, Shop
from rtpy_billing.invoicing.annexing import annex_of
from rtpy_billing.invoicing.drafts import discard_draft, prepare_drafts
from rtpy_billing.invoicing.previewing import lines_of, preview
from rtpy_billing.models import AgreementLine, EntryLine, Expense, Invoice


def texts(db, invoice):
    return [(line.text, line.quantity, line.net) for line in lines_of(db, invoice)]


def test_approved_work_before_the_day_is_billed_and_nothing_else(work, make, db):
    shop = Shop(work, make, grouping="period")
    shop.entry(60)
    shop.entry(30, day=date(2026, 2, 20))  # late: of a period before
    shop.entry(15, state="submitted")
    shop.entry(15, day=APRIL)
    shop.entry(15, outcome="hidden")
    (invoice,) = prepare_drafts(work, shop.organization, APRIL)
    assert texts(db, invoice) == [("Labour 1 March 2026 to 31 March 2026", 5400, 14250)]
    assert (invoice.net, invoice.tax, invoice.total) == (14250, 2708, 16958)


@pytest.mark.databases("sqlite")  # pure grouping over the same rows
@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (
            "entry",
            ["2 March 2026: Moved the mailbox", "2 March 2026: Fixed the printer", "3 March 2026: Work type"],
        ),
        ("ticket", ["Request #{id}: Printer on fire\nMoved the mailbox\nFixed the printer", "Remote"]),
        ("person", ["Engineer"]),
        ("work_type", ["Remote"]),
        ("period", ["Labour 1 March 2026 to 31 March 2026"]),
    ],
)
def test_lines_are_grouped_as_the_customer_wants(work, make, db, grouping, expected):
    shop = Shop(work, make, grouping=grouping)
    ticket = make.ticket()
    shop.entry(60, note="Moved the mailbox", ticket_id=ticket.id)
    shop.entry(30, note="Fixed the printer", ticket_id=ticket.id)
    shop.entry(15, day=date(2026, 3, 3))
    (invoice,) = prepare_drafts(work, shop.organization, APRIL)
    lines = [text.replace("Work type", "Remote") for text in expected]
    assert [line.text for line in lines_of(db, invoice)] == [text.format(id=ticket.id) for text in lines]
    assert sum(line.quantity for line in lines_of(db, invoice)) == 105 * 60
    assert invoice.net == 16625


@pytest.mark.databases("sqlite")  # a set of numbers
def test_no_line_and_no_annex_names_what_is_kept_from_customers(work, make, db, keep):
    shop = Shop(work, make, grouping="ticket", is_annexed=True)
    alert = make.ticket("Alert of Keller")
    shop.entry(60, ticket_id=alert.id)
    keep(alert)
    (invoice,) = prepare_drafts(work, shop.organization, APRIL)
    assert [line.text for line in lines_of(db, invoice)] == ["Remote"]
    assert [(row.text, row.request) for row in annex_of(work, invoice, "en", shows_names=False)] == [
        ("Remote", None)
    ]


@pytest.mark.databases("sqlite")  # a set of numbers
def test_what_is_hidden_after_the_draft_was_made_is_named_by_no_line_that_is_issued(work, make, db, keep):
    shop = Shop(work, make, grouping="ticket")
    alert = make.ticket("Alert of Keller")
    shop.entry(60, ticket_id=alert.id)
    expense = Expense(
        organization_id=shop.organization.id,
        ticket_id=alert.id,
        spent_on=date(2026, 3, 2),
        text="Cable",
        quantity=1000,
        price=1250,
        currency="EUR",
        state="approved",
        kind="expense",
        user_id=shop.tech.id,
        created=work.now,
    )
    db.add(expense)
    db.flush()
    (invoice,) = prepare_drafts(work, shop.organization, APRIL)
    assert [line.requests for line in preview(work, invoice).snapshot.lines] == [(alert.id,), (alert.id,)]
    keep(alert)
    seen = preview(work, invoice)
    assert [line.requests for line in seen.snapshot.lines] == [(), ()]
    (problem,) = seen.problems
    assert f"Line 1 names request #{alert.id}, which is hidden" in problem.message


def test_free_work_is_shown_at_nought_and_covered_work_under_its_agreement(work, make, db):
    shop = Shop(work, make, grouping="period")
    agreement = shop.agreement({"kind": "block", "name": "Ten hours", "price": 80000, "quantity": 36000})
    block = db.query(AgreementLine).one()
    shop.entry(60, line=block)
    shop.entry(30, outcome="no_charge", line=block)
    shop.entry(120, outcome="covered", line=block)
    (invoice,) = prepare_drafts(work, shop.organization, APRIL)
    rows = lines_of(db, invoice)
    assert invoice.agreement_id == agreement.id
    assert [(row.seconds, row.discount, row.net, row.heading) for row in rows] == [
        (3600, 0, 9500, ""),
        (1800, 10_000, 0, ""),
        (7200, 0, 0, "Covered by your agreement: Ten hours"),
    ]
    assert [line.is_no_charge for line in preview(work, invoice).snapshot.lines] == [False, True, True]


def test_fees_are_due_once_for_each_period_in_arrears_or_in_advance(work, make, db):
    shop = Shop(work, make)
    shop.agreement(
        {"kind": "fixed_fee", "name": "Care", "price": 50000},
        {"kind": "recurring_block", "name": "Hours", "price": 40000, "quantity": 18000},
        {"kind": "per_unit", "name": "Workplaces", "price": 2900, "quantity": 12},
        {"kind": "discount", "name": "Loyalty", "discount": 1000},
    )
    (invoice,) = prepare_drafts(work, shop.organization, APRIL)
    assert [(row.text, row.bills, row.quantity, row.net) for row in lines_of(db, invoice)] == [
        ("Care", "period 2026-03-01", 1, 50000),
        ("Hours", "period 2026-03-01", 1, 40000),
        ("Hours", "period 2026-04-01", 1, 40000),
        ("Workplaces", "period 2026-03-01", 12, 34800),
        ("Loyalty", "", 1, 0),
    ]
    assert invoice.net == (50000 + 80000 + 34800) * 9 // 10
    assert prepare_drafts(work, shop.organization, APRIL) == []


def test_further_work_joins_the_draft_that_is_there(work, make, db):
    shop = Shop(work, make, grouping="period")
    shop.entry(60)
    (first,) = prepare_drafts(work, shop.organization, APRIL)
    shop.entry(60)
    (second,) = prepare_drafts(work, shop.organization, APRIL)
    assert first.id == second.id
    assert second.net == 19000
    assert db.query(Invoice).count() == 1


def test_a_draft_that_is_thrown_away_leaves_its_work_unbilled(work, make, db):
    shop = Shop(work, make)
    shop.entry(60)
    (invoice,) = prepare_drafts(work, shop.organization, APRIL)
    assert db.query(EntryLine).filter(EntryLine.invoice_line_id.is_not(None)).count() == 1
    discard_draft(work, invoice)
    assert db.query(EntryLine).filter(EntryLine.invoice_line_id.is_not(None)).count() == 0
    assert db.query(Invoice).count() == 0


def test_the_number_of_queries_does_not_grow_with_the_work(work, make, db, query_count):
    shop = Shop(work, make, grouping="period")

    def queries(entries: int) -> int:
        for _ in range(entries):
            shop.entry(15)
        with query_count() as count:
            prepare_drafts(work, shop.organization, APRIL)
        return count.total

    first = queries(1)
    assert queries(20) <= first + 1
