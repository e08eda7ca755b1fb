"""Ports: what rtpy asks of the world outside, as protocols with more than one implementation."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """Keeps bytes under their SHA-256."""

    def put(self, db: Session, *data: bytes) -> list[str]:
        """Store each of `data` once; returns their SHA-256s in hex, in order.

        Part of the transaction of `db` as far as the store can.
        """
        ...

    def get(self, db: Session, sha256: str) -> bytes:
        """The bytes, verified. Raises NotFound when there are none, OSError when they are damaged."""
        ...

    def get_many(self, db: Session, hashes: Sequence[str]) -> dict[str, bytes]:
        """The bytes of several in one query; unknown ones are left out."""
        ...
