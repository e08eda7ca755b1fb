"""The whole way with everything in it: logged, covered by a block in part, approved, issued, credited, issued again."""

from datetime import date

from plugins.billing.tests.invoicing.made import APRIL, Shop
from rtpy_billing.agreements.granting import post_due
from rtpy_billing.balances.present import balances_of
from rtpy_billing.capture.entries import log_work
from rtpy_billing.capture.submitting import submit_days
from rtpy_billing.capture.values import Given
from rtpy_billing.invoicing.approval import approve_billing, approve_time
from rtpy_billing.invoicing.crediting import credit_invoice
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.invoicing.previewing import lines_of
from rtpy_billing.models import Agreement, AgreementLine, MovementRow, WorkEntry


def left(db):
    line, agreement = db.query(AgreementLine).one(), db.query(Agreement).one()
    return balances_of(db, [(line, agreement)], date(2026, 3, 31))[line.id].left


def issued(work, shop, net):
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    assert draft.net == net, [(row.text, row.net) for row in lines_of(work.db, draft)]
    return issue(work, draft, draft.version, f"{draft.total / 100:.2f}")


def test_work_that_a_block_pays_in_part_is_billed_credited_and_billed_again(work, make, db):
    shop = Shop(work, make, grouping="period")
    agreement = shop.agreement({"kind": "block", "name": "One hour", "price": 8000, "quantity": 3600})
    post_due(work, agreement)
    given = Given(
        worked_by_id=work.actor.user_id,
        worked_on=date(2026, 3, 2),
        seconds=5400,
        organization_id=shop.organization.id,
        note_customer="Moved the mailbox",
    )
    entry = log_work(work, given).entry
    assert (entry.covered_seconds, entry.amount) == (3600, 4750)
    submit_days(work, work.actor.user_id, date(2026, 3, 1), APRIL)
    db.refresh(entry)
    approve_time(work, {entry.id: entry.version})
    approve_billing(work, {entry.id: entry.version})
    assert left(db) == 0

    first = issued(work, shop, 8000 + 4750)
    use = db.query(MovementRow).filter(MovementRow.kind == "use").one()
    assert (use.quantity, use.invoice_id) == (-3600, first.id)
    assert db.query(MovementRow).filter(MovementRow.kind == "purchase").one().invoice_id == first.id
    assert left(db) == 0

    note = credit_invoice(work, first, "Wrong address")
    issue(work, note, note.version, f"{note.total / 100:.2f}")
    (entry,) = db.query(WorkEntry)
    assert (entry.state, entry.covered_seconds, entry.amount) == ("approved", 3600, 4750)
    assert left(db) == 0  # drawn again by the released work

    again = issued(work, shop, 8000 + 4750)
    assert (again.number, again.total) == ("2026-0002", first.total)
    assert left(db) == 0
