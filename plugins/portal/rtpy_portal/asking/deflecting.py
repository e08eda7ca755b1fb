"""“This answered it”: noted before a request is made, and taken back when it was sent all the same."""

from sqlalchemy import update

from rtpy.work import Work
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.asking.suggesting import Suggestion
from rtpy_portal.models import Deflection


def note_answered(
    work: Work, visitor: Visitor | None, answer: Suggestion, words: str, topic_id: int | None
) -> Deflection:
    """Somebody found their answer; whoever is not logged in stays unnamed."""
    row = Deflection(
        kind=answer.kind.value,
        thing_id=answer.id,
        topic_id=topic_id,
        words=" ".join(words.split())[:255],
        user_id=visitor.user_id if visitor is not None else None,
        at=work.now,
    )
    work.db.add(row)
    work.db.flush()
    return row


def note_sent_anyway(work: Work, deflection_id: int) -> None:
    """It had not answered it."""
    work.db.execute(update(Deflection).where(Deflection.id == deflection_id).values(was_sent=True))
