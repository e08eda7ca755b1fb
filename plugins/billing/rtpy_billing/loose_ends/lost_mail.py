"""Loose ends of the answer that lie in the mail: what came in and stopped, and what went out and came back."""

from collections.abc import Iterable

from sqlalchemy import select

from rtpy.models import IncomingMail, OutgoingMail, OutgoingRecipient, Recurrence, RecurrenceTicket, Ticket
from rtpy_billing.loose_ends.values import End, Found, Kind, Look
from rtpy_billing.models import Agreement, AgreementLine, Consent

REMEMBERED_DAYS = 30


def find_stopped(look: Look) -> Iterable[Found]:
    """A mail that no ticket got: it could not be read, matched or trusted."""
    query = select(IncomingMail.id, IncomingMail.received, IncomingMail.sender, IncomingMail.ticket_id).where(
        IncomingMail.state.in_(("quarantined", "review"))
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=str(row.id),
            since=row.received,
            ticket_id=row.ticket_id,
            thing_id=row.id,
            detail=f"from {row.sender}"[:200],
        )


def find_returned(look: Look) -> Iterable[Found]:
    """A mail about an open ticket that did not reach somebody."""
    query = (
        select(
            OutgoingRecipient.id,
            OutgoingRecipient.address,
            OutgoingMail.created,
            OutgoingMail.ticket_id,
            Ticket.owner_id,
            Ticket.organization_id,
        )
        .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
        .join(Ticket, Ticket.id == OutgoingMail.ticket_id)
        .where(
            OutgoingMail.state == "failed",
            OutgoingMail.created > look.before(days=REMEMBERED_DAYS),
            OutgoingRecipient.state == "failed",
            Ticket.status.in_(look.work.app.lifecycles.active_statuses()),
        )
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=str(row.id),
            since=row.created,
            owner_id=None if row.owner_id == look.nobody_id else row.owner_id,
            ticket_id=row.ticket_id,
            organization_id=row.organization_id,
            detail=f"to {row.address}"[:200],
        )


def find_not_spawned(look: Look) -> Iterable[Found]:
    """A recurring ticket that should be there and is not."""
    db = look.work.db
    late = select(Recurrence.id, Recurrence.name, Recurrence.next_at, Recurrence.owner_id).where(
        Recurrence.disabled.is_(False), Recurrence.next_at < look.before(days=1)
    )
    for row in db.execute(late):
        yield Found(
            key=f"{row.id}:{int(row.next_at.timestamp())}",
            since=row.next_at,
            owner_id=row.owner_id,
            thing_id=row.id,
            detail=row.name,
        )
    failed = (
        select(RecurrenceTicket.moment, Recurrence.id, Recurrence.name, Recurrence.owner_id)
        .join(Recurrence, Recurrence.id == RecurrenceTicket.recurrence_id)
        .where(
            RecurrenceTicket.error != "",
            RecurrenceTicket.ticket_id.is_(None),
            RecurrenceTicket.moment > look.before(days=REMEMBERED_DAYS),
        )
    )
    for made in db.execute(failed):
        yield Found(
            key=f"{made.id}:{int(made.moment.timestamp())}:failed",
            since=made.moment,
            owner_id=made.owner_id,
            thing_id=made.id,
            detail=made.name,
        )


def find_unanswered_consents(look: Look) -> Iterable[Found]:
    """A customer was asked to agree to more, and has not answered."""
    query = (
        select(Consent.id, Consent.asked, Consent.asked_by_id, Consent.ticket_id, Agreement.organization_id)
        .add_columns(Agreement.id.label("agreement_id"))
        .join(AgreementLine, AgreementLine.id == Consent.line_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .where(Consent.state == "asked", Consent.asked < look.before(days=look.limit("consent_days")))
    )
    for row in look.work.db.execute(query):
        yield Found(
            key=str(row.id),
            since=row.asked,
            owner_id=row.asked_by_id,
            ticket_id=row.ticket_id,
            organization_id=row.organization_id,
            thing_id=row.agreement_id,
        )


KINDS = (
    Kind(
        "mail_stopped",
        End.ANSWER,
        "Mail that reached no ticket",
        "Let it in, make a ticket of it, or mark it as junk.",
        "Look at it",
        find_stopped,
    ),
    Kind(
        "mail_returned",
        End.ANSWER,
        "Mail that did not arrive",
        "Somebody who should know does not: correct the address, or ring them.",
        "Open",
        find_returned,
    ),
    Kind(
        "not_spawned",
        End.ANSWER,
        "Recurring tickets that were not made",
        "See why, and make it by hand if it is still wanted.",
        "Open",
        find_not_spawned,
    ),
    Kind(
        "consent_unanswered",
        End.ANSWER,
        "Customers who have not said whether we may go on",
        "The balance is used up, and the question is open: ask once more.",
        "Open",
        find_unanswered_consents,
    ),
)
