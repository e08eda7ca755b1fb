"""Attachments that lie beside the database: into a backup, and back into whatever store the restored site has."""

import hashlib
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.backups.archive import Writer
from rtpy.backups.manifest import Bytes
from rtpy.backups.snapshot import Tell
from rtpy.models import Blob
from rtpy.stores.placed import PlacedStore

FOLDER = "attachments/"
"""How the names of such members begin; they end with the SHA-256."""
TOGETHER = 32 << 20
"""Bytes of attachments that are in memory at once, if not a single one is larger."""
_ROWS = 500


def add_outside(app: App, db: Session, writer: Writer, tell: Tell) -> tuple[Bytes, tuple[str, ...]]:
    """Write each attachment that `db` has no bytes of; returns what they are, and which could not be read."""
    total = int(db.scalar(select(func.sum(Blob.size)).where(Blob.data.is_(None))) or 0)
    count = size = 0
    hashes = hashlib.sha256()
    unreadable: list[str] = []
    for batch in _batches(db, only_outside=True):
        found = _readable(app, db, batch)
        for sha256 in batch:
            if sha256 not in found:
                unreadable.append(sha256)
                continue
            writer.add(f"{FOLDER}{sha256[:2]}/{sha256}", found[sha256])
            count, size = count + 1, size + len(found[sha256])
            hashes.update(f"{sha256}\n".encode())
        tell("Copying attachments", size, total)
    return Bytes(count, size, hashes.hexdigest()), tuple(unreadable)


def put_back(app: App, db: Session, sha256: str, data: bytes) -> None:
    """Hand one over to the store of this site; into the database if that store takes only what is new there."""
    if isinstance(app.blobs, PlacedStore):
        app.blobs.set_up()  # rows name bytes, and it is empty: here that is no mistake
    app.blobs.put(db, data)
    if sha256 not in _readable(app, db, (sha256,)):
        db.execute(update(Blob).where(Blob.sha256 == sha256).values(data=data))


def read_all(app: App, db: Session, tell: Tell) -> list[str]:
    """Read every attachment and compare its hash; returns those that are missing or damaged."""
    total = int(db.scalar(select(func.count()).select_from(Blob)) or 0)
    lost: list[str] = []
    done = 0
    for batch in _batches(db, only_outside=False):
        found = _readable(app, db, batch)
        lost += [sha256 for sha256 in batch if sha256 not in found]
        done += len(batch)
        tell("Reading attachments", done, total)
    return lost


def _readable(app: App, db: Session, hashes: Sequence[str]) -> dict[str, bytes]:
    """The bytes of those that are there and undamaged."""
    try:
        return app.blobs.get_many(db, hashes)
    except OSError:
        if len(hashes) == 1:
            return {}
    return {key: data for each in hashes for key, data in _readable(app, db, (each,)).items()}


def _batches(db: Session, *, only_outside: bool) -> Iterator[list[str]]:
    """Hashes in order, in lists that fit into memory with their bytes."""
    last, batch, size = "", list[str](), 0
    while True:
        query = select(Blob.sha256, Blob.size).where(Blob.sha256 > last).order_by(Blob.sha256).limit(_ROWS)
        rows = db.execute(query.where(Blob.data.is_(None)) if only_outside else query).all()
        for sha256, each in rows:
            if batch and size + each > TOGETHER:
                yield batch
                batch, size = [], 0
            batch.append(sha256)
            size += each
        if batch:
            yield batch
            batch, size = [], 0
        if len(rows) < _ROWS:
            return
        last = rows[-1].sha256
