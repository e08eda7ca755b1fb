"""What stops a mail without refusing it: it is kept in the spool until a person decides."""

from typing import ClassVar


class Held(Exception):
    """Too much at once: kept for an administrator; `str()` says why."""

    state: ClassVar[str] = "quarantined"
    """The state of the spool in which the mail rests."""
    ticket_id: int | None = None
    """The ticket that it is about."""


class Junked(Held):
    """A rule says that nobody wants it: kept, and no ticket."""

    state = "junk"


class ForReview(Held):
    """A stranger writes to a ticket: somebody of the staff says what becomes of it."""

    state = "review"

    def __init__(self, why: str, ticket_id: int) -> None:
        super().__init__(why)
        self.ticket_id = ticket_id
