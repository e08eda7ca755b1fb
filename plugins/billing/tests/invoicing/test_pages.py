"""The pages: from setting up a firm over approval to an invoice that is mailed, paid and credited."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from plugins.billing.tests.invoicing.made import APRIL, Shop
from rtpy.models import OutgoingMail
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.models import Customer, Delivery, Invoice, Seller, Series, TaxRateRow, WorkEntry

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def form_with(page, name):
    """The form of a page that has this field or button."""
    return next(form for form in page.forms.values() if name in form.fields)


@pytest.mark.databases("sqlite")  # about forms; what they do is tested on both
def test_a_firm_its_numbers_taxes_and_a_customer_are_set_up_on_pages(root, db, make):
    organization = make.organization("Acme")
    db.flush()
    page = root.get("/admin/billing/sellers/create")
    form = form_with(page, "legal_name")
    form["name"], form["country"], form["account_1"] = "Nordlicht IT", "DE", "DE89370400440532013001"
    wrong = form.submit(status=422)
    assert "mistyped" in wrong.text
    form = form_with(wrong, "legal_name")
    form["account_1"] = "DE89370400440532013000"
    form["logo"] = ("logo.png", PNG, "text/plain")
    form.submit(status=303)
    seller = db.query(Seller).one()
    assert (seller.logo_type, seller.bank_accounts[0]["account"]) == ("image/png", "DE89370400440532013000")
    assert root.get(f"/admin/billing/sellers/{seller.id}/logo").content_type == "image/png"

    numbers = root.get(f"/admin/billing/sellers/{seller.id}/numbers")
    form = form_with(numbers, "invoice.pattern")
    form["invoice.pattern"] = "RE-{number}"
    assert "given twice" in form.submit(status=422).text
    form["invoice.pattern"], form["invoice.next"] = "RE-{yy}-{number:05}", "17"
    form.submit(status=303)
    assert "RE-26-00017" in root.get(f"/admin/billing/sellers/{seller.id}/numbers").text

    form = form_with(root.get("/admin/billing/taxes/create"), "tax_class")
    form["rate"], form["valid_from"] = "19", "2020-01-01"
    form.submit(status=303)
    assert db.query(TaxRateRow).one().rate == 1900
    assert "19 %" in root.get("/admin/billing/taxes").text

    assert "not set up yet" in root.get("/admin/billing/customers").text
    form = form_with(root.get(f"/admin/billing/customers/{organization.id}"), "vat_id")
    form["street"], form["city"], form["country"], form["zone"] = "Weg 5", "Bremen", "de", "Nowhere"
    form = form_with(form.submit(status=422), "vat_id")
    form["zone"] = "Europe/Berlin"
    form.submit(status=303)
    assert db.query(Customer).one().country == "DE"
    assert "Weg 5" in root.get(f"/billing/customer/{organization.id}").text
    assert "Approved, not billed" in root.get(f"/organisations/{organization.id}").text
    assert "VAT number" in root.get("/admin/log").text or "customer" in root.get("/admin/log").text


@pytest.mark.databases("sqlite")  # about forms; what they do is tested on both
def test_a_page_of_work_is_approved_and_what_was_changed_meanwhile_says_so(root, db, make, work):
    shop = Shop(work, make)
    entries = [shop.entry(state="submitted", note=f"Work {at}") for at in range(3)]
    db.flush()
    page = root.get("/billing/approval?step=time")
    assert page.text.count('name="entry"') == 3
    entries[0].version += 1
    db.flush()
    form = form_with(page, "shown")
    wrong = form.submit("deed", value="approve_all", status=422)
    assert "Changed meanwhile" in wrong.text
    form = form_with(root.get("/billing/approval?step=time"), "shown")
    form.submit("deed", value="approve_all", status=303)
    page = root.get("/billing/approval?step=billing")
    form = form_with(page, "shown")
    form.fields["entry"][1].checked = True
    assert "Say why" in form.submit("deed", value="send_back", status=422).text
    form["reason"] = "Which machine?"
    form.submit("deed", value="send_back", status=303)
    form_with(root.get("/billing/approval?step=billing"), "shown").submit(
        "deed", value="approve_all", status=303
    )
    assert sorted(db.scalars(select(WorkEntry.state))) == ["approved", "approved", "draft"]
    assert "95.00" in root.get(f"/billing/approval?step=approved&customer={shop.organization.id}").text


def test_a_draft_is_prepared_changed_issued_mailed_paid_and_credited(root, db, make, work):
    shop = Shop(work, make)
    shop.entry(60, note="Moved the mailbox")
    db.flush()
    form = form_with(root.get(f"/billing/invoices/prepare?customer={shop.organization.id}"), "last_day")
    form["last_day"] = "2026-03-31"
    page = form.submit(status=303).follow()
    assert "Preview." in page.text
    assert "Moved the mailbox" in page.text
    assert root.get(page.request.path + ".pdf").body.startswith(b"%PDF")

    add = form_with(page.click("Add a line"), "unit_price")
    add["text"], add["quantity"], add["unit_price"], add["discount"] = "Cable", "2", "10.00", "50"
    page = add.submit("deed", value="save", status=303).follow()
    form = form_with(page, "confirmed")
    form["confirmed"] = "113.05"
    page = form.submit("deed", value="issue", status=422)
    assert "not the total" in page.text
    form = form_with(page, "confirmed")
    form["confirmed"] = "124.95"
    page = form.submit("deed", value="issue", status=303).follow()
    assert "Invoice 2026-0001" in page.text
    invoice = db.query(Invoice).one()
    here = f"/billing/invoices/{invoice.id}"

    send = form_with(page.click("Deliver"), "address")
    assert send["address"].value == "rechnungen@acme.example"
    send.submit("deed", value="send", status=303)
    mail = db.query(OutgoingMail).filter(OutgoingMail.subject.contains("2026-0001")).one()
    assert len(mail.attachments) == 2
    assert "124.95" in mail.body
    assert db.query(Delivery).one().outgoing_mail_id == mail.id
    assert b"<cbc:ID>2026-0001</cbc:ID>" in root.get(f"{here}.xml").body

    pay = form_with(root.get(here), "paid_on")
    assert pay["amount"].value == "124.95"
    pay["amount"], pay["paid_on"] = "100", "2026-03-02"
    pay.submit("deed", value="pay", status=303)
    assert "24.95" in root.get(here).text

    credit = form_with(root.get(f"{here}/credit"), "reason")
    assert "Say why" in credit.submit("deed", value="draft", status=422).text
    credit["reason"] = "Wrong cable"
    credit["quantity.2"] = "2"
    note = credit.submit("deed", value="draft", status=303).follow()
    assert "Wrong cable" in note.text
    form = form_with(note, "confirmed")
    form["confirmed"] = "11.90"
    assert "Credit note CN-2026-0001" in form.submit("deed", value="issue", status=303).follow().text
    assert re.search(r"13\.05.{0,20}open", root.get(here).text)


@pytest.mark.databases("sqlite")  # about forms; what they do is tested on both
def test_bank_files_are_imported_once(root, db, make, work):
    shop = Shop(work, make)
    shop.entry(60)
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    db.flush()
    form = form_with(root.get(f"/billing/invoices/{draft.id}"), "confirmed")
    form["confirmed"] = "113.05"
    form.submit("deed", value="issue", status=303)
    data = "number;amount;date;reference\n2026-0001;113,05;02.03.2026;Acme\n2026-0099;5;2026-03-02;?\n"
    for said in ("1 payments noted, 0 were known", "0 payments noted, 1 were known"):
        form = form_with(root.get("/billing/invoices/payments"), "file")
        form["file"] = ("bank.csv", data.encode(), "text/csv")
        page = form.submit("deed", value="import", status=303).follow()
        assert said in page.text
        assert "2026-0099" in page.text
    db.refresh(draft)
    assert (draft.paid, draft.paid_on) == (11305, date(2026, 3, 2))
    form = form_with(root.get("/billing/invoices/payments"), "file")
    form["file"] = ("bank.csv", b"\x00\x01\x02", "text/csv")
    form.submit("deed", value="import", status=422)


@pytest.mark.databases("sqlite")  # about rights, not about rows
def test_pages_of_money_take_their_rights(browser, enter, make, db, work):
    shop = Shop(work, make)
    shop.entry(60)
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    jo = make.staff("sam")
    db.flush()
    enter(browser, jo)
    for address in (
        "/billing/invoices",
        f"/billing/invoices/{draft.id}",
        f"/billing/invoices/{draft.id}.pdf",
        f"/billing/customer/{shop.organization.id}",
        "/billing/approval",
        "/admin/billing/sellers",
        "/admin/billing/customers",
        "/admin/billing/taxes",
        "/billing/invoices/prepare",
    ):
        assert browser.get(address, status="*").status_int == 403, address
    make.grant(jo, "SeeMoney")
    page = browser.get(f"/billing/invoices/{draft.id}")
    assert "Issue it" not in page.text
    assert db.query(Series).count() == 0


def test_lists_ask_no_query_in_a_loop(root, db, make, work, query_count):
    shop = Shop(work, make)

    def queries(address: str) -> int:
        root.get(address)
        with query_count() as count:
            root.get(address)
        return count.total

    addresses = (
        "/billing/invoices?show=all",
        f"/billing/customer/{shop.organization.id}",
        "/billing/approval",
    )
    shop.entry(60)
    shop.entry(60, state="submitted")
    (draft,) = prepare_drafts(work, shop.organization, APRIL)
    db.flush()
    one = f"/billing/invoices/{draft.id}"
    before = [queries(address) for address in (*addresses, one)]
    for name in ("Beta", "Gamma", "Delta"):
        other = Shop(work, make, name)
        other.entry(60)
        prepare_drafts(work, other.organization, APRIL)
    for _ in range(5):
        shop.entry(60, state="submitted")
        shop.entry(15)
    prepare_drafts(work, shop.organization, APRIL)
    db.flush()
    after = [queries(address) for address in (*addresses, one)]
    assert after == before
