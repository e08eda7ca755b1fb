"""Work that was seen and not logged: proposed to whoever did it, and never logged by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, select

from rtpy.content.part import Message
from rtpy.errors import NotFound
from rtpy.models import Ticket, Transaction, User
from rtpy.plugin_settings import setting
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_billing.capture.allowed import find_ticket
from rtpy_billing.capture.entries import log_work
from rtpy_billing.capture.local_time import zone_named
from rtpy_billing.capture.values import Given
from rtpy_billing.models import Suggestion, WorkEntry
from rtpy_billing.rights import LOG_TIME

WORDS_A_MINUTE = 20
"""How fast somebody writes who thinks meanwhile."""
STEP = 5
"""Proposed are multiples of so many minutes."""
MOST_MINUTES = 120
DAYS = 14
"""Older ones are not shown any more: nobody remembers."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One suggestion. `subject` is empty for a ticket that its person may not see any more."""

    id: int
    ticket_id: int | None
    subject: str
    transaction_id: int | None
    minutes: int
    words: int
    at: datetime


def suggest(work: Work, ticket: Ticket, transaction: Transaction, message: Message | None) -> None:
    """Propose time for a long message that came without any."""
    if message is None or transaction.type not in ("Correspond", "Comment") or not message.parts:
        return
    first = message.parts[0]
    words = len(first.text().split()) if first.content_type == "text/plain" and len(first.data) > 200 else 0
    least = int(setting(work.app, work.db, "billing.suggest_words"))
    if not least or words < least or not work.rights.system(LOG_TIME):
        return
    minutes = min(MOST_MINUTES, -(-words // (WORDS_A_MINUTE * STEP)) * STEP)
    work.db.add(
        Suggestion(
            user_id=transaction.creator_id,
            ticket_id=ticket.id,
            transaction_id=transaction.id,
            kind="reply",
            seconds=minutes * 60,
            at=work.now,
            evidence={"words": words},
        )
    )
    work.db.flush()


def open_suggestions(work: Work) -> list[Proposed]:
    """The actor's own, the oldest first; not those whose ticket got time of theirs since. One query."""
    sees = work.rights.of(Right.SHOW_TICKET).visible()
    logged = (
        select(WorkEntry.id)
        .where(
            WorkEntry.ticket_id == Suggestion.ticket_id,
            WorkEntry.worked_by_id == Suggestion.user_id,
            WorkEntry.created >= Suggestion.at,
        )
        .exists()
    )
    rows = work.db.execute(
        select(Suggestion, case((sees, Ticket.subject), else_="").label("subject"))
        .outerjoin(Ticket, Ticket.id == Suggestion.ticket_id)
        .where(
            Suggestion.user_id == work.actor.user_id,
            Suggestion.state == "open",
            Suggestion.at >= work.now - timedelta(days=DAYS),
            ~logged,
        )
        .order_by(Suggestion.at, Suggestion.id)
        .limit(100)
    )
    return [
        Proposed(
            row.Suggestion.id,
            row.Suggestion.ticket_id,
            row.subject or "",
            row.Suggestion.transaction_id,
            row.Suggestion.seconds // 60,
            int((row.Suggestion.evidence or {}).get("words", 0)),
            row.Suggestion.at,
        )
        for row in rows
    ]


def accept_suggestion(work: Work, suggestion_id: int, minutes: int | None = None) -> WorkEntry:
    """Log it, for the proposed time or another. Raises NotFound, Invalid, Refused."""
    found = _find(work, suggestion_id)
    worker = work.db.get_one(User, found.user_id)
    given = Given(
        worked_by_id=worker.id,
        worked_on=found.at.astimezone(zone_named(worker.timezone)).date(),
        seconds=found.seconds if minutes is None else minutes * 60,
        ticket=find_ticket(work, found.ticket_id) if found.ticket_id is not None else None,
        zone=worker.timezone or "UTC",
        source="suggestion",
        evidence={**(found.evidence or {}), "transaction": found.transaction_id},
    )
    entry = log_work(work, given).entry
    found.state, found.entry_id = "accepted", entry.id
    work.db.flush()
    return entry


def dismiss_suggestion(work: Work, suggestion_id: int) -> None:
    """It was no work to be logged. Raises NotFound."""
    _find(work, suggestion_id).state = "dismissed"
    work.db.flush()


def _find(work: Work, suggestion_id: int) -> Suggestion:
    found = work.db.get(Suggestion, suggestion_id)
    if found is None or found.user_id != work.actor.user_id or found.state != "open":
        raise NotFound("There is no such suggestion any more.")
    return found
