"""Asking the customer to agree to more than a balance has: one link, an amount and a cap, and their answer for ever."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Conflict, Invalid, NotFound, Problem, Refused
from rtpy.mail.header_lines import is_sendable
from rtpy.mail.sealed_words import sealed_words
from rtpy.models import Organization, Ticket, User
from rtpy.notices.writing import Notice, write_notice
from rtpy.work import Work
from rtpy_billing.agreements.effects import with_effects
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.balances.kinds import UNITS, LineKind, has_balance
from rtpy_billing.balances.quantities import in_words
from rtpy_billing.models import Agreement, AgreementLine, Consent, EntryLine, WorkEntry
from rtpy_billing.money import product, shown
from rtpy_billing.rights import ADMIN_AGREEMENTS, APPROVE_BILLING

ASKED, AGREED, REFUSED, EXPIRED = "asked", "agreed", "refused", "expired"
DAYS = 14


@dataclass(frozen=True, slots=True)
class Ask:
    """What the customer is asked: at most `quantity` (in the line's unit) for at most `amount`, and what for."""

    quantity: int
    amount: int
    address: str
    text: str
    ticket_id: int | None = None
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class Held:
    """Work that waits for consent: how much of it, what it is worth, and since when."""

    quantity: int
    value: int
    since: date | None


def held_work(db: Session, line: AgreementLine) -> Held:
    """What waits on a line. One query."""
    unit = UNITS.get(LineKind(line.kind))
    counted = EntryLine.value if unit == "money" else EntryLine.billed_seconds
    row = db.execute(
        select(func.sum(counted), func.sum(EntryLine.value), func.min(EntryLine.customer_on))
        .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
        .where(EntryLine.line_id == line.id, EntryLine.outcome == "held", WorkEntry.state != "invoiced")
    ).one()
    return Held(int(row[0] or 0), int(row[1] or 0), row[2])


def price_of(line: AgreementLine, quantity: int) -> int | None:
    """What so much more costs at the overflow rate; None where the line does not say it."""
    if UNITS.get(LineKind(line.kind)) == "money":
        return quantity
    if UNITS.get(LineKind(line.kind)) == "seconds" and line.overflow_rate is not None:
        return product(quantity, line.overflow_rate, 3600)
    return None


def ask_consent(work: Work, agreement: Agreement, line: AgreementLine, ask: Ask) -> Consent:
    """Send the link. Needs AdminAgreements or ApproveBilling; an older question about the line is withdrawn."""
    need_system(work, ADMIN_AGREEMENTS, APPROVE_BILLING)
    _check(work, agreement, line, ask)
    work.db.execute(
        update(Consent).where(Consent.line_id == line.id, Consent.state == ASKED).values(state=EXPIRED)
    )
    token = secrets.token_urlsafe(32)
    since = held_work(work.db, line).since or today_of(work, agreement.organization_id)
    consent = Consent(
        line_id=line.id,
        ticket_id=ask.ticket_id,
        quantity=ask.quantity,
        amount=ask.amount,
        currency=agreement.currency,
        text=ask.text,
        token_hash=_hash(token),
        asked=work.now,
        asked_by_id=work.actor.user_id,
        asked_of=ask.address,
        expires=work.now + timedelta(days=ask.days),
        usable_from=since,
    )
    work.db.add(consent)
    work.db.flush()  # the note names its number
    note_configuration(
        work, "consent", consent.id, _title(agreement, line), None, {**_plain(consent), "state": ASKED}
    )
    _send(work, agreement, line, consent, token)
    return consent


def find_consent(db: Session, token: str) -> Consent | None:
    """The question of a link."""
    if not 40 <= len(token) <= 50:
        return None
    return db.scalar(select(Consent).where(Consent.token_hash == _hash(token)))


def standing(consent: Consent, work: Work) -> str:
    """Its state, with the time: a question that nobody answered in time is `expired`."""
    return EXPIRED if consent.state == ASKED and consent.expires <= work.now else consent.state


def answer_consent(work: Work, consent: Consent, *, agrees: bool, name: str) -> None:
    """The customer's answer: once. The actor is the system; who it was is what they say and what the link was sent to.

    Raises Invalid without a name, Conflict when it is answered, withdrawn or too late.
    """
    name = " ".join(name.replace("\0", "").split())[:200]
    if not name:
        raise Invalid(Problem("name", "Please write your name: it is kept with your answer."))
    if standing(consent, work) != ASKED:
        raise Conflict("This question is closed already.")
    line, agreement = _line_of(work.db, consent)

    def answer() -> None:
        changed = work.db.execute(
            update(Consent)
            .where(Consent.id == consent.id, Consent.state == ASKED)
            .values(state=AGREED if agrees else REFUSED, answered=work.now, answered_by=name)
        )
        if not isinstance(changed, CursorResult) or not changed.rowcount:
            raise Conflict("This question is closed already.")
        work.db.refresh(consent)
        note_configuration(
            work,
            "consent",
            consent.id,
            _title(agreement, line),
            {"state": ASKED},
            {"state": consent.state, "answered by": name},
        )

    with_effects(work, agreement.organization_id, answer, confirmed=True)
    _tell_us(work, agreement, line, consent)


def expire_consents(work: Work) -> int:
    """Close the questions that nobody answered in time; how many."""
    changed = work.db.execute(
        update(Consent).where(Consent.state == ASKED, Consent.expires <= work.now).values(state=EXPIRED)
    )
    return changed.rowcount if isinstance(changed, CursorResult) else 0


def _check(work: Work, agreement: Agreement, line: AgreementLine, ask: Ask) -> None:
    problems = []
    if not has_balance(line.kind):
        raise Refused(f"“{line.name}” has no balance.")
    if ask.quantity <= 0:
        problems.append(Problem("more", "How much more is asked for?"))
    if ask.amount < 0:
        problems.append(Problem("amount", "What does it cost at most?"))
    if not is_sendable(ask.address):
        problems.append(Problem("address", "Write the mail address that gets the link."))
    if not ask.text:
        problems.append(Problem("text", "Say in a sentence what it is for: the customer reads it."))
    if not 1 <= ask.days <= 90:
        problems.append(Problem("days", "The link holds from 1 to 90 days."))
    if ask.ticket_id is not None:
        ticket = work.db.get(Ticket, ask.ticket_id)
        if ticket is None or ticket.organization_id != agreement.organization_id:
            problems.append(Problem("ticket", "That is no request of this customer."))
    if problems:
        raise Invalid(*problems)


def _send(work: Work, agreement: Agreement, line: AgreementLine, consent: Consent, token: str) -> None:
    config = work.app.config
    link = sealed_words(config, config.url(f"/billing/consent/{token}"))
    about = f" for your request #{consent.ticket_id}" if consent.ticket_id else ""
    text = (
        f"What your agreement {agreement.name} covers under “{line.name}” is used up. To go on{about} we need your "
        f"consent:\n\n{consent.text}\n\n{asked_words(line, consent)}.\n\nSay yes or no here; no login is needed:\n\n"
        f"{link}\n\nThe link works once and until {consent.expires:%d %B %Y}. Without your answer nothing is charged."
    )
    subject = f"May we go on? {agreement.name}"
    write_notice(work, Notice(subject, text), address=consent.asked_of, name="")


def asked_words(line: AgreementLine, consent: Consent) -> str:
    """The amount and the cap in plain words."""
    quantity = in_words(UNITS[LineKind(line.kind)], consent.quantity, consent.currency)
    return f"At most {quantity} more, at most {shown(consent.amount, consent.currency)} before tax"


def _tell_us(work: Work, agreement: Agreement, line: AgreementLine, consent: Consent) -> None:
    asker = work.db.get(User, consent.asked_by_id)
    if asker is None or not asker.email_address:
        return
    customer = work.db.get_one(Organization, agreement.organization_id).name
    said = "agreed" if consent.state == AGREED else "said no"
    text = (
        f"{consent.answered_by} of {customer} {said}: {asked_words(line, consent)} "
        f"({agreement.number}, {line.name}).\n\n"
        f"{work.app.config.url(f'/billing/agreements/{agreement.id}')}"
    )
    notice = Notice(f"{customer} {said}", text)
    write_notice(work, notice, address=asker.email_address, name=asker.display_name)


def _line_of(db: Session, consent: Consent) -> tuple[AgreementLine, Agreement]:
    row = db.execute(
        select(AgreementLine, Agreement)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(AgreementLine.id == consent.line_id)
    ).one_or_none()
    if row is None:
        raise NotFound("That agreement is gone.")
    return row[0], row[1]


def _plain(consent: Consent) -> Mapping[str, object]:
    return {
        "quantity": consent.quantity,
        "amount": consent.amount,
        "currency": consent.currency,
        "asked of": consent.asked_of,
        "text": consent.text,
    }


def _title(agreement: Agreement, line: AgreementLine) -> str:
    return f"{agreement.number}: {line.name}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
