"""How often something happened lately: counters that all processes and nodes share."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import RateCounter


def hit(db: Session, key: str, window_seconds: int, now: datetime) -> int:
    """Count one more `key` in the present window and return how many that makes.

    Windows begin at multiples of `window_seconds` since the epoch. One atomic statement: parallel hits each get a
    number of their own. It is part of the transaction of `db`; on PostgreSQL the counter is locked until that ends.
    """
    return hit_all(db, (key,), window_seconds, now)[key[:200]]


def hit_all(db: Session, keys: Iterable[str], window_seconds: int, now: datetime) -> dict[str, int]:
    """As `hit`, for several keys in one statement, always in the same order so that nobody waits in a circle."""
    window = _window(window_seconds, now)
    expires = datetime.fromtimestamp(window + 2 * window_seconds, UTC)
    rows = [
        {"key": key, "window": window, "hits": 1, "expires": expires}
        for key in sorted({key[:200] for key in keys})
    ]
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = RateCounter.__table__.c
    counted = (
        insert(RateCounter)
        .values(rows)
        .on_conflict_do_update(index_elements=["key", "window"], set_={"hits": table.hits + 1})
        .returning(table.key, table.hits)
    )
    return {row.key: row.hits for row in db.connection().execute(counted)}


def hits_so_far(db: Session, keys: Iterable[str], window_seconds: int, now: datetime) -> dict[str, int]:
    """How often each of `keys` was hit in the present window; keys without a hit are left out. Locks nothing."""
    query = select(RateCounter.key, RateCounter.hits).where(
        RateCounter.key.in_([key[:200] for key in keys]), RateCounter.window == _window(window_seconds, now)
    )
    return {row.key: row.hits for row in db.execute(query)}


def forget_rates(app: App) -> int:
    """One round of the worker: counters of windows that are over are deleted; how many."""
    with app.sessions() as db:
        gone = forget_old_rates(db, app.clock.now())
        db.commit()
    return gone


def forget_old_rates(db: Session, now: datetime) -> int:
    """Delete counters whose window has been over for an hour; how many."""
    old = delete(RateCounter).where(RateCounter.expires < now - timedelta(hours=1))
    return db.connection().execute(old).rowcount


def _window(seconds: int, now: datetime) -> int:
    return int(now.timestamp()) // seconds * seconds
