"""Promising something to the customer of a ticket until a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_sla.following.recorded import PROMISE, written
from rtpy_sla.promises.recorded import PromiseDeed, promises_of

LONGEST_WORDS = 300
MOST = 200
"""Promises on one ticket: more are a mistake of a program."""


@dataclass(frozen=True, slots=True)
class MakePromise:
    """A date given to the customer: `words` say what, as the customer reads it too; `due` is aware."""

    due: datetime
    words: str
    zone: str = "UTC"
    """In which zone it was meant, by name: so it is told to who has no service level with a zone."""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Who may write to the customer may promise; a moment to come, and words."""
        need(work, ticket, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)
        if self.due <= work.now:
            raise Refused("Promise a moment that is still to come.")
        check_words(self.words)
        if len(promises_of(work.db, ticket.id)) >= MOST:
            raise Refused(f"More than {MOST} promises on one ticket are not possible: open another ticket.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Only recorded: its clock is worked out from the history."""
        cycle = len(promises_of(work.db, ticket.id)) + 1
        yield Record(
            written(
                PROMISE,
                deed=PromiseDeed.MADE.value,
                cycle=cycle,
                due=self.due,
                words=self.words.strip(),
                zone=self.zone,
            )
        )


def check_words(words: str) -> None:
    """Raises Refused for none, or too many, or signs that are no text."""
    text = words.strip()
    if not text:
        raise Refused("Say what is promised, in words that the customer understands.")
    if len(text) > LONGEST_WORDS:
        raise Refused(f"Say what is promised in at most {LONGEST_WORDS} letters.")
    if not all(sign.isprintable() for sign in text):
        raise Refused("Say what is promised in one line.")
