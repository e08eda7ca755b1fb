"""Delivering: documents go out by the core's outgoing mail, written in the same transaction as the note of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from rtpy.app import App
from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.changes.recording import record_on
from rtpy.content.part import Message, Part, PartRole
from rtpy.errors import Invalid, Problem, Refused
from rtpy.jobs.worker import Chore
from rtpy.mail.header_lines import is_sendable, mailbox, one_line
from rtpy.models import Attachment, OutgoingMail, OutgoingRecipient, Transaction
from rtpy.work import Work
from rtpy_billing.invoicing.files import files_for_mail
from rtpy_billing.invoicing.words import words_of
from rtpy_billing.models import Customer, Delivery, Invoice, Seller
from rtpy_billing.money import shown
from rtpy_billing.rights import ISSUE_INVOICES

SENT, FAILED, BY_HAND = "sent", "failed", "by_hand"
MOST_ADDRESSES = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail that a document goes out with."""

    address: str
    subject: str
    text: str


def usual_letter(work: Work, invoice: Invoice) -> Letter:
    """The mail in the customer's language, to where their invoices go."""
    seller = work.db.get_one(Seller, invoice.seller_id)
    customer = work.db.get(Customer, invoice.organization_id)
    words = words_of(customer.language if customer else seller.language)
    is_invoice = invoice.kind == "invoice"
    values = {
        "number": invoice.number or "",
        "total": shown(invoice.total, invoice.currency),
        "due": words.day(invoice.due_on) if invoice.due_on else "",
        "seller": seller.legal_name or seller.name,
    }
    subject = words.mail_subject if is_invoice else words.credit_subject
    text = words.mail_text if is_invoice else words.credit_text
    return Letter(customer.email if customer else "", subject.format(**values), text.format(**values))


def deliver_by_mail(work: Work, invoice: Invoice, given: Mapping[str, str]) -> Delivery:
    """Mail an issued document, PDF and electronic invoice attached. Needs IssueInvoices; raises Invalid, Refused.

    `given`: `address` (several between commas), `subject`, `text`.
    """
    need_system(work, ISSUE_INVOICES)
    _need_issued(invoice)
    letter = _read(given)
    seller = work.db.get_one(Seller, invoice.seller_id)
    attachments = _attach(work, invoice, letter)
    config = work.app.config
    sender = seller.email if is_sendable(seller.email) else config.mail.correspond_address
    mail = OutgoingMail(
        created=work.now,
        internal=False,
        automatic=False,
        message_id=f"rt-invoice-{invoice.id}-{secrets.token_hex(12)}@{config.organization}",
        envelope_sender="",
        subject=one_line(letter.subject, 250),
        headers=[
            ("From", mailbox(seller.legal_name or seller.name, config.mail.correspond_address)),
            ("Reply-To", mailbox(seller.name, sender)),
        ],
        body=letter.text.rstrip() + "\n",
        html_body="",
        attachments=attachments,
        not_before=work.now,
    )
    for address in _addresses(letter.address):
        mail.recipients.append(OutgoingRecipient(kind="to", address=address, name=""))
    work.db.add(mail)
    work.db.flush()
    return _note(work, invoice, "mail", letter.address, SENT, mail.id)


def deliver_by_hand(work: Work, invoice: Invoice, how: str) -> Delivery:
    """Note that somebody brought it to the customer otherwise: by letter, by a portal. Needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    _need_issued(invoice)
    return _note(work, invoice, "by_hand", " ".join(how.split())[:255], BY_HAND)


def note_failures(app: App) -> int:
    """A round of the worker: what could not be delivered is said on its invoice, and what was after all. How many."""
    with app.work() as work:
        rows = work.db.execute(
            select(Invoice, OutgoingMail.state)
            .join(Delivery, Delivery.invoice_id == Invoice.id)
            .join(OutgoingMail, OutgoingMail.id == Delivery.outgoing_mail_id)
            .where(
                ((Invoice.delivery == SENT) & OutgoingMail.state.in_(("failed", "canceled")))
                | ((Invoice.delivery == FAILED) & (OutgoingMail.state == "sent"))
            )
            .where(~_later_delivery())
            .limit(200)
        ).all()
        for invoice, state in rows:
            invoice.delivery = SENT if state == "sent" else FAILED
        return len(rows)


FAILURES = Chore("billing deliveries", 60.0, note_failures)


def _later_delivery() -> ColumnElement[bool]:
    """Was it sent again afterwards?"""
    later = aliased(Delivery)
    return select(later.id).where(later.invoice_id == Delivery.invoice_id, later.id > Delivery.id).exists()


def _need_issued(invoice: Invoice) -> None:
    if invoice.state == "draft":
        raise Refused("A draft is not delivered: issue it first.")


def _read(given: Mapping[str, str]) -> Letter:
    address, subject = given.get("address", "").strip(), given.get("subject", "").strip()
    text = given.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    problems = []
    found = _addresses(address)
    if not found:
        problems.append(Problem("address", "Where should it go?"))
    elif len(found) > MOST_ADDRESSES or not all(is_sendable(one) for one in found):
        problems.append(Problem("address", "Write mail addresses, separated by commas."))
    if not subject:
        problems.append(Problem("subject", "A mail needs a subject."))
    if not text or len(text) > 20_000:
        problems.append(Problem("text", "Write a few words to the customer."))
    if problems:
        raise Invalid(*problems)
    return Letter(", ".join(found)[:255], subject, text)


def _addresses(text: str) -> list[str]:
    return [one.strip() for one in text.replace(";", ",").split(",") if one.strip()]


def _attach(work: Work, invoice: Invoice, letter: Letter) -> list[int]:
    """Keep what is sent exactly as it is sent, in the history of the document; the ids of the files."""
    files = [
        Part(each.type, each.content, PartRole.FILE, filename=each.name)
        for each in files_for_mail(work, invoice)
    ]
    body = Part("text/plain", letter.text.encode(), PartRole.BODY, charset="utf-8")
    message = Message(parts=(body, *files), subject=letter.subject)
    entry = Record(Transaction(type="Deliver", field=""), message=message)
    transaction = record_on(work, "billing_invoice", invoice.id, entry)
    rows = work.db.scalars(
        select(Attachment.id)
        .where(Attachment.transaction_id == transaction.id, Attachment.position > 0)
        .order_by(Attachment.position)
    )
    return list(rows)


def _note(
    work: Work, invoice: Invoice, way: str, recipient: str, state: str, mail_id: int | None = None
) -> Delivery:
    delivery = Delivery(
        invoice_id=invoice.id,
        way=way,
        recipient=recipient,
        outgoing_mail_id=mail_id,
        at=work.now,
        actor_id=work.actor.user_id,
    )
    work.db.add(delivery)
    invoice.delivery = state
    work.db.flush()
    return delivery
