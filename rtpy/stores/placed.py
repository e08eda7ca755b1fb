"""The attachment store with places outside the database: the row says where the bytes are, the words stay here."""

import hashlib
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from rtpy.errors import NotFound, Unavailable
from rtpy.models import Attachment, Blob
from rtpy.ports import ByteKeeper
from rtpy.stores.reach import Reach

log = logging.getLogger("rtpy.stores")


class PlacedStore:
    """New bytes go to `target` (None: into the database), and what lies at any of `keepers` is found there.

    A row of `blobs` without data says: outside. It is written before the bytes are, and both before the commit: so
    who sweeps bytes without a row (`rtpy.stores.sweeping`) and who writes the same bytes wait for each other there.
    """

    def __init__(self, target: ByteKeeper | None, keepers: Sequence[ByteKeeper]) -> None:
        self.target = target
        self.keepers: tuple[ByteKeeper, ...] = tuple(keepers)
        self._reading = {keeper.name: Reach(keeper.name, "reading") for keeper in self.keepers}
        self._writing = {keeper.name: Reach(keeper.name, "writing") for keeper in self.keepers}

    def put(self, db: Session, *data: bytes, words: Collection[int] = ()) -> list[str]:
        """Store each of `data` once; returns their SHA-256s in hex, in order. Raises Unavailable."""
        target = self.target
        hashes = [hashlib.sha256(each).hexdigest() for each in data]
        pairs = list(zip(hashes, data, strict=True))
        here = dict(pairs if target is None else (pairs[position] for position in words))
        outside = {sha256: each for sha256, each in pairs if sha256 not in here}
        now = datetime.now(UTC)
        connection = db.connection()
        kind = connection.dialect.name
        # In order, so that two who store the same do not each wait for the other.
        if here:
            connection.execute(_WITH_DATA[kind], [_row(*pair, now) for pair in sorted(here.items())])
        if outside and target:
            rows = [{**_row(*pair, now), "data": None} for pair in sorted(outside.items())]
            connection.execute(_WITHOUT_DATA[kind], rows)
            self._writing[target.name].attempt(lambda: self._keep(db, target, outside))
        return hashes

    def get(self, db: Session, sha256: str) -> bytes:
        """The bytes. Raises NotFound when there are none, OSError when they are damaged, Unavailable."""
        found = self.get_many(db, (sha256,))
        if sha256 not in found:
            raise NotFound("These bytes are not stored here.")
        return found[sha256]

    def get_many(self, db: Session, hashes: Collection[str]) -> dict[str, bytes]:
        """The bytes of several; raises OSError when one is damaged, Unavailable."""
        if not hashes:
            return {}
        rows = db.execute(select(Blob.sha256, Blob.data).where(Blob.sha256.in_(set(hashes)))).all()
        found = {}
        for sha256, here in rows:
            data = here if here is not None else self.fetch(sha256)
            if data is None:
                data = self._fetch_moved(db, sha256)
            if data is None:
                log.error("the bytes %s are in no store of attachments that is configured", sha256)
                continue
            if hashlib.sha256(data).hexdigest() != sha256:
                raise OSError(f"stored bytes {sha256} are damaged")
            found[sha256] = data
        return found

    def unreachable(self, db: Session, attachment_ids: Collection[int]) -> frozenset[int]:
        """Those attachments that lie outside, while a place outside does not answer; no query while all do."""
        if not attachment_ids or not any(reach.is_away for reach in self._reading.values()):
            return frozenset()
        asked = (
            select(Attachment.id)
            .join(Blob, Blob.sha256 == Attachment.blob_sha256)
            .where(Attachment.id.in_(attachment_ids), Blob.data.is_(None))
        )
        return frozenset(db.connection().scalars(asked))

    def set_up(self) -> None:
        """Make the place for new bytes ready although rows say that it had some: for a move, or a restored site."""
        if self.target is not None and not self.target.is_set_up():
            self.target.set_up()

    def fetch(self, sha256: str) -> bytes | None:
        """The bytes from the first place outside that has them undamaged; else damaged ones, else None.

        Raises Unavailable when they may be where nobody answers.
        """
        damaged, away = None, None
        for keeper in self.keepers:
            try:
                data = self._reading[keeper.name].attempt(lambda: keeper.read(sha256))  # noqa: B023
            except Unavailable as unavailable:
                away = unavailable
                continue
            if data is not None and hashlib.sha256(data).hexdigest() == sha256:
                return data
            damaged = data if data is not None else damaged
        if damaged is None and away is not None:
            raise away
        return damaged

    def _fetch_moved(self, db: Session, sha256: str) -> bytes | None:
        """Bytes that were nowhere: perhaps on their way home, or to a place that had been asked already."""
        here = db.scalar(select(Blob.data).where(Blob.sha256 == sha256))
        return here if here is not None else self.fetch(sha256)

    def _keep(self, db: Session, target: ByteKeeper, files: Mapping[str, bytes]) -> None:
        """Those whose rows say that they lie outside; raises OSError."""
        if not target.is_set_up():
            self._set_up(db, target, files)
        for sha256 in db.connection().scalars(_OUTSIDE, {"hashes": list(files)}).all():
            target.keep(sha256, files[sha256])

    def _set_up(self, db: Session, target: ByteKeeper, files: Mapping[str, bytes]) -> None:
        """Set up a new place; OSError when it is one that had bytes and now looks new: a disk is not mounted.

        The newest bytes outside tell: they lie at another place until the new one is used.
        """
        newest = select(Blob.sha256).where(Blob.data.is_(None), Blob.sha256.not_in(files))
        last = db.scalar(newest.order_by(Blob.created.desc(), Blob.sha256).limit(1))
        others = (keeper for keeper in self.keepers if keeper is not target)
        if last is not None and all(keeper.read(last) is None for keeper in others):
            raise OSError(f"the place of the store {target.name} is not there; is the disk mounted?")
        target.set_up()


def _row(sha256: str, data: bytes, now: datetime) -> Mapping[str, object]:
    return {"sha256": sha256, "size": len(data), "data": data, "created": now}


def _with_data(insert: Any) -> Any:  # Any: the two dialects' inserts have no common type
    statement = insert(Blob)
    return statement.on_conflict_do_update(
        index_elements=["sha256"], set_={"data": statement.excluded.data}, where=Blob.data.is_(None)
    )


_WITH_DATA = {"postgresql": _with_data(postgresql.insert), "sqlite": _with_data(sqlite.insert)}
_WITHOUT_DATA = {
    "postgresql": postgresql.insert(Blob).on_conflict_do_nothing(index_elements=["sha256"]),
    "sqlite": sqlite.insert(Blob).on_conflict_do_nothing(index_elements=["sha256"]),
}
_OUTSIDE = select(Blob.sha256).where(
    Blob.sha256.in_(bindparam("hashes", expanding=True)), Blob.data.is_(None)
)
