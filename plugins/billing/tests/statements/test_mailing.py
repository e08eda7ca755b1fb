"""A statement goes out once for each period, as PDF, with what is left in the first line."""

from datetime import UTC, datetime

from sqlalchemy import select

from rtpy.models import Attachment, OutgoingMail
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
    assert mail.subject == "Statement 01 February 2026 to 28 February 2026"
    assert mail.body.splitlines()[0] == "Hours: 0:30 h left"
    (file,) = db.scalars(select(Attachment).where(Attachment.id.in_(mail.attachments))).all()
    assert (file.filename, file.content_type) == ("statement-2026-02-01.pdf", "application/pdf")
    clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    assert send_if_due(work_of("boss"), customer.organization_id) == 1
