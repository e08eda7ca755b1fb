"""What somebody says beside a reply about the work in it: its type, whether it is charged, a note, a timer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.change import Record
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import Ticket, User
from rtpy.work import Work
from rtpy_billing.capture.allowed import need_log
from rtpy_billing.capture.booking import book, need_to_book
from rtpy_billing.capture.kinds import work_types_offered
from rtpy_billing.capture.late import is_late
from rtpy_billing.capture.local_time import zone_named
from rtpy_billing.capture.timers import find_timer, seconds_of
from rtpy_billing.capture.values import LONGEST_DAY, MODES, whole_minutes
from rtpy_billing.models import Timer, WorkEntry
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.rights import LOG_TIME
from rtpy_billing.typed import Typed

WORK_TYPE, CHARGE, NOTE, TIMER = "billing.work_type", "billing.charge", "billing.note", "billing.timer"
"""The fields of the panel in the forms of replies, comments and new tickets."""


@dataclass(frozen=True, slots=True)
class DescribeWork:
    """Say more of the minutes that this bundle booked; a timer's own are booked where none were typed."""

    work_type_id: int | None = None
    charge_mode: str | None = None
    note_customer: str = ""
    timer: Timer | None = None

    def check(self, work: Work, ticket: Ticket) -> None:
        """Whoever may write to the ticket may say what the minutes were."""
        if self.timer is not None:
            need_log(work, self.timer.user_id)
            need_to_book(work, ticket)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Fill in the youngest entry of this piece of work; log the timer, which is gone then."""
        entry = _entry_of_now(work, ticket)
        if self.timer is not None:
            seconds = seconds_of(self.timer, work.now)
            minutes = min(whole_minutes(seconds), LONGEST_DAY)
            if entry is None and minutes:
                entry = _entry_of_timer(work, ticket, self.timer, minutes)
                yield book(ticket, entry.id, minutes, entry.worked_by_id, entry.worked_on)
            if entry is not None:
                entry.source, entry.evidence = "timer", {"timer_seconds": seconds}
            work.db.delete(self.timer)
        if entry is not None:
            entry.work_type_id = self.work_type_id or entry.work_type_id
            entry.charge_mode = self.charge_mode or entry.charge_mode
            entry.note_customer = self.note_customer or entry.note_customer
            reprice(work, entry.organization_id, (entry.id,))


def read_description(
    work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]
) -> tuple[DescribeWork, ...]:
    """What the panel's fields ask for; nothing for who typed nothing. Raises Invalid."""
    if deed not in ("reply", "comment", "create") or not any(
        given.get(name) for name in (WORK_TYPE, CHARGE, NOTE, TIMER)
    ):
        return ()
    if not work.rights.system(LOG_TIME):
        return ()
    typed = Typed(given)
    kind = typed.choice(WORK_TYPE, {"", *map(str, work_types_offered(work))})
    mode = typed.choice(CHARGE, MODES)
    note = typed.long_text(NOTE, 4000)
    timer = None
    if number := typed.number(TIMER, 1, 10**12):
        try:
            timer = find_timer(work, number)
        except NotFound as gone:
            typed.wrong(TIMER, str(gone))
    if note and not given.get("minutes", "").strip() and timer is None:
        typed.wrong(NOTE, "The note for the customer belongs to time worked: say how long it took.")
    if typed.problems:
        raise Invalid(*(Problem(each.field, each.message) for each in typed.problems))
    return (DescribeWork(int(kind) if kind else None, mode or None, note, timer),)


def _entry_of_now(work: Work, ticket: Ticket) -> WorkEntry | None:
    """What this piece of work has just booked on the ticket: it all happens at one instant."""
    found: WorkEntry | None = work.db.scalars(
        select(WorkEntry)
        .where(
            WorkEntry.ticket_id == ticket.id,
            WorkEntry.entered_by_id == work.actor.user_id,
            WorkEntry.created == work.now,
            WorkEntry.state == "draft",
            WorkEntry.worked_seconds > 0,
        )
        .order_by(WorkEntry.id.desc())
        .limit(1)
    ).first()
    return found


def _entry_of_timer(work: Work, ticket: Ticket, timer: Timer, minutes: int) -> WorkEntry:
    worker = work.db.get_one(User, timer.user_id)
    day = (timer.started or work.now).astimezone(zone_named(worker.timezone)).date()
    entry = WorkEntry(
        ticket_id=ticket.id,
        organization_id=ticket.organization_id,
        site_id=ticket.site_id,
        worked_by_id=worker.id,
        entered_by_id=work.actor.user_id,
        work_type_id=timer.work_type_id,
        zone=worker.timezone or "UTC",
        worked_on=day,
        worked_seconds=minutes * 60,
        created=work.now,
        updated=work.now,
        is_late=is_late(work, ticket, ticket.organization_id, day),
    )
    work.db.add(entry)
    work.db.flush()
    return entry
