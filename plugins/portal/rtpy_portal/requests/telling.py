"""What staff say of a request for its customers, beside its history: who sees it, what went wrong, how it was fixed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from rtpy.changes.allowed import need
from rtpy.changes.change import Change, Record
from rtpy.errors import Invalid, Problem
from rtpy.history.brought import Happened, Sentence, ShowDate
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_portal.models import RequestRow

TOLD, SIGHT = "portal.told", "portal.sight"
WENT_WRONG, HOW_FIXED = "portal.went_wrong", "portal.how_fixed"
"""Fields of the form of a reply."""
LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a request beside its history; nothing of most."""

    is_private: bool = False
    is_hidden: bool = False
    went_wrong: str = ""
    how_fixed: str = ""
    escalated: datetime | None = None


def told_of(db: Session, ticket_id: int) -> Told:
    """What is said of it. One query at most."""
    row = db.get(RequestRow, ticket_id)
    if row is None:
        return Told()
    return Told(row.is_private, row.is_hidden, row.went_wrong, row.how_fixed, row.escalated)


@dataclass(frozen=True, slots=True)
class TellAfterwards:
    """What went wrong and how it was fixed, for the customer to read; empty texts take it back."""

    went_wrong: str
    how_fixed: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ReplyToTicket or ModifyTicket."""
        need(work, ticket, Right.REPLY_TO_TICKET, Right.MODIFY_TICKET)
        for field, text in ((WENT_WRONG, self.went_wrong), (HOW_FIXED, self.how_fixed)):
            if len(text) > LONGEST:
                raise Invalid(Problem(field, f"Write at most {LONGEST} characters."))

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is said already."""
        row = row_of(work.db, ticket.id)
        if (row.went_wrong, row.how_fixed) == (self.went_wrong, self.how_fixed):
            return
        row.went_wrong, row.how_fixed = self.went_wrong, self.how_fixed
        yield Record(Transaction(type=TOLD))


@dataclass(frozen=True, slots=True)
class SetSight:
    """Who among customers sees the request: all that may (neither), only who takes part (private), nobody (hidden)."""

    is_private: bool
    is_hidden: bool

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket."""
        need(work, ticket, Right.MODIFY_TICKET)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is so already."""
        row = row_of(work.db, ticket.id)
        if (row.is_private, row.is_hidden) == (self.is_private, self.is_hidden):
            return
        row.is_private, row.is_hidden = self.is_private, self.is_hidden
        word = "hidden" if self.is_hidden else "private" if self.is_private else ""
        yield Record(Transaction(type=SIGHT, new_value=word))


def read_fields(work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]) -> Sequence[Change]:
    """What the fields in the form of a reply ask for (hook `rtpy_form_changes`); nothing where they are as before."""
    if deed != "reply" or not (WENT_WRONG in given or HOW_FIXED in given):
        return ()
    texts = [given.get(name, "").replace("\r\n", "\n").strip() for name in (WENT_WRONG, HOW_FIXED)]
    told = told_of(work.db, ticket.id)
    return () if texts == [told.went_wrong, told.how_fixed] else (TellAfterwards(*texts),)


def row_of(db: Session, ticket_id: int) -> RequestRow:
    """The row of a ticket that is locked; made when there is none."""
    row = db.get(RequestRow, ticket_id)
    if row is None:
        row = RequestRow(ticket_id=ticket_id, is_private=False, is_hidden=False, went_wrong="", how_fixed="")
        db.add(row)
    return row


def _told(happened: Happened, show_date: ShowDate) -> str:
    return "told the customer what went wrong and how it was fixed"


def _sight(happened: Happened, show_date: ShowDate) -> str:
    return {
        "hidden": "hid it from all customers",
        "private": "made it private: of the customers only who takes part sees it",
    }.get(happened.new_value, "let customers see it as usual")


TEXTS: Mapping[str, Sentence] = {TOLD: _told, SIGHT: _sight}
"""For the hook `rtpy_transaction_texts`."""
