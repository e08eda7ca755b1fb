"""A statement goes out once for each period, as PDF, with what is left in the first line and a link to the page."""

from datetime import UTC, datetime

from sqlalchemy import select

from plugins.billing.tests.statements.mailed import link_in
from rtpy.mail.sealed_words import hide_words
from rtpy.models import Attachment, OutgoingMail, Transaction
from rtpy_billing.models import Customer
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.statements.mailing import send_if_due


def test_the_statement_of_the_last_month_is_mailed_once(agree, log, boss, db, clock, work_of):
    agreement, _ = agree("block", {"quantity": "3", "overflow_rate": "100"})
    log("02-10", 150, note_internal="Sekret-4711")
    reprice(boss, agreement.organization_id)
    customer = db.get(Customer, agreement.organization_id)
    assert send_if_due(boss, customer.organization_id) == 0  # nobody asked for it
    customer.email, customer.statement_rhythm = "cfo@client.example", "monthly"
    assert [send_if_due(boss, customer.organization_id) for _ in range(2)] == [1, 0]
    (mail,) = db.scalars(select(OutgoingMail)).all()
    assert mail.subject == "Statement 1 February 2026 to 28 February 2026"
    assert mail.body.splitlines()[0] == "Hours: 0:30 h left"
    (file,) = db.scalars(select(Attachment).where(Attachment.id.in_(mail.attachments))).all()
    assert (file.filename, file.content_type) == ("statement-2026-02-01.pdf", "application/pdf")
    clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    assert send_if_due(work_of("boss"), customer.organization_id) == 1


def test_the_link_is_for_its_addressee_alone(agree, boss, db):
    agreement, _ = agree("block", {"quantity": "3"})
    customer = db.get(Customer, agreement.organization_id)
    customer.email, customer.statement_rhythm, customer.language = "cfo@client.example", "monthly", "de"
    send_if_due(boss, customer.organization_id)
    mail = db.scalars(select(OutgoingMail)).one()
    link = link_in(boss.app, mail)
    assert link not in mail.body  # sealed in the outbox
    assert "Anmeldung" in mail.body
    assert mail.subject == "Übersicht 01.02.2026 bis 28.02.2026"
    said = db.scalars(select(Attachment).join(Transaction).where(Transaction.type == "SendStatement")).all()
    texts = [boss.app.blobs.get(db, one.blob_sha256) for one in said if one.content_type == "text/plain"]
    assert texts
    assert all(b"/billing/statement/" not in text and b"sealed" not in text for text in texts)
    assert "/billing/statement/" not in hide_words(mail.body)
