"""Ports: what rtpy asks of the world outside, as protocols with more than one implementation."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one recipient of one mail: `sent`, `failed` (for good) or `later`, with the server's words."""

    address: str
    outcome: str
    answer: str


class MailTransport(Protocol):
    """Hands a mail to the world."""

    def deliver(self, envelope_sender: str, recipients: Sequence[str], raw: bytes) -> tuple[Delivery, ...]:
        """One outcome for each recipient. Raises OSError when the transport itself cannot be reached."""
        ...


class AttachmentStore(Protocol):
    """Keeps bytes under their SHA-256; each has a row in `blobs`, wherever its bytes lie."""

    def put(self, db: Session, *data: bytes, words: Collection[int] = ()) -> list[str]:
        """Store each of `data` once; returns their SHA-256s in hex, in order.

        `words` are the positions of what lists read in bulk, such as the text of a message: these always lie in the
        database. Part of the transaction of `db`: bytes elsewhere are safe before it commits, and swept when it never
        does. Raises Unavailable when the place for them cannot be used now.
        """
        ...

    def get(self, db: Session, sha256: str) -> bytes:
        """The bytes, verified. Raises NotFound when there are none, OSError when they are damaged.

        Raises Unavailable while they lie where nobody can reach them.
        """
        ...

    def get_many(self, db: Session, hashes: Collection[str]) -> dict[str, bytes]:
        """The bytes of several, asked of the database in one query; unknown ones are left out. Raises like `get`."""
        ...

    def unreachable(self, db: Session, attachment_ids: Collection[int]) -> frozenset[int]:
        """Those attachments whose bytes lie where nobody could reach them when it was tried last.

        No query while all is well.
        """
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that a keeper has: its SHA-256 in hex, and when it was written."""

    sha256: str
    written: datetime


class ByteKeeper(Protocol):
    """A place outside the database for the bytes of attachments: a folder, or a bucket.

    All but `name` raise OSError when the place cannot be used now, for whatever reason.
    """

    @property
    def name(self) -> str:
        """`folder` or `s3`, as the configuration says it."""
        ...

    def is_set_up(self) -> bool:
        """Is it the place that it was made to be, and not an empty folder where another disk should be mounted?"""
        ...

    def set_up(self) -> None:
        """Make it ready for the first bytes."""
        ...

    def keep(self, sha256: str, data: bytes) -> None:
        """Write the bytes so that they survive a power cut; what is there already in the same size is left alone."""
        ...

    def read(self, sha256: str) -> bytes | None:
        """The bytes as they are, not verified; None when there are none."""
        ...

    def remove(self, sha256: str) -> None:
        """Forget the bytes; nothing happens when there are none."""
        ...

    def listed(self) -> Iterator[Kept]:
        """Everything in it, in no order, read as it is asked for."""
        ...

    def tidy(self, before: datetime) -> int:
        """Remove what writers that died have left half written before that time; how many."""
        ...
