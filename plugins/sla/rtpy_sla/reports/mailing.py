"""Service reports by mail: on the day that is set, once for each customer and month, as PDF."""

import logging
import secrets
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from rtpy.app import App
from rtpy.changes.change import Record
from rtpy.changes.configuring import note_configuration
from rtpy.changes.recording import record_on
from rtpy.content.part import Message, Part, PartRole
from rtpy.errors import Conflict, Invalid, Problem
from rtpy.jobs.worker import Chore
from rtpy.mail.header_lines import is_sendable, mailbox, one_line
from rtpy.models import Attachment, Organization, OutgoingMail, OutgoingRecipient, Transaction
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_sla.models import ReportReader, ServiceReport
from rtpy_sla.printed.figures import Figures
from rtpy_sla.printed.pdf import render
from rtpy_sla.printed.words import LANGUAGES, Language
from rtpy_sla.reports.for_customers import without_kept
from rtpy_sla.reports.service import last_month, make_report, need_to_change, stored, zone_of

log = logging.getLogger("rtpy.sla")
SENT = "SendServiceReport"
"""The type of the transaction in the organisation's history; its field is the first day of the month."""
MOST_READERS = 20


def save_readers(work: Work, organization_id: int, addresses: str, language: str) -> ReportReader:
    """Whom this customer's reports are mailed to, one address a line. Needs what making one needs. Raises Invalid."""
    need_to_change(work)
    wanted = list(dict.fromkeys(filter(None, (each.strip() for each in addresses.splitlines()))))
    wrong = next((each for each in wanted if not is_sendable(each)), None)
    if wrong is not None:
        raise Invalid(Problem("addresses", f"“{wrong[:80]}” is not a mail address."))
    if len(wanted) > MOST_READERS:
        raise Invalid(Problem("addresses", f"At most {MOST_READERS} addresses."))
    if language not in LANGUAGES:
        raise Invalid(Problem("language", "Choose one of the languages."))
    row = work.db.get(ReportReader, organization_id)
    before = {"addresses": readers(row), "language": row.language} if row else None
    if row is None:
        row = ReportReader(organization_id=organization_id)
        work.db.add(row)
    row.addresses, row.language = "\n".join(wanted), language
    after = {"addresses": wanted, "language": language}
    if before != after:
        name = work.db.scalar(select(Organization.name).where(Organization.id == organization_id)) or ""
        note_configuration(work, "service report", organization_id, name, before, after)
    work.db.flush()
    return row


def readers(row: ReportReader | None) -> list[str]:
    """The addresses."""
    return [each for each in row.addresses.splitlines() if each] if row else []


def send_due_reports(app: App) -> int:
    """One round of the worker: from the day that is set on, every customer with addresses; how many were mailed."""
    with app.work(reading=True) as work:
        day = int(setting(app, work.db, "sla.report_day"))
        if not day or work.now.astimezone(zone_of(work)).day < day:
            return 0
        month = last_month(work)
        sent = select(ServiceReport.organization_id).where(
            ServiceReport.month == month, ServiceReport.sent.is_not(None)
        )
        ids = work.db.scalars(
            select(ReportReader.organization_id)
            .join(Organization, Organization.id == ReportReader.organization_id)
            .where(
                ReportReader.addresses != "",
                Organization.disabled.is_(False),
                ReportReader.organization_id.not_in(sent),
            )
            .order_by(ReportReader.organization_id)
        ).all()
    done = 0
    for number in ids:
        try:
            with app.work() as work:
                done += send_once(work, number, month)
        except Exception:
            log.exception("the service report of organisation %s could not be sent", number)
    return done


def send_once(work: Work, organization_id: int, month: date) -> int:
    """Mail it unless that was done, or there is nothing to say; 1 if it was mailed now.

    The row of its readers is locked, so that two workers do not send it twice.
    """
    reader = work.db.get(ReportReader, organization_id, with_for_update=True, populate_existing=True)
    to = readers(reader)
    if not to:
        return 0
    row = stored(work, organization_id, month)
    if row is None:
        row = make_report(work, organization_id, month)
    else:
        work.db.refresh(row)
    figures = without_kept(work, Figures.from_json(row.figures))
    if row.sent is not None or figures.is_empty:
        return 0
    _write_mail(work, organization_id, figures, to)
    row.sent, row.sent_to = work.now, "\n".join(to)
    work.db.flush()
    return 1


def send_now(work: Work, organization_id: int, month: date) -> None:
    """The same because somebody said so. Needs what making one needs.

    Raises Conflict with a sentence when nothing goes out.
    """
    need_to_change(work)
    if not readers(work.db.get(ReportReader, organization_id)):
        raise Conflict("Say first to whom it goes: give one or more addresses.")
    if not send_once(work, organization_id, month):
        raise Conflict("It was mailed already, or there is nothing to report.")


def _write_mail(work: Work, organization_id: int, figures: Figures, to: Iterable[str]) -> None:
    """Write the mail with the PDF into the outbox, and note it in the organisation's history."""
    say = Language(figures.language)
    month = say.month(date.fromisoformat(figures.month))
    text = f"{say.word('mail', month=month)}\n"
    subject = f"{say.word('title')}: {month}"
    body = Part("text/plain", text.encode(), PartRole.BODY, charset="utf-8")
    name = f"service-report-{figures.month[:7]}.pdf"
    file = Part("application/pdf", render(figures), PartRole.FILE, filename=name)
    noted = Transaction(type=SENT, field=figures.month, new_value=", ".join(to)[:255])
    transaction = record_on(
        work,
        "organization",
        organization_id,
        Record(noted, message=Message(parts=(body, file), subject=subject)),
    )
    files = work.db.scalars(
        select(Attachment.id).where(Attachment.transaction_id == transaction.id, Attachment.position > 0)
    ).all()
    config = work.app.config
    sender = mailbox(figures.sender, config.mail.correspond_address)
    for address in to:
        mail = OutgoingMail(
            created=work.now,
            internal=False,
            automatic=False,
            message_id=f"rt-service-report-{organization_id}-{secrets.token_hex(12)}@{config.organization}",
            envelope_sender="",
            subject=one_line(subject, 250),
            headers=[("From", sender), ("Reply-To", sender), ("Auto-Submitted", "auto-generated")],
            body=text,
            html_body="",
            attachments=list(files),
            not_before=work.now,
        )
        mail.recipients.append(OutgoingRecipient(kind="to", address=address, name=""))
        work.db.add(mail)


MAILING = Chore("sla service reports", 1800.0, send_due_reports)
