"""How often something happened lately: counters that all processes and nodes share."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import RateCounter


def hit(db: Session, key: str, window_seconds: int, now: datetime) -> int:
    """Count one more `key` in the present window and return how many that makes.

    Windows begin at multiples of `window_seconds` since the epoch. One atomic statement: parallel hits each get a
    number of their own. It is part of the transaction of `db`; on PostgreSQL the counter is locked until that ends.
    """
    counted = _upsert(db).returning(_TABLE.hits)
    hits: int = db.connection().execute(counted, _rows((key,), window_seconds, now)[0]).scalar_one()
    return hits


def hit_all(db: Session, keys: Iterable[str], window_seconds: int, now: datetime) -> None:
    """Count one more of each of `keys`, always in the same order so that nobody waits in a circle."""
    db.connection().execute(_upsert(db), _rows(keys, window_seconds, now))


def hits_so_far(db: Session, keys: Iterable[str], window_seconds: int, now: datetime) -> dict[str, int]:
    """How often each of `keys` was hit in the present window; keys without a hit are left out. Locks nothing."""
    wanted = {"keys": [key[:200] for key in keys], "now": _window(window_seconds, now)}
    return {row.key: row.hits for row in db.connection().execute(_SO_FAR, wanted)}


def forget_rates(app: App) -> int:
    """One round of the worker: counters of windows that are over are deleted; how many."""
    with app.work() as work:
        return forget_old_rates(work.db, work.now)


def forget_old_rates(db: Session, now: datetime) -> int:
    """Delete counters whose window has been over for an hour; how many."""
    old = delete(RateCounter).where(RateCounter.expires < now - timedelta(hours=1))
    return db.connection().execute(old).rowcount


_TABLE = RateCounter.__table__.c
_SO_FAR = select(_TABLE.key, _TABLE.hits).where(
    _TABLE.key.in_(bindparam("keys", expanding=True)), _TABLE.window == bindparam("now")
)
_UPSERTS: dict[str, Any] = {}


def _upsert(db: Session) -> Any:
    """The one statement, whose text stays the same so that it is compiled once; Any: of one of two dialects."""
    dialect = db.get_bind().dialect.name
    if dialect not in _UPSERTS:
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        _UPSERTS[dialect] = insert(RateCounter).on_conflict_do_update(
            index_elements=["key", "window"], set_={"hits": _TABLE.hits + 1}
        )
    return _UPSERTS[dialect]


def _rows(keys: Iterable[str], window_seconds: int, now: datetime) -> list[dict[str, Any]]:
    window = _window(window_seconds, now)
    expires = datetime.fromtimestamp(window + 2 * window_seconds, UTC)
    sorted_keys = sorted({key[:200] for key in keys})
    return [{"key": key, "window": window, "hits": 1, "expires": expires} for key in sorted_keys]


def _window(seconds: int, now: datetime) -> int:
    return int(now.timestamp()) // seconds * seconds
