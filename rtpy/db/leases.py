"""When a lease is over: at its end, and at once when it ends later than any that could have been taken by now.

The second is what is left when the clock was set back, be it by a year: nobody waits for such a lease to end.
"""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

SPARE = timedelta(minutes=1)
"""So much later than one's own may a lease end that another node took with a clock of its own."""

Instants = ColumnElement[datetime] | InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
Bound = BindParameter[datetime]


def latest_end(now: datetime, lasts: timedelta) -> datetime:
    """The latest end that a lease can have which was taken up to `now` and lasts so long."""
    return now + lasts + SPARE


def is_over(end: Instants, now: datetime, lasts: timedelta) -> ColumnElement[bool]:
    """The clause: a lease with this end, which lasts so long, is over. For NULL it neither holds nor not."""
    return or_(end <= now, end > latest_end(now, lasts))


def is_over_bound(end: Instants, now: Bound, latest: Bound) -> ColumnElement[bool]:
    """The same for a statement that is built once; `latest` is bound to what `latest_end` says."""
    return or_(end <= now, end > latest)


def has_ended(end: datetime | None, now: datetime, lasts: timedelta) -> bool:
    """The same of a value; without an end there is no lease."""
    return end is None or end <= now or end > latest_end(now, lasts)
