"""Issuing: the number in the same transaction, what freezes, what is refused, and that nothing changes afterwards."""

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from plugins.billing.tests.invoicing.made import APRIL, Shop, total
from rtpy.errors import Conflict, Invalid, Refused
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.invoicing.crediting import credit_invoice
from rtpy_billing.invoicing.drafts import discard_draft, prepare_drafts
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.invoicing.numbering import advance_series, gaps_of
from rtpy_billing.invoicing.previewing import lines_of
from rtpy_billing.models import AgreementLine, EntryLine, Invoice, InvoiceLine, MovementRow, Series, WorkEntry


def issued(work, shop, until=APRIL):
    drafts = prepare_drafts(work, shop.organization, until)
    return issue(work, drafts[0], drafts[0].version, total(drafts))


def states(db):
    return sorted(state for (state,) in db.query(WorkEntry.state))


def test_an_issued_invoice_has_its_number_snapshot_and_dates_and_its_work_is_invoiced(work, make, db):
    shop = Shop(work, make)
    shop.entry(60)
    shop.entry(30, state="submitted")
    invoice = issued(work, shop)
    kept = Snapshot.from_json(invoice.snapshot)
    assert (invoice.state, invoice.number, invoice.sequence) == ("issued", "2026-0001", 1)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 2), date(2026, 3, 16))
    assert (kept.number, kept.totals.payable, kept.payment_reference) == ("2026-0001", 11305, "2026-0001")
    assert kept.buyer.address.city == "Bremen"
    assert states(db) == ["invoiced", "submitted"]


def test_numbers_have_no_gaps_by_seller_kind_and_year(work, make, db, clock):
    shop = Shop(work, make)
    numbers = []
    for _ in range(2):
        shop.entry(60)
        numbers.append(issued(work, shop).number)
    shop.entry(60)
    (thrown_away,) = prepare_drafts(work, shop.organization, APRIL)
    discard_draft(work, thrown_away)
    numbers.append(issued(work, shop).number)
    work.now = work.now.replace(year=2027)
    shop.entry(60)
    numbers.append(issued(work, shop).number)
    assert numbers == ["2026-0001", "2026-0002", "2026-0003", "2027-0001"]
    assert [gaps_of(work, series) for series in db.query(Series)] == [(), ()]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda shop: setattr(shop.customer, "street", ""), "address is not complete"),
        (lambda shop: setattr(shop.customer, "country", "FR"), ""),
        (lambda shop: shop.db.query(EntryLine).update({"billed_seconds": 1800}), "priced otherwise"),
    ],
)
@pytest.mark.databases("sqlite")  # a table of rules
def test_what_is_wrong_keeps_a_draft_from_being_issued(work, make, db, change, sentence):
    shop = Shop(work, make)
    shop.entry(60)
    drafts = prepare_drafts(work, shop.organization, APRIL)
    typed = total(drafts)
    change(shop)
    db.flush()
    if not sentence:  # reverse charge is not due without a VAT number, so the tax stays and it may go out
        assert issue(work, drafts[0], drafts[0].version, typed).number
        return
    with pytest.raises(Invalid, match=sentence):
        issue(work, drafts[0], drafts[0].version, typed)
    assert db.query(Series).count() == 0


def test_the_total_must_be_typed_and_the_draft_must_be_the_one_that_was_seen(work, make, db):
    shop = Shop(work, make)
    shop.entry(60)
    drafts = prepare_drafts(work, shop.organization, APRIL)
    (draft,) = drafts
    with pytest.raises(Invalid, match="not the total"):
        issue(work, draft, draft.version, "113.04")
    with pytest.raises(Conflict, match="changed this draft"):
        issue(work, draft, draft.version - 1, total(drafts))
    issue(work, draft, draft.version, total(drafts))
    with pytest.raises(Conflict, match="2026-0001"):
        issue(work, draft, draft.version, total(drafts))


