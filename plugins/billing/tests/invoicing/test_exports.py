"""Exports: batches of what is new, kept as they were made, once for each program, repeats marked."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from plugins.billing.tests.invoicing.made import APRIL, Shop, total
from rtpy.errors import Invalid, NotFound, Refused
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.exports import Wanted, count_new, export, find_batch, list_batches
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.models import Export, ExportedInvoice, Invoice

CSV = Wanted("csv")


@pytest.fixture
def issued(work, make):
    """Issues an invoice over an hour of work, each time for another customer."""

    def issue_one(name: str = "Acme", **of_customer: object) -> Invoice:
        shop = Shop(work, make, name, **of_customer)
        shop.entry(60)
        drafts = prepare_drafts(work, shop.organization, APRIL)
        return issue(work, drafts[0], drafts[0].version, total(drafts))

    return issue_one


def inside(db, batch: Export) -> list[int]:
    return list(db.scalars(select(ExportedInvoice.invoice_id).where(ExportedInvoice.export_id == batch.id)))


def test_a_batch_has_what_is_new_and_is_kept_with_its_hash(work, db, issued, make):
    first, second = issued(), issued("Bolt")
    assert count_new(work, "csv") == 2

    made = export(work, CSV)

    batch = made.batch
    assert (made.count, made.left_out, batch.is_repeat) == (2, (), False)
    assert sorted(inside(db, batch)) == sorted([first.id, second.id])
    assert batch.sha256 == sha256(batch.content).hexdigest()
    assert batch.file_name == f"invoices-{batch.id}.csv"
    assert first.number.encode() in batch.content
    assert (batch.created, batch.actor_id) == (work.now, work.actor.user_id)
    assert count_new(work, "csv") == 0


def test_nothing_is_exported_twice_unless_it_is_asked_for_and_then_marked(work, issued):
    issued()
    once = export(work, CSV).batch
    with pytest.raises(Invalid, match="Nothing new was issued"):
        export(work, CSV)

    again = export(work, Wanted("csv", again=True)).batch

    assert (once.is_repeat, again.is_repeat) == (False, True)
    assert again.content == once.content
    assert again.sha256 == once.sha256
    assert [row.batch.id for row in list_batches(work)] == [again.id, once.id]


def test_each_program_gets_everything_once(work, issued):
    issued()
    export(work, CSV)
    assert export(work, Wanted("ubl")).batch.is_repeat is False


def test_days_and_seller_narrow_a_batch(work, issued):
    invoice = issued()
    day = invoice.issued_on
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    for wanted in (
        Wanted("csv", start=after),
        Wanted("csv", end=before),
        Wanted("csv", seller_id=invoice.seller_id + 1),
    ):
        with pytest.raises(Invalid, match="nothing to export"):
            export(work, wanted)
    assert export(work, Wanted("csv", seller_id=invoice.seller_id, start=day, end=day)).count == 1


def test_drafts_are_never_exported(work, make):
    shop = Shop(work, make)
    shop.entry(60)
    prepare_drafts(work, shop.organization, APRIL)
    with pytest.raises(Invalid, match="nothing to export"):
        export(work, CSV)


def test_what_a_program_cannot_take_stays_new_for_it(work, db, issued):
    lacking = issued(endpoint="", buyer_reference="")
    whole = issued("Bolt")

    made = export(work, Wanted("ubl"))

    assert [one.number for one in made.left_out] == [lacking.number]
    assert inside(db, made.batch) == [whole.id]
    assert count_new(work, "ubl") == 1
    with pytest.raises(Invalid, match="neither a buyer reference nor"):
        export(work, Wanted("ubl"))


def test_a_batch_costs_as_many_queries_for_many_documents_as_for_one(work, db, issued, query_count):
    issued()
    with query_count() as of_one:
        export(work, CSV)
    for name in ("Bolt", "Crane", "Dyer"):
        issued(name)
    with query_count() as of_three:
        export(work, CSV)
    assert of_three.total == of_one.total


def test_only_who_issues_invoices_exports_them_and_reads_exports(work, work_of, make, issued):
    issued()
    batch = export(work, CSV).batch
    make.staff("kim")
    stranger = work_of("kim")
    for deed in (
        lambda: export(stranger, CSV),
        lambda: list_batches(stranger),
        lambda: find_batch(stranger, batch.id),
    ):
        with pytest.raises(Refused):
            deed()
    with pytest.raises(NotFound):
        find_batch(work, batch.id + 1)


@pytest.mark.databases("sqlite")  # the page; what it asks of the database is tested above
def test_the_page_makes_batches_lists_them_and_hands_them_out(root, work, issued):
    invoice = issued()
    page = root.get("/billing/exports")
    assert "Nothing exported yet" in page
    assert "1 issued document has not been exported for CSV" in page
    form = page.forms["export"]
    form["start"] = "no day"
    assert "“no day” is not a day" in form.submit(status=422)
    form["start"] = ""
    form["format"] = "xero"
    assert "S 19 = …" in form.submit(status=422)
    form["format"] = "csv"
    listed = form.submit().follow()
    assert "is made of 1 document." in listed
    download = root.get(listed.html.find("table").find("a")["href"])
    assert invoice.number in download.body.decode("utf-8-sig")
    assert download.headers["Content-Disposition"].startswith('attachment; filename="invoices-')
    form["again"] = True
    assert "repeat" in form.submit().follow().html.find("table").text
    assert root.get("/billing/exports/999/file", status=404)
    for wrong in ({"format": "x"}, {"format": "csv", "seller": "9" * 30, "start": "9999-99-99"}):
        root.post("/billing/exports", {**wrong, "csrf_token": form["csrf_token"].value}, status=422)


def test_a_credited_invoice_is_exported_like_any_other(work, db, issued):
    invoice = issued()
    db.execute(Invoice.__table__.update().where(Invoice.id == invoice.id).values(state="credited"))
    assert export(work, Wanted("csv", end=date(9999, 1, 1))).count == 1
