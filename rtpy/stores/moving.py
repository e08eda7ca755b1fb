"""Moving bytes between places while the site runs: in portions, each verified before its old copy is forgotten."""

import hashlib
import itertools
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import NotFound, Refused
from rtpy.history.words import are_words
from rtpy.models import Attachment, Blob
from rtpy.ports import ByteKeeper
from rtpy.stores.placed import PlacedStore
from rtpy.stores.sweeping import remove_unneeded

TOGETHER = 20
"""Files of one transaction: on SQLite nobody else writes meanwhile."""


def waiting(app: App) -> int:
    """How many files lie elsewhere than the configuration says, about. Raises Refused (see `move`)."""
    store = _store(app)
    with app.work(reading=True) as work:
        here = work.db.scalar(select(func.count()).select_from(Blob).where(_leaves())) or 0
        away = work.db.scalar(select(func.count()).select_from(Blob).where(Blob.data.is_(None))) or 0
    if store.target is None:
        return away
    return here + (away if len(store.keepers) > 1 else 0)


def move(app: App) -> Iterator[int]:
    """Bring all bytes to where new ones go; yields how many were looked at after each portion.

    Each portion is a transaction of its own, so it may be broken off at any time and begun again. While it runs
    everything can be read, by every process that knows both places. Raises Refused when no place outside the database
    is configured, Unavailable or OSError when one does not answer, OSError too when bytes are damaged: they stay.
    """
    store = _store(app)
    target = store.target
    if target is None:
        yield from _bring_home(app, store)
        return
    store.set_up()
    yield from _send_out(app, target)
    for keeper in store.keepers:
        if keeper is not target and keeper.is_set_up():
            yield from _pass_on(app, keeper, target)


def _store(app: App) -> PlacedStore:
    store = app.blobs
    if not isinstance(store, PlacedStore):
        raise Refused("No place for files outside the database is configured, so there is nothing to move.")
    return store


def _leaves() -> ColumnElement[bool]:
    """A clause about `blobs`: bytes in the database that are no words."""
    words = exists().where(Attachment.blob_sha256 == Blob.sha256, are_words())
    return and_(Blob.data.is_not(None), ~words)


def _send_out(app: App, target: ByteKeeper) -> Iterator[int]:
    """From the database."""
    last = ""
    while True:
        with app.work() as work:
            rows = work.db.execute(
                select(Blob.sha256)
                .where(Blob.sha256 > last, _leaves())
                .order_by(Blob.sha256)
                .limit(TOGETHER)
                .with_for_update(of=Blob)
            )
            some = rows.scalars().all()
            for sha256 in some:
                _copy(target, sha256, work.db.scalar(select(Blob.data).where(Blob.sha256 == sha256)))
                _set(work.db, sha256, None)
        if not some:
            return
        last = some[-1]
        yield len(some)


def _pass_on(app: App, keeper: ByteKeeper, target: ByteKeeper) -> Iterator[int]:
    """From one place outside to another; what is done is gone from the first, so a second run goes on from there."""
    listed = (kept.sha256 for kept in keeper.listed())
    while some := list(itertools.islice(listed, TOGETHER)):
        with app.work() as work:
            needed = select(Blob.sha256).where(Blob.sha256.in_(some), Blob.data.is_(None))
            for sha256 in work.db.scalars(needed.order_by(Blob.sha256).with_for_update()).all():
                data = keeper.read(sha256)
                if data is not None:
                    _copy(target, sha256, data)
                    keeper.remove(sha256)
        yield len(some)


def _bring_home(app: App, store: PlacedStore) -> Iterator[int]:
    """Into the database."""
    last = ""
    while True:
        with app.work() as work:
            query = select(Blob.sha256).where(Blob.sha256 > last, Blob.data.is_(None))
            some = work.db.scalars(query.order_by(Blob.sha256).limit(TOGETHER).with_for_update()).all()
            for sha256 in some:
                data = store.fetch(sha256)
                if data is None:
                    raise NotFound(f"The bytes {sha256} are in no place that is configured.")
                _verify(sha256, data)
                _set(work.db, sha256, data)
        if not some:
            return
        for sha256 in some:
            for keeper in store.keepers:
                remove_unneeded(app, keeper, sha256)
        last = some[-1]
        yield len(some)


def _copy(target: ByteKeeper, sha256: str, data: bytes | None) -> None:
    """Store, read again and compare. Raises OSError."""
    data = _verify(sha256, data)
    target.keep(sha256, data)
    _verify(sha256, target.read(sha256))


def _verify(sha256: str, data: bytes | None) -> bytes:
    if data is None or hashlib.sha256(data).hexdigest() != sha256:
        raise OSError(f"the bytes {sha256} are damaged; nothing of them was forgotten")
    return data


def _set(db: Session, sha256: str, data: bytes | None) -> None:
    db.connection().execute(update(Blob.__table__).where(Blob.sha256 == sha256).values(data=data))  # type: ignore[arg-type]
