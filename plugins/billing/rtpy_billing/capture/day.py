"""One day of one person: what was logged, where the gaps are, and what was done without a minute."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import case, select

from rtpy.models import Ticket, Transaction, User
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.capture.expected import clock_seconds, expected_minutes, gaps_between
from rtpy_billing.capture.listing import Shown, Wanted, list_entries
from rtpy_billing.capture.local_time import zone_named

DEEDS = {"Create": "wrote", "Correspond": "replied", "Comment": "commented", "Status": "changed the status"}
MOST_DEEDS = 50


@dataclass(frozen=True, slots=True)
class Done:
    """Something done on a ticket for which no time was booked."""

    at: datetime
    ticket_id: int
    subject: str
    what: str


@dataclass(frozen=True, slots=True)
class Day:
    """Minutes throughout; `on_the_clock` counts work on two things at once only once."""

    day: date
    entries: tuple[Shown, ...]
    minutes: int
    on_the_clock: int
    expected: int
    gaps: tuple[tuple[datetime, datetime], ...]
    done: tuple[Done, ...]

    @property
    def missing(self) -> int:
        """What is expected and not logged."""
        return max(0, self.expected - self.minutes)


def read_day(work: Work, worker: User, day: date) -> Day:
    """Four queries at most."""
    wanted = Wanted(worker_id=worker.id, first=day, end=day + timedelta(days=1))
    entries = sorted(
        list_entries(work, wanted, limit=500),
        key=lambda entry: (entry.started or datetime.max.replace(tzinfo=UTC), entry.id),
    )
    clocked = [(each.started, each.ended) for each in entries if each.started and each.ended]
    (expected,) = expected_minutes(work, worker.id, (day,))
    return Day(
        day,
        tuple(entries),
        sum(each.seconds for each in entries) // 60,
        (clock_seconds(clocked) + sum(each.seconds for each in entries if not each.started)) // 60,
        expected,
        tuple(gaps_between(clocked)),
        _done(work, worker, day, {each.ticket_id for each in entries}),
    )


def _done(work: Work, worker: User, day: date, logged: set[int | None]) -> tuple[Done, ...]:
    """What they wrote that day on tickets without any entry of theirs, in their zone."""
    zone = zone_named(worker.timezone)
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    sees = work.rights.of(Right.SHOW_TICKET).visible()
    rows = work.db.execute(
        select(
            Transaction.created,
            Transaction.type,
            Ticket.id,
            case((sees, Ticket.subject), else_="").label("subject"),
        )
        .join(Ticket, Ticket.id == Transaction.object_id)
        .where(
            Transaction.creator_id == worker.id,
            Transaction.object_type == "ticket",
            Transaction.created >= begins.astimezone(UTC),
            Transaction.created < (begins + timedelta(days=1)).astimezone(UTC),
            Transaction.type.in_(tuple(DEEDS)),
            Transaction.time_taken == 0,
        )
        .order_by(Transaction.id)
        .limit(MOST_DEEDS)
    )
    return tuple(
        Done(row.created, row.id, row.subject, DEEDS[row.type]) for row in rows if row.id not in logged
    )
