"""The attachment store inside the database."""

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from rtpy.errors import NotFound
from rtpy.models import Blob


class DatabaseStore:
    """Keeps bytes in the table `blobs`, each once; what is read is verified against its hash."""

    def put(self, db: Session, *data: bytes, words: Collection[int] = ()) -> list[str]:
        """Store each of `data` unless it is there already, in one statement; returns their SHA-256s in hex."""
        hashes = [hashlib.sha256(each).hexdigest() for each in data]
        now = datetime.now(UTC)
        rows = [
            {"sha256": sha256, "size": len(each), "data": each, "created": now}
            for sha256, each in zip(hashes, data, strict=True)
        ]
        if rows:
            db.connection().execute(self._insert(db), rows)
        return hashes

    def get(self, db: Session, sha256: str) -> bytes:
        """The bytes. Raises NotFound when there are none, OSError when they are damaged."""
        found = self.get_many(db, (sha256,))
        if sha256 not in found:
            raise NotFound("These bytes are not stored here.")
        return found[sha256]

    def get_many(self, db: Session, hashes: Collection[str]) -> dict[str, bytes]:
        """The bytes of several in one query; raises OSError when one is damaged."""
        if not hashes:
            return {}
        rows = db.execute(select(Blob.sha256, Blob.data).where(Blob.sha256.in_(set(hashes)))).all()
        found = {sha256: data for sha256, data in rows if data is not None}
        for sha256, data in found.items():
            if hashlib.sha256(data).hexdigest() != sha256:
                raise OSError(f"stored bytes {sha256} are damaged")
        return found

    def unreachable(self, db: Session, attachment_ids: Collection[int]) -> frozenset[int]:
        """None: who reads this reaches the database."""
        return frozenset()

    @staticmethod
    def _insert(db: Session) -> Insert:
        return _ON_POSTGRESQL if db.get_bind().dialect.name == "postgresql" else _ON_SQLITE


_ON_POSTGRESQL = postgresql.insert(Blob).on_conflict_do_nothing(index_elements=["sha256"])
_ON_SQLITE = sqlite.insert(Blob).on_conflict_do_nothing(index_elements=["sha256"])
