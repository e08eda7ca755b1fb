"""What somebody worked today, by the calendar of the place where they live."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from rtpy.models import Transaction


@dataclass(frozen=True, slots=True)
class Spent:
    """Minutes on one ticket."""

    ticket_id: int
    minutes: int


def worked_today(db: Session, user_id: int, now: datetime, zone: tzinfo) -> tuple[Spent, ...]:
    """The user's minutes of today by ticket, most first. One query.

    Work without a day of its own was booked on the day in UTC; its instant says which day that was in `zone`.
    """
    today = now.astimezone(zone).date()
    around = {"first": today - timedelta(days=1), "last": today + timedelta(days=1)}
    rows = db.connection().execute(_WORKED, {"worker": user_id, **around}).all()
    sums: dict[int, int] = defaultdict(int)
    for ticket_id, minutes, day, created in rows:
        by_default = day == created.astimezone(UTC).date()
        if (created.astimezone(zone).date() if by_default else day) == today:
            sums[ticket_id] += minutes
    return tuple(Spent(*each) for each in sorted(sums.items(), key=lambda each: -each[1]) if each[1])


# Built once: every page asks it.
_WORKED = select(
    Transaction.object_id, Transaction.time_taken, Transaction.time_worked_date, Transaction.created
).where(
    Transaction.time_worker_id == bindparam("worker"),
    Transaction.time_worked_date.between(bindparam("first"), bindparam("last")),
    Transaction.object_type == "ticket",
    Transaction.time_taken != 0,
)
