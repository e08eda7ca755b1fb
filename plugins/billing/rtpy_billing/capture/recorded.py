"""What the core records on tickets, as far as work entries follow: minutes, merges, moves to another customer."""

from datetime import UTC

from sqlalchemy import delete, func, select, update

from rtpy.content.part import Message
from rtpy.models import Ticket, Transaction, User
from rtpy.work import Face, Work
from rtpy_billing.capture.booking import is_booked_by_entry
from rtpy_billing.capture.late import is_late
from rtpy_billing.capture.local_time import zone_named
from rtpy_billing.capture.mailed import work_type_said
from rtpy_billing.capture.values import OPEN_STATES
from rtpy_billing.models import Suggestion, TicketTerms, Timer, WorkEntry
from rtpy_billing.repricing.reprice import reprice

SOURCES = {Face.MAIL.value: "mail", Face.REST1.value: "api", Face.REST2.value: "api"}


def follow(work: Work, ticket: Ticket, transaction: Transaction, message: Message | None) -> None:
    """Make or move entries as a transaction of the core says; those without minutes cost nothing."""
    if transaction.time_taken:
        if not is_booked_by_entry(transaction):
            if transaction.time_taken > 0:
                _add(work, ticket, transaction, message)
            else:
                _take_back(work, ticket, transaction)
    elif transaction.type == "AddLink" and transaction.field == "MergedInto":
        if ticket.merged_into_id is not None:
            _merge(work, ticket, ticket.merged_into_id)
    elif transaction.type == "Set" and transaction.field == "Organization":
        _ask_where(work, ticket)


def _add(work: Work, ticket: Ticket, transaction: Transaction, message: Message | None) -> None:
    """One draft for one transaction with minutes."""
    entry = _entry(work, ticket, transaction, transaction.time_taken)
    terms = work.db.get(TicketTerms, ticket.id)
    said = work_type_said(work, message) if transaction.face == Face.MAIL.value and message else None
    entry.work_type_id = said or (terms.work_type_id if terms else None)
    work.db.add(entry)
    work.db.flush()
    reprice(work, entry.organization_id, (entry.id,))


def _take_back(work: Work, ticket: Ticket, transaction: Transaction) -> None:
    """Corrections of the youngest entries, the same person's first.

    What no entry holds was booked on the ticket before there were entries.
    """
    left = -transaction.time_taken * 60
    mine = WorkEntry.worked_by_id == transaction.time_worker_id
    entries = work.db.scalars(
        select(WorkEntry)
        .where(WorkEntry.ticket_id == ticket.id, WorkEntry.corrects_id.is_(None))
        .order_by(mine.desc(), WorkEntry.id.desc())
    ).all()
    sums = work.db.execute(
        select(WorkEntry.corrects_id, func.sum(WorkEntry.worked_seconds).label("seconds"))
        .where(WorkEntry.ticket_id == ticket.id, WorkEntry.corrects_id.is_not(None))
        .group_by(WorkEntry.corrects_id)
    )
    corrected = {row.corrects_id: int(row.seconds) for row in sums}
    made: list[WorkEntry] = []
    for original in entries:
        there = original.worked_seconds + corrected.get(original.id, 0)
        seconds = min(left, there) // 60 * 60
        if seconds > 0:
            correction = _entry(work, ticket, transaction, -seconds // 60)
            copy_terms(original, correction)
            work.db.add(correction)
            made.append(correction)
            left -= seconds
    work.db.flush()
    for organization_id in {each.organization_id for each in made}:
        reprice(work, organization_id, [each.id for each in made])


def _entry(work: Work, ticket: Ticket, transaction: Transaction, minutes: int) -> WorkEntry:
    worker = work.db.get_one(User, transaction.time_worker_id)
    zone = zone_named(worker.timezone)
    by_default = transaction.time_worked_date == transaction.created.astimezone(UTC).date()
    day = transaction.created.astimezone(zone).date() if by_default else transaction.time_worked_date
    assert day is not None  # the recording gives every booking its day
    return WorkEntry(
        ticket_id=ticket.id,
        transaction_id=transaction.id,
        organization_id=ticket.organization_id,
        site_id=ticket.site_id,
        worked_by_id=worker.id,
        entered_by_id=transaction.creator_id,
        zone=worker.timezone or "UTC",
        worked_on=day,
        worked_seconds=minutes * 60,
        source="correction" if minutes < 0 else SOURCES.get(transaction.face, "reply"),
        created=work.now,
        updated=work.now,
        is_late=transaction.type != "Create" and is_late(work, ticket, ticket.organization_id, day),
    )


def copy_terms(original: WorkEntry, correction: WorkEntry) -> None:
    """A correction is priced as what it corrects."""
    correction.corrects_id = original.id
    correction.worked_by_id = original.worked_by_id
    correction.worked_on = original.worked_on
    correction.zone = original.zone
    correction.organization_id = original.organization_id
    correction.site_id = original.site_id
    for name in ("work_type_id", "role_id", "line_id", "rate", "charge_mode", "charge_reason"):
        setattr(correction, name, getattr(original, name))


def _merge(work: Work, ticket: Ticket, target_id: int) -> None:
    """Entries, timers and suggestions go along; what was decided for the ticket stays where the other has nothing."""
    db = work.db
    for model in (WorkEntry, Timer, Suggestion):
        db.execute(update(model).where(model.ticket_id == ticket.id).values(ticket_id=target_id))
    if db.get(TicketTerms, target_id) is None:
        db.execute(update(TicketTerms).where(TicketTerms.ticket_id == ticket.id).values(ticket_id=target_id))
    else:
        db.execute(delete(TicketTerms).where(TicketTerms.ticket_id == ticket.id))
    _ask_where(work, db.get_one(Ticket, target_id))


def _ask_where(work: Work, ticket: Ticket) -> None:
    """Open entries of another customer ask whether they go along; those of nobody go. Approved ones stay."""
    organization_id = ticket.organization_id
    found = work.db.scalars(
        select(WorkEntry).where(WorkEntry.ticket_id == ticket.id, WorkEntry.state.in_(OPEN_STATES))
    ).all()
    for entry in found:
        if entry.organization_id is None or entry.organization_id == organization_id:
            entry.organization_id = organization_id
            entry.asked_organization_id = None
        else:
            entry.asked_organization_id = organization_id
    if found:
        for each in {organization_id, None, *(entry.organization_id for entry in found)}:
            reprice(work, each)
