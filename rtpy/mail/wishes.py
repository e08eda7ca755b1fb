"""Does somebody get a mail who may: their own choices, and the list of addresses that get none."""

from dataclasses import dataclass

from rtpy.changes.notification_choices import Event, When
from rtpy.mail.choices import choices_of, event_of
from rtpy.mail.occasion import Occasion
from rtpy.mail.people import Person
from rtpy.mail.suppression import suppressed
from rtpy.models.watcher import REQUESTOR


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The reason in words; `user_id` is set when the mail waits for that person's digest."""

    words: str
    user_id: int = 0

    @property
    def waits(self) -> bool:
        """Will the digest tell it?"""
        return self.user_id != 0


def wants_own_deeds(occasion: Occasion, person: Person) -> bool:
    """RT: the preference NotifyActor."""
    work = occasion.work
    return person.is_staff and choices_of(work.app, work.db, person.id).of(Event.MY_DEEDS) is When.NOW


def reason_by_choice(occasion: Occasion, person: Person, role: str, *, on_queue: bool) -> WhyNot | None:
    """Why somebody with a role gets no mail now; `role` is empty for an automatic answer.

    Requestors get every answer, and nothing that is an answer waits; but nobody who wants no mail at all gets any.
    """
    if reason := reason_at_all(occasion, person):
        return WhyNot(reason)
    work = occasion.work
    if role in ("", REQUESTOR) or person.id == occasion.people.actor.id:
        return None
    event = event_of(occasion.transaction, role, on_queue=on_queue)
    if event is None:
        return None
    match choices_of(work.app, work.db, person.id).of(event):
        case When.DIGEST:
            return WhyNot(f"{person.name} chose the daily digest for this", person.id)
        case When.NONE:
            return WhyNot(f"{person.name} chose to get no mail of this")
        case _:
            return None


def reason_at_all(occasion: Occasion, person: Person) -> str | None:
    """The list, or a person who wants no mail for now: holds for every mail about tickets."""
    work = occasion.work
    if reason := suppressed(work.app, work.db).reason(person.address):
        return reason
    is_suspended = person.id and choices_of(work.app, work.db, person.id).suspended
    return f"{person.name} wants no mail for now" if is_suspended else None
