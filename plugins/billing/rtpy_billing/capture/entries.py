"""Work entries: logged, changed, deleted while they are drafts, corrected and moved afterwards."""

from sqlalchemy import select, update

from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.models import Organization, Ticket, User
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_billing.capture.allowed import need_log
from rtpy_billing.capture.booking import book_entry, need_to_book
from rtpy_billing.capture.late import is_closed, is_late
from rtpy_billing.capture.local_time import zone_named
from rtpy_billing.capture.overlaps import check_overlap
from rtpy_billing.capture.recorded import copy_terms
from rtpy_billing.capture.values import DRAFT, LONGEST_DAY, MODES, OPEN_STATES, Given, Logged
from rtpy_billing.models import Suggestion, WorkEntry, WorkType
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.rights import APPROVE_TIME


def log_work(work: Work, given: Given) -> Logged:
    """Make a draft of it, and book its minutes on its ticket in the same transaction.

    Raises Invalid with the fields of forms (ticket, minutes, worked_on, started, work_type, charge), Refused.
    """
    need_log(work, given.worked_by_id)
    remarks = _check(work, given, None)
    if given.ticket is not None:
        _check_closed(work, given.ticket)
    entry = WorkEntry(
        worked_by_id=given.worked_by_id,
        entered_by_id=work.actor.user_id,
        source=given.source,
        evidence=given.evidence,
        created=work.now,
    )
    _fill(work, entry, given)
    work.db.add(entry)
    work.db.flush()
    if given.ticket is not None:
        book_entry(work, given.ticket, entry, given.minutes)
    reprice(work, entry.organization_id, (entry.id,))
    return Logged(entry, remarks)


