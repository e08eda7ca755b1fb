"""A question about a line opens a request tied to it, and holds nothing up."""

import pytest
from sqlalchemy import select

from rtpy.errors import Invalid, NotFound
from rtpy.models import Attachment, Link, Transaction
from rtpy_billing.models import Customer
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.statements.asking import ask_about_work, shown_entry, shown_request


def test_a_question_becomes_a_request_with_the_line_and_nothing_internal(agree, log, boss, db, make):
    agreement, _ = agree("block", {"quantity": "5"})
    asker = make.customer("cfo@client.example")
    about = make.ticket("Printer", requestor="cfo@client.example")
    entry = log("03-02", 60, ticket_id=about.id, note_customer="Drum changed", note_internal="Sekret-4711")
    reprice(boss, agreement.organization_id)
    entry.state = "approved"
    customer = db.get(Customer, agreement.organization_id)
    customer.statement_detail = "totals"
    for organization, number in (
        (customer.organization_id, entry.id),
        (999, entry.id),
        (customer.organization_id, 999),
    ):
        with pytest.raises(NotFound):
            ask_about_work(boss, organization, number, asker, "Why?")
    customer.statement_detail = "entries"
    with pytest.raises(Invalid):
        ask_about_work(boss, customer.organization_id, entry.id, asker, " ")
    made = ask_about_work(boss, customer.organization_id, entry.id, asker, "Why so long?")
    db.flush()
    assert made.subject == "Question about the work of 2 March 2026"
    assert (made.organization_id, made.queue_id) == (customer.organization_id, about.queue_id)
    assert (entry.evidence, entry.state) == ({"questions": [made.id]}, "approved")
    said = db.scalars(
        select(Attachment)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Transaction.object_id == made.id, Transaction.object_type == "ticket")
    ).all()
    text = " ".join(boss.app.blobs.get(db, one.blob_sha256).decode() for one in said)
    assert "Why so long?" in text
    assert f"1:00 h, #{about.id} Printer: Drum changed" in text
    assert "Sekret-4711" not in text
    assert db.scalars(select(Link.type).where(Link.local_base_id == made.id)).all() == ["RefersTo"]


@pytest.mark.databases("sqlite")  # a set of numbers
def test_a_line_of_what_is_kept_from_customers_names_no_request(agree, log, boss, db, make, keep):
    agreement, _ = agree("block", {"quantity": "5"})
    alert = make.ticket("Alert of Keller")
    entry = log("03-02", 60, ticket_id=alert.id)
    reprice(boss, agreement.organization_id)
    entry.state = "approved"
    db.get(Customer, agreement.organization_id).statement_detail = "entries"
    assert shown_request(boss, agreement.organization_id, alert.id).ticket is alert
    keep(alert)
    line = shown_entry(boss, agreement.organization_id, entry.id)
    assert (line.ticket, "Alert" in line.text) == (None, False)
    with pytest.raises(NotFound):
        shown_request(boss, agreement.organization_id, alert.id)
