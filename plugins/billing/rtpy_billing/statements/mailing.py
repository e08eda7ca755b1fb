"""Statements by mail, on the customer's schedule: once for each week or month, as PDF."""

import logging
import secrets

from sqlalchemy import select

from rtpy.app import App
from rtpy.changes.change import Record
from rtpy.changes.recording import record_on
from rtpy.content.part import Message, Part, PartRole
from rtpy.jobs.worker import Chore
from rtpy.mail.header_lines import is_sendable, mailbox, one_line
from rtpy.mail.sealed_words import sealed_words
from rtpy.models import Attachment, OutgoingMail, OutgoingRecipient, Transaction
from rtpy.work import Work
from rtpy_billing.agreements.granting import customer_day
from rtpy_billing.documents.pdf import Logo, render_statement
from rtpy_billing.documents.printed_statement import print_statement
from rtpy_billing.documents.statement import Statement
from rtpy_billing.documents.words import NARROW, Language
from rtpy_billing.models import Customer, Seller
from rtpy_billing.periods.period import Period
from rtpy_billing.statements.building import build_statement
from rtpy_billing.statements.links import make_link
from rtpy_billing.statements.periods import due_period

log = logging.getLogger("rtpy.billing")

SENT = "SendStatement"
"""The type of the transaction in the organisation's history that says so; its field is the first day of the period."""


def send_due_statements(app: App) -> int:
    """One round of the worker: every customer whose statement is due, each in a transaction of its own; how many."""
    with app.work(reading=True) as work:
        ids = work.db.scalars(
            select(Customer.organization_id)
            .where(Customer.statement_rhythm != "", Customer.email != "")
            .order_by(Customer.organization_id)
        ).all()
    sent = 0
    for number in ids:
        try:
            with app.work() as work:
                sent += send_if_due(work, number)
        except Exception:
            log.exception("the statement of organisation %s could not be sent", number)
    return sent


def send_if_due(work: Work, organization_id: int) -> int:
    """Mail the statement of the last whole week or month, unless that was done; 1 if it was mailed now.

    The customer's row is locked, so that two workers do not send it twice.
    """
    customer = work.db.get(Customer, organization_id, with_for_update=True)
    if customer is None or not is_sendable(customer.email):
        return 0
    period = due_period(customer.statement_rhythm, customer_day(customer, work.now))
    if period is None or _is_sent(work, organization_id, period):
        return 0
    statement = build_statement(work, organization_id, period)
    if statement.balances or statement.requests or statement.invoices:
        send_statement(work, customer, statement)
        return 1
    return 0


def send_statement(work: Work, customer: Customer, statement: Statement) -> OutgoingMail:
    """Write the mail with the PDF into the outbox and note it in the organisation's history."""
    seller = work.db.get(Seller, customer.seller_id) if customer.seller_id else None
    pdf = render_statement(statement, Logo(seller.logo) if seller and seller.logo else None)
    name = f"statement-{statement.start.isoformat()}.pdf"
    say, period = Language(statement.language), Period(statement.start, statement.end)
    text = words(statement)
    subject = say.word("statement_mail", start=say.day(period.start), end=say.day(period.last_day))
    # The history has it without the link: it is for the customer's eyes only.
    body = Part("text/plain", text.encode(), PartRole.BODY, charset="utf-8")
    message = Message(
        parts=(body, Part("application/pdf", pdf, PartRole.FILE, filename=name)), subject=subject
    )
    noted = Transaction(type=SENT, field=statement.start.isoformat(), new_value=customer.email)
    transaction = record_on(work, "organization", customer.organization_id, Record(noted, message=message))
    files = work.db.scalars(
        select(Attachment.id).where(Attachment.transaction_id == transaction.id, Attachment.position > 0)
    )
    config = work.app.config
    reply_to = seller.email if seller and is_sendable(seller.email) else config.mail.correspond_address
    mail = OutgoingMail(
        created=work.now,
        internal=False,
        automatic=False,
        message_id=f"rt-statement-{customer.organization_id}-{secrets.token_hex(12)}@{config.organization}",
        envelope_sender="",
        subject=one_line(subject, 250),
        headers=[
            ("From", mailbox(seller.name if seller else config.rtname, config.mail.correspond_address)),
            ("Reply-To", mailbox(seller.name if seller else config.rtname, reply_to)),
            ("Auto-Submitted", "auto-generated"),
        ],
        body=text + _invitation(work, customer, period, say),
        html_body="",
        attachments=list(files),
        not_before=work.now,
    )
    mail.recipients.append(OutgoingRecipient(kind="to", address=customer.email, name=customer.contact))
    work.db.add(mail)
    return mail


def words(statement: Statement) -> str:
    """What is left, first; the rest stands in the PDF. In the customer's language."""
    printed = print_statement(statement)
    lines = [f"{one['name']}: {one['headline']}".replace(NARROW, " ") for one in printed["balances"]]
    attached = Language(statement.language).word("statement_attached")
    return "\n".join([*lines, *([""] if lines else []), attached, ""])


def _invitation(work: Work, customer: Customer, period: Period, say: Language) -> str:
    """The link to the statement as a page, readable by its addressee alone; nothing where links are off."""
    link = make_link(work, customer, period)
    if link is None:
        return ""
    config, until = work.app.config, say.day(customer_day(customer, link.expires))
    url = sealed_words(config, config.url(f"/billing/statement/{link.token}"))
    return f"\n{say.word('statement_read', date=until)}\n\n{url}\n"


def _is_sent(work: Work, organization_id: int, period: Period) -> bool:
    found = work.db.scalar(
        select(Transaction.id)
        .where(
            Transaction.object_type == "organization",
            Transaction.object_id == organization_id,
            Transaction.type == SENT,
            Transaction.field == period.start.isoformat(),
        )
        .limit(1)
    )
    return found is not None


STATEMENTS = Chore("billing statements", 1800.0, send_due_statements)