def change_entry(work: Work, entry: WorkEntry, given: Given, version: int) -> Logged:
    """Change a draft; its ticket's time follows. Raises Invalid, Refused, and Conflict for an old version."""
    need_log(work, entry.worked_by_id)
    if entry.state != DRAFT:
        raise Refused("Only drafts can be changed. Ask who approves to send it back, or correct it.")
    if given.worked_by_id != entry.worked_by_id:
        raise Refused("An entry stays with who worked: delete it and log another one.")
    if entry.corrects_id is not None:
        raise Refused("A correction is not changed: delete it and correct again.")
    take_version(work, entry, version)
    remarks = _check(work, given, entry)
    before, organization = _ticket_of(work, entry), entry.organization_id
    moved = (before.id if before else None) != (given.ticket.id if given.ticket else None)
    is_same = not moved and (entry.worked_seconds, entry.worked_on) == (given.seconds, given.worked_on)
    if before is not None and not is_same:
        book_entry(work, before, entry, -entry.worked_seconds // 60)
    if moved and given.ticket is not None:
        _check_closed(work, given.ticket)
    _fill(work, entry, given)
    if given.ticket is not None and not is_same:
        book_entry(work, given.ticket, entry, given.minutes)
    elif given.ticket is None:
        entry.transaction_id = None
    _reprice(work, entry, organization)
    return Logged(entry, remarks)


def delete_entry(work: Work, entry: WorkEntry, version: int) -> None:
    """Take a draft away, and its minutes off its ticket. Raises Refused, Conflict."""
    need_log(work, entry.worked_by_id)
    if entry.state != DRAFT:
        raise Refused("Only drafts can be deleted. What was submitted is sent back or corrected.")
    if work.db.scalar(select(WorkEntry.id).where(WorkEntry.corrects_id == entry.id).limit(1)) is not None:
        raise Refused("There is a correction of this entry: delete that first.")
    take_version(work, entry, version)
    ticket = _ticket_of(work, entry)
    if ticket is not None:
        book_entry(work, ticket, entry, -entry.worked_seconds // 60)
    work.db.execute(
        update(Suggestion).where(Suggestion.entry_id == entry.id).values(entry_id=None, state="open")
    )
    work.db.flush()
    organization_id = entry.organization_id
    work.db.delete(entry)
    reprice(work, organization_id)


def correct_entry(work: Work, original: WorkEntry, minutes: int, why: str) -> WorkEntry:
    """A draft that takes back from an entry, or adds to it, once the entry itself is no draft any more.

    Of all entries only these are negative. Together they never leave less than nothing. Raises Invalid, Refused.
    """
    need_log(work, original.worked_by_id)
    if original.state == DRAFT:
        raise Refused("This entry is a draft: change it itself.")
    if original.corrects_id is not None:
        raise Refused("This is a correction: correct the entry that it corrects.")
    left = original.worked_seconds + sum(
        work.db.scalars(select(WorkEntry.worked_seconds).where(WorkEntry.corrects_id == original.id))
    )
    problems = []
    if not minutes or abs(minutes) > LONGEST_DAY:
        problems.append(Problem("minutes", "Say by how much: -10m takes ten minutes back, 10m adds them."))
    elif left + minutes * 60 < 0:
        problems.append(Problem("minutes", f"Only {left // 60} minutes are left of this entry."))
    if not why.strip():
        problems.append(Problem("note_internal", "Say why: whoever approves reads it."))
    if problems:
        raise Invalid(*problems)
    ticket = _ticket_of(work, original)
    entry = WorkEntry(
        ticket_id=original.ticket_id,
        entered_by_id=work.actor.user_id,
        worked_seconds=minutes * 60,
        note_internal=why.strip(),
        source="correction",
        created=work.now,
        updated=work.now,
        is_late=is_late(work, ticket, original.organization_id, original.worked_on),
    )
    copy_terms(original, entry)
    work.db.add(entry)
    work.db.flush()
    if ticket is not None:
        book_entry(work, ticket, entry, minutes)
    reprice(work, entry.organization_id, (entry.id,))
    return entry


def move_entry(
    work: Work, entry: WorkEntry, version: int, *, ticket: Ticket | None, organization_id: int | None = None
) -> None:
    """Put an entry that nobody has approved on another ticket, or on none for a customer. Raises Refused, Conflict."""
    need_log(work, entry.worked_by_id)
    if entry.state not in OPEN_STATES:
        raise Refused(
            "This work is approved: it stays where it is. Correct it, and log it anew where it belongs."
        )
    take_version(work, entry, version)
    before, organization = _ticket_of(work, entry), entry.organization_id
    if before is not None:
        book_entry(work, before, entry, -entry.worked_seconds // 60)
    entry.ticket_id, entry.transaction_id = (ticket.id if ticket else None), None
    entry.organization_id = ticket.organization_id if ticket else organization_id
    entry.site_id = ticket.site_id if ticket else None
    entry.line_id = entry.asked_organization_id = None
    if ticket is not None:
        need_to_book(work, ticket)
        book_entry(work, ticket, entry, entry.worked_seconds // 60)
    _reprice(work, entry, organization)


def answer_move(work: Work, entry: WorkEntry, version: int, *, goes_along: bool) -> None:
    """The ticket moved to another customer: the entry goes along, or stays. Raises Refused, Conflict."""
    need_log(work, entry.worked_by_id)
    if entry.asked_organization_id is None or entry.state not in OPEN_STATES:
        raise Refused("Nothing is asked about this entry any more.")
    take_version(work, entry, version)
    organization = entry.organization_id
    if goes_along:
        entry.organization_id, entry.line_id = entry.asked_organization_id, None
    entry.asked_organization_id = None
    _reprice(work, entry, organization)


def take_version(work: Work, entry: WorkEntry, version: int) -> None:
    """Take the turn to change an entry that was read at `version`. Raises Conflict when somebody else was quicker."""
    work.db.flush()
    taken = work.db.execute(
        update(WorkEntry)
        .where(WorkEntry.id == entry.id, WorkEntry.version == version)
        .values(version=version + 1, updated=work.now)
        .execution_options(synchronize_session=False)
    )
    work.db.refresh(entry)
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Conflict("Somebody changed this entry while you looked at it. Look again, then try again.")


def given_of(work: Work, entry: WorkEntry) -> Given:
    """What the entry says now: the base for changes of single fields."""
    return Given(
        worked_by_id=entry.worked_by_id,
        worked_on=entry.worked_on,
        seconds=entry.worked_seconds,
        ticket=_ticket_of(work, entry),
        organization_id=entry.organization_id,
        started=entry.started,
        ended=entry.ended,
        zone=entry.zone,
        work_type_id=entry.work_type_id,
        role_id=entry.role_id,
        charge_mode=entry.charge_mode,
        charge_reason=entry.charge_reason,
        note_internal=entry.note_internal,
        note_customer=entry.note_customer,
        source=entry.source,
        evidence=entry.evidence,
    )


def _reprice(work: Work, entry: WorkEntry, before: int | None) -> None:
    """The customer's work to whom it belongs, and that of whom it belonged to."""
    reprice(work, entry.organization_id, (entry.id,))
    if before != entry.organization_id:
        reprice(work, before)


def _ticket_of(work: Work, entry: WorkEntry) -> Ticket | None:
    return work.db.get_one(Ticket, entry.ticket_id) if entry.ticket_id is not None else None


def _fill(work: Work, entry: WorkEntry, given: Given) -> None:
    ticket = given.ticket
    if ticket is None:
        entry.organization_id, entry.site_id = given.organization_id, None
    elif entry.ticket_id != ticket.id or entry.organization_id is None:
        entry.organization_id, entry.site_id = ticket.organization_id, ticket.site_id
        entry.line_id = entry.asked_organization_id = None
    entry.ticket_id = ticket.id if ticket else None
    entry.worked_on, entry.worked_seconds = given.worked_on, given.seconds
    entry.started, entry.ended, entry.zone = given.started, given.ended, given.zone
    entry.work_type_id, entry.role_id = given.work_type_id, given.role_id
    entry.charge_mode, entry.charge_reason = given.charge_mode or None, given.charge_reason
    entry.note_internal, entry.note_customer = given.note_internal, given.note_customer
    entry.updated = work.now
    entry.is_late = is_late(work, ticket, entry.organization_id, given.worked_on)


def _check(work: Work, given: Given, entry: WorkEntry | None) -> tuple[str, ...]:
    problems = list(_problems(work, given))
    if problems:
        raise Invalid(*problems)
    remarks = check_overlap(work, given, entry)
    today = work.now.astimezone(zone_named(given.zone)).date()
    if given.worked_on > today:
        remarks = (*remarks, "This day is yet to come: the entry stays a draft until then.")
    return remarks


def _problems(work: Work, given: Given) -> "list[Problem]":
    found: list[Problem] = []
    if not 0 < given.seconds <= LONGEST_DAY * 60:
        found.append(
            Problem("minutes", "Work takes from 1 minute to 24 hours; to take time back, correct an entry.")
        )
    if given.seconds % 60:
        found.append(Problem("minutes", "Work is booked in whole minutes."))
    if (given.charge_mode or "") not in MODES:
        found.append(Problem("charge", "Choose one of the list."))
    kind = work.db.get(WorkType, given.work_type_id) if given.work_type_id is not None else None
    if given.work_type_id is not None and kind is None:
        found.append(Problem("work_type", "There is no such work type."))
    worker = work.db.get(User, given.worked_by_id)
    if worker is None:
        found.append(Problem("worked_by", "There is nobody of that name."))
    if given.ticket is None and given.organization_id is not None:
        if work.db.get(Organization, given.organization_id) is None:
            found.append(Problem("organization", "There is no such organisation."))
    if given.started is not None and given.ended is not None:
        span = (given.ended - given.started).total_seconds()
        if span < given.seconds:
            found.append(Problem("minutes", "From the start to the end it is less than that."))
        if span > LONGEST_DAY * 60 + 3600:
            found.append(Problem("ended", "From the start to the end it is more than a day."))
    return found


def _check_closed(work: Work, ticket: Ticket) -> None:
    if not is_closed(work, ticket) or setting(work.app, work.db, "billing.on_closed") == "late":
        return
    if not work.rights.system(APPROVE_TIME):
        raise Refused(
            f"Ticket #{ticket.id} is closed: who holds the right {APPROVE_TIME} may still log time on it."
        )
