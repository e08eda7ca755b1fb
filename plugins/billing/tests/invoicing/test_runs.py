"""A month's run: everybody is billed once, what cannot be billed is told, and it can be stopped."""

import pytest

from plugins.billing.tests.invoicing.made import APRIL, Shop
from rtpy.errors import Invalid, Refused
from rtpy.models import OutgoingMail
from rtpy_billing.invoicing.delivering import deliver_by_mail, note_failures
from rtpy_billing.invoicing.drafts import prepare_drafts, refresh_draft
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.invoicing.line_changes import save_line
from rtpy_billing.invoicing.previewing import lines_of, preview
from rtpy_billing.invoicing.runs import go_on, start_run, stop_run
from rtpy_billing.invoicing.staleness import stale_lines
from rtpy_billing.models import AgreementLine, Customer, EntryLine, Invoice


def test_a_run_drafts_for_everybody_and_tells_what_it_cannot_bill(app, work, make, db):
    for name in ("Alpha", "Beta"):
        Shop(work, make, name).entry(60)
    unknown = Shop(work, make, "Gamma")
    unknown.entry(60)
    own = Shop(work, make, "Ourselves", is_own=True)
    own.entry(60)
    db.delete(unknown.customer)
    db.flush()
    run = start_run(work, APRIL)
    db.flush()
    assert run.total == 3
    while go_on(app):
        pass
    db.refresh(run)
    assert (run.state, run.done, run.drafts) == ("done", 3, 2)
    assert [sentence.partition(":")[0] for sentence in run.problems] == ["Gamma"]
    assert db.query(Invoice).count() == 2


def test_a_run_that_is_stopped_goes_no_further(app, work, make, db):
    Shop(work, make).entry(60)
    run = start_run(work, APRIL)
    stop_run(work, run)
    db.flush()
    assert go_on(app) == 0
    assert db.query(Invoice).count() == 0


def test_a_draft_whose_work_was_priced_otherwise_is_stale_until_it_is_gathered_anew(work, make, db):
    shop = Shop(work, make, grouping="period")
    shop.entry(60)
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    save_line(
        work,
        draft,
        None,
        {"text": "Cable", "quantity": "1", "unit": "C62", "unit_price": "10", "tax_class": "standard"},
        draft.version,
    )
    assert stale_lines(db, draft) == ()
    line = db.query(EntryLine).one()
    line.billed_seconds, line.amount = 1800, 4750
    db.flush()
    assert stale_lines(db, draft) == (1,)
    refresh_draft(work, draft)
    assert stale_lines(db, draft) == ()
    assert sorted(row.net for row in lines_of(db, draft)) == [1000, 4750]
    assert draft.net == 5750


@pytest.mark.databases("sqlite")  # sums, not rows
@pytest.mark.parametrize(("currency", "typed"), [("JPY", "11305"), ("EUR", "113.05"), ("KWD", "11.305")])
def test_displayed_lines_sum_to_the_displayed_total_in_every_currency(work, make, db, currency, typed):
    shop = Shop(work, make, currency=currency)
    entry = shop.entry(60)
    db.query(EntryLine).filter(EntryLine.entry_id == entry.id).one().currency = currency
    db.flush()
    drafts = prepare_drafts(work, shop.organization, APRIL)
    snapshot = preview(work, drafts[0]).snapshot
    assert sum(line.net for line in snapshot.lines) == snapshot.totals.net == 9500
    assert issue(work, drafts[0], drafts[0].version, typed).total == 11305


def test_an_order_that_is_needed_blocks_issuing(work, make, db):
    shop = Shop(work, make)
    shop.agreement({"kind": "fixed_fee", "name": "Care", "price": 1000}, purchase_order_required=True)
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    with pytest.raises(Invalid, match="purchase order"):
        issue(work, draft, draft.version, "11.90")


def test_mail_that_fails_is_said_on_its_invoice(app, work, make, db):
    shop = Shop(work, make)
    shop.entry(60)
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    letter = {"address": "a@b.example", "subject": "Invoice", "text": "Here."}
    with pytest.raises(Refused):
        deliver_by_mail(work, draft, letter)
    issue(work, draft, draft.version, "113.05")
    with pytest.raises(Invalid):
        deliver_by_mail(work, draft, {**letter, "address": "nobody"})
    deliver_by_mail(work, draft, letter)
    assert draft.delivery == "sent"
    db.query(OutgoingMail).update({"state": "failed"})
    db.flush()
    assert note_failures(app) == 1
    db.refresh(draft)
    assert draft.delivery == "failed"
    deliver_by_mail(work, draft, letter)
    db.flush()
    assert note_failures(app) == 0


def test_invoices_never_hold_an_internal_note(work, make, db):
    shop = Shop(work, make, grouping="entry", is_annexed=True, shows_names=True)
    shop.entry(60, note="Moved the mailbox", note_internal="geheimnis")
    shop.agreement({"kind": "block", "name": "Hours", "price": 1, "quantity": 3600})
    shop.entry(60, outcome="covered", line=db.query(AgreementLine).one(), note_internal="geheimnis")
    for draft in prepare_drafts(work, shop.organization, APRIL):
        snapshot = preview(work, draft).snapshot
        assert "geheimnis" not in str(snapshot.to_json())
        assert "Moved the mailbox" in str(snapshot.to_json())
        assert snapshot.annex[0].who == "Jo Fisher"
    assert db.query(Customer).count() == 1
