"""How often something happened lately: counters that all processes and nodes share."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from rtpy.models import RateCounter


def hit(db: Session, key: str, window_seconds: int, now: datetime) -> int:
    """Count one more `key` in the present window and return how many that makes.

    Windows begin at multiples of `window_seconds` since the epoch. One atomic statement: parallel hits each get a
    number of their own. It is part of the transaction of `db`; on PostgreSQL the counter is locked until that ends.
    """
    window = int(now.timestamp()) // window_seconds * window_seconds
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "key": key[:200],
        "window": window,
        "hits": 1,
        "expires": datetime.fromtimestamp(window + 2 * window_seconds, UTC),
    }
    counted = insert(RateCounter).values(row)
    counted = counted.on_conflict_do_update(
        index_elements=["key", "window"], set_={"hits": RateCounter.__table__.c.hits + 1}
    )
    hits: int = db.connection().execute(counted.returning(RateCounter.__table__.c.hits)).scalar_one()
    return hits


def forget_old_rates(db: Session, now: datetime) -> int:
    """Delete counters whose window is over; how many."""
    gone = db.connection().execute(delete(RateCounter).where(RateCounter.expires < now - timedelta(hours=1)))
    return gone.rowcount
