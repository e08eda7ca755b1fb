"""Expenses, travel and parts: entered with a receipt, approved, and billed once."""

from datetime import date

import pytest

from plugins.billing.tests.invoicing.made import APRIL, Shop
from rtpy.errors import Conflict, Invalid, Refused
from rtpy_billing.invoicing.crediting import credit_invoice
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.expenses import approve_expenses, save_expense, send_expenses_back
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.invoicing.previewing import lines_of
from rtpy_billing.models import Expense, WorkType

PDF = b"%PDF-1.7 receipt"


def given(shop, **more):
    return {
        "kind": "expense",
        "organization": str(shop.organization.id),
        "spent_on": "2026-03-02",
        "text": "Cable",
        "quantity": "2",
        "price": "12.50",
        "currency": "EUR",
        "charge_mode": "billable",
        **more,
    }


def test_an_approved_expense_is_billed_once(work, make, db):
    shop = Shop(work, make)
    saved = save_expense(work, None, given(shop, kind="part", serial="X1"), ("bill.pdf", PDF)).expense
    assert (saved.receipt_type, saved.state) == ("application/pdf", "draft")
    assert prepare_drafts(work, shop.organization, APRIL) == []
    approve_expenses(work, {saved.id: saved.version})
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    (line,) = lines_of(db, draft)
    assert (line.text, line.net, draft.total) == ("Cable\nSN X1", 2500, 2975)
    assert prepare_drafts(work, shop.organization, APRIL) == []
    issue(work, draft, draft.version, "29.75")
    assert saved.state == "invoiced"
    with pytest.raises(Invalid, match="billed already"):
        send_expenses_back(work, {saved.id: saved.version})
    note = credit_invoice(work, draft, "Returned")
    issue(work, note, note.version, "29.75")
    assert saved.state == "approved"


@pytest.mark.databases("sqlite")  # a table of what forms say
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "many"}, "quantity"),
        ({"price": ""}, "price"),
        ({"price": "-1"}, "price"),
        ({"text": ""}, "text"),
        ({"spent_on": "soon"}, "spent_on"),
        ({"currency": "USD"}, "currency"),
        ({"ticket": "99999"}, "ticket"),
        ({"organization": "99999"}, "organization"),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field(work, make, wrong, field):
    shop = Shop(work, make)
    with pytest.raises(Invalid) as refused:
        save_expense(work, None, given(shop, **wrong))
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_receipt_is_what_its_bytes_say(work, make):
    shop = Shop(work, make)
    with pytest.raises(Invalid, match="PDF, PNG or JPEG"):
        save_expense(work, None, given(shop), ("bill.pdf", b"<script>alert(1)</script>"))


def test_a_way_that_is_billed_twice_is_told(work, make, db):
    shop = Shop(work, make)
    travel = given(shop, kind="travel", quantity="42", price="0.70", text="Way to Bremen")
    assert save_expense(work, None, travel).remarks == ()
    assert "another trip" in save_expense(work, None, {**travel, "travel": "zone"}).remarks[0]
    db.add(WorkType(name="Travel time"))
    db.flush()
    kind = db.query(WorkType).filter(WorkType.name == "Travel time").one()
    entry = shop.entry(30, work_type_id=kind.id)
    entry.worked_by_id = work.actor.user_id
    db.flush()
    other = save_expense(work, None, {**travel, "spent_on": "2026-03-01"}).remarks
    assert [sentence for sentence in other if "billed twice" in sentence]


def test_only_drafts_change_and_never_behind_ones_back(work, make, work_of):
    shop = Shop(work, make)
    saved = save_expense(work, None, given(shop)).expense
    with pytest.raises(Conflict):
        save_expense(work, saved, given(shop), version=saved.version - 1)
    make.staff("sam")
    with pytest.raises(Refused):
        save_expense(work_of("sam"), saved, given(shop))
    with pytest.raises(Refused):
        approve_expenses(work_of("sam"), {saved.id: saved.version})
    approve_expenses(work, {saved.id: saved.version})
    with pytest.raises(Refused, match="Only drafts"):
        save_expense(work, saved, given(shop))


@pytest.mark.databases("sqlite")  # about forms; what they do is tested on both
def test_expenses_have_pages(root, db, make, work):
    shop = Shop(work, make)
    db.flush()
    page = root.get("/billing/expenses/create")
    form = next(form for form in page.forms.values() if "price" in form.fields)
    form["organization"], form["text"], form["price"] = str(shop.organization.id), "Parking", "8"
    form["spent_on"] = date(2026, 3, 2).isoformat()
    form["receipt"] = ("receipt.png", b"\x89PNG\r\n\x1a\n....", "image/png")
    page = form.submit("deed", value="save", status=303).follow()
    assert "Parking" in page.text
    row = db.query(Expense).one()
    assert root.get(f"/billing/expenses/{row.id}/receipt").content_type == "image/png"
    form = next(form for form in page.forms.values() if "expense" in form.fields)
    form.fields["expense"][0].checked = True
    form.submit("deed", value="approve", status=303)
    assert "Parking" in root.get("/billing/expenses?show=approved").text
