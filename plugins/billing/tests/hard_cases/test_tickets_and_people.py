"""What tickets, customers and people do meanwhile: they are split, moved, leave, and change the same thing at once."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.split import split_message
from rtpy.errors import Invalid, Refused
from rtpy.models import ConfigChange, Transaction, User
from rtpy_billing.capture.entries import move_entry
from rtpy_billing.capture.forgetting import forget_notes
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.leaks import leaks_of
from rtpy_billing.invoicing.previewing import preview
from rtpy_billing.loose_ends.looking import look
from rtpy_billing.models import LooseEnd

pytestmark = pytest.mark.databases(
    "sqlite"
)  # the statements are those that the tests of each part run on both
APRIL = date(2026, 4, 1)


def sums(entry):
    return entry.amount, entry.value, entry.billed_seconds, entry.state


def test_after_a_split_entries_stay_and_those_that_nobody_approved_can_be_moved(
    work, theirs, logged, approved, make, db
):
    ticket = theirs()
    kept, moved = logged(60, ticket), logged(30, ticket)
    approved(kept)
    message = db.scalars(
        select(Transaction)
        .where(Transaction.object_id == ticket.id, Transaction.type == "Create")
        .options(joinedload(Transaction.creator))
    ).first()
    part = split_message(
        work, ticket, message, queue=make.queue(), subject="The other printer", requestors=()
    )
    assert {kept.ticket_id, moved.ticket_id} == {ticket.id}
    move_entry(work, moved, moved.version, ticket=part)
    db.refresh(ticket)
    db.refresh(part)
    assert (ticket.time_worked, part.time_worked, moved.ticket_id) == (60, 30, part.id)
    with pytest.raises(Refused, match="approved"):
        move_entry(work, kept, kept.version, ticket=part)


def test_of_a_ticket_that_moved_approved_work_stays_with_the_old_customer_and_is_a_loose_end(
    work, shop, theirs, logged, approved, make, db
):
    new = make.organization("New")
    shop.known(new)
    ticket = theirs()
    kept, asks = logged(60, ticket), logged(30, ticket)
    approved(kept)
    before = sums(kept)
    change_ticket(make.system, ticket, SetOrganization(new))
    look(work)
    loose = db.scalars(select(LooseEnd).where(LooseEnd.kind == "moved").order_by(LooseEnd.thing_id)).all()
    assert [(each.thing_id, each.detail) for each in loose] == [
        (kept.id, "the ticket is New's now"),
        (asks.id, "the ticket is New's now"),
    ]
    assert sums(kept) == before
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    assert draft.net == 9500
    assert prepare_drafts(work, new, APRIL) == []


def test_a_note_with_a_secret_or_an_internal_remark_is_seen_before_it_goes_out(
    work, shop, logged, approved, db
):
    logged_ones = [
        logged(30, note_customer="Reset it, the password is Hunter2!"),
        logged(
            30,
            note_customer="Cleaned up after the intern broke the file server again.",
            note_internal="We know that the intern broke the file server again.",
        ),
        logged(30, note_customer="Moved the mailbox."),
    ]
    approved(*logged_ones)
    shop.customer.grouping = "entry"
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    leaks = leaks_of(db, draft, preview(work, draft).snapshot)
    assert [(leak.where, leak.what) for leak in leaks] == [
        ("Line 1", "what looks like a password"),
        ("Line 2", "words of an internal note"),
    ]
    assert "Hunter2" not in " ".join(leak.sentence for leak in leaks)


def test_work_of_somebody_who_left_keeps_its_name_and_can_still_be_billed(
    work, shop, logged, approved, invoiced, make, db
):
    left = make.staff("lea", real_name="Lea Gone")
    entry = logged(60, worked_by_id=left.id)
    approved(entry)
    left.disabled = True
    db.flush()
    assert invoiced(APRIL).net == 9500
    assert db.get_one(User, entry.worked_by_id).real_name == "Lea Gone"


def test_asked_to_forget_somebody_the_notes_go_and_the_amounts_stay(
    work, shop, logged, approved, invoiced, make, db
):
    left = make.staff("lea", real_name="Lea Gone")
    mine = logged(30, note_customer="Kept.")
    entries = [
        logged(60, worked_by_id=left.id, note_customer="Lea was there.", note_internal="Lea was tired."),
        logged(30, worked_by_id=left.id, note_customer="Lea rang."),
    ]
    approved(entries[0])
    invoice = invoiced(APRIL)
    before = [sums(each) for each in entries]
    with pytest.raises(Invalid, match="Type lea"):
        forget_notes(work, left, "Lea Gone")
    assert forget_notes(work, left, "lea") == 2
    assert [sums(each) for each in entries] == before
    assert [(each.note_customer, each.note_internal) for each in entries] == [("", ""), ("", "")]
    assert mine.note_customer == "Kept."
    assert "Lea was there." in str(invoice.snapshot)
    assert db.scalars(select(ConfigChange).where(ConfigChange.kind == "notes of work")).one().name == "lea"


def test_notes_are_forgotten_from_the_page_of_the_person(root, logged, db, make):
    left = make.staff("lea", real_name="Lea Gone")
    entry = logged(60, worked_by_id=left.id, note_internal="Lea was tired.")
    page = root.get(f"/admin/billing/people/{left.id}").click("Forget notes")
    assert "1 entry of Lea Gone hold" in page
    form = next(form for form in page.forms.values() if "confirmed" in form.fields)
    form["confirmed"] = "somebody"
    again = form.submit("deed", value="forget", status=422)
    form = next(form for form in again.forms.values() if "confirmed" in form.fields)
    form["confirmed"] = "lea"
    assert "are forgotten" in form.submit("deed", value="forget").follow()
    db.refresh(entry)
    assert entry.note_internal == ""