@pytest.mark.parametrize(
    "deed",
    [
        update(Invoice).values(total=1),
        update(Invoice).values(state="draft"),
        update(InvoiceLine).values(text="Something else"),
        delete(InvoiceLine),
        delete(Invoice),
    ],
    ids=["total", "back to draft", "text of a line", "delete lines", "delete"],
)
def test_the_database_refuses_to_change_what_is_issued(work, make, db, deed):
    shop = Shop(work, make)
    shop.entry(60)
    issued(work, shop)
    db.flush()
    db.query(EntryLine).update({"invoice_line_id": None})
    with pytest.raises(DBAPIError, match="never changed"), db.begin_nested():
        db.execute(deed.execution_options(synchronize_session=False))


def test_credited_wholly_the_work_is_approved_again_and_can_be_billed_anew(work, make, db):
    shop = Shop(work, make)
    shop.entry(60)
    invoice = issued(work, shop)
    note = credit_invoice(work, invoice, "Wrong address")
    assert (note.state, note.total, invoice.state) == ("draft", 11305, "issued")
    issue(work, note, note.version, "113.05")
    assert (note.number, invoice.state) == ("CN-2026-0001", "credited")
    assert Snapshot.from_json(note.snapshot).preceding.number == "2026-0001"
    assert states(db) == ["approved"]
    assert issued(work, shop).number == "2026-0002"


def test_credited_without_release_the_work_stays_billed(work, make, db):
    shop = Shop(work, make)
    shop.entry(60)
    note = credit_invoice(work, issued(work, shop), "Goodwill", releases=False)
    issue(work, note, note.version, "113.05")
    assert states(db) == ["invoiced"]
    assert prepare_drafts(work, shop.organization, APRIL) == []


def test_credited_in_part_only_that_part_is_unbilled_again(work, make, db):
    shop = Shop(work, make, grouping="period")
    shop.entry(60)
    shop.entry(60, day=date(2026, 3, 3))
    invoice = issued(work, shop)
    note = credit_invoice(work, invoice, "Half an hour too much", {1: Fraction(1, 2)})
    issue(work, note, note.version, "56.53")
    assert invoice.state == "issued"
    (again,) = prepare_drafts(work, shop.organization, APRIL)
    (line,) = lines_of(db, again)
    assert (line.seconds, line.net, line.period_start) == (1800, 4750, date(2026, 3, 3))
    rest = credit_invoice(work, invoice, "All the rest", releases=False)
    issue(work, rest, rest.version, f"{rest.total / 100:.2f}")
    assert invoice.state == "credited"
    with pytest.raises(Refused, match="credited already"):
        credit_invoice(work, invoice, "Once more")


def test_a_credited_fee_is_due_again_only_if_the_note_releases_it(work, make, db):
    shop = Shop(work, make)
    shop.agreement({"kind": "fixed_fee", "name": "Care", "price": 50000})
    invoice = issued(work, shop)
    note = credit_invoice(work, invoice, "Too early")
    issue(work, note, note.version, "595.00")
    again = issued(work, shop)
    assert again.number == "2026-0002"
    note = credit_invoice(work, again, "Goodwill", releases=False)
    issue(work, note, note.version, "595.00")
    assert prepare_drafts(work, shop.organization, APRIL) == []


def test_an_invoice_says_of_bought_hours_that_it_bills_them(work, make, db):
    shop = Shop(work, make)
    shop.agreement({"kind": "block", "name": "Ten hours", "price": 80000, "quantity": 36000})
    line = db.query(AgreementLine).one()
    db.add(
        MovementRow(
            line_id=line.id,
            kind="purchase",
            worked_on=date(2026, 3, 1),
            posted=work.now,
            quantity=36000,
            lot="purchase",
            usable_from=date(2026, 3, 1),
            actor_id=work.actor.user_id,
            note="",
        )
    )
    db.flush()
    invoice = issued(work, shop)
    assert invoice.net == 80000
    assert db.query(MovementRow).filter(MovementRow.kind == "purchase").one().invoice_id == invoice.id


def test_after_a_restore_a_series_goes_on_behind_the_gap_and_lists_it(work, make, db):
    shop = Shop(work, make)
    shop.entry(60)
    issued(work, shop)
    series = db.query(Series).one()
    assert advance_series(work, series, 5) == ("2026-0002", "2026-0003", "2026-0004")
    shop.entry(60)
    assert issued(work, shop).number == "2026-0005"
    assert gaps_of(work, series) == ("2026-0002", "2026-0003", "2026-0004")
    with pytest.raises(Invalid):
        advance_series(work, series, 3)
