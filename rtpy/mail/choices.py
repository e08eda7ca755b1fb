"""What somebody wants to hear by mail: at once, in a daily digest, or not; asked for every mail, so remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.notification_choices import USUAL_HOUR, Event, When, usual
from rtpy.models import NotificationChoice, Transaction
from rtpy.models.watcher import OWNER
from rtpy.remembered import remembered, watch

_MESSAGES = ("Create", "Correspond", "Comment")
_ASKED_FOR = ("Schedule",)
"""Types of transactions that never wait: somebody set up that they come at their time."""


@dataclass(frozen=True, slots=True)
class Choices:
    """One person's choices. What was not chosen comes at once, but for one's own deeds."""

    suspended: bool = False
    hour: int = USUAL_HOUR
    events: Mapping[str, str] = field(default_factory=dict)

    def of(self, event: Event) -> When:
        """When an event is told."""
        chosen = self.events.get(event, usual(event))
        return When(chosen) if chosen in list(When) else usual(event)


EVERYTHING = Choices()


def choices_of(app: App, db: Session, user_id: int) -> Choices:
    """The choices of one person, remembered with those of all others."""
    return remembered(app, db, "notification_choices", _read).get(user_id, EVERYTHING)


def event_of(transaction: Transaction, role: str, *, on_queue: bool) -> Event | None:
    """What a transaction is to somebody who plays `role` on the ticket, or on its queue; None: never waits."""
    if transaction.type in _ASKED_FOR:
        return None
    is_message = transaction.type in _MESSAGES
    if role == OWNER and not on_queue:
        return Event.OWN_MESSAGES if is_message else Event.OWN_CHANGES
    if not on_queue:
        return Event.WATCHED_MESSAGES if is_message else Event.WATCHED_CHANGES
    if transaction.type == "Create":
        return Event.QUEUE_NEW
    return Event.QUEUE_MESSAGES if is_message else Event.QUEUE_CHANGES


def _read(db: Session) -> dict[int, Choices]:
    return {row.user_id: _choices(row) for row in db.execute(_ALL)}


def _choices(row: Any) -> Choices:
    return Choices(row.suspended, row.hour, dict(row.choices or {}))


_ALL = select(
    NotificationChoice.user_id,
    NotificationChoice.suspended,
    NotificationChoice.hour,
    NotificationChoice.choices,
)
watch(NotificationChoice)
