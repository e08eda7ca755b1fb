"""Saying of a loose end that it is not a problem, and why; it is logged and can be taken back."""

from datetime import date

from sqlalchemy import delete, select

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.work import Work
from rtpy_billing.loose_ends.kinds import BY_NAME
from rtpy_billing.loose_ends.looking import look_at
from rtpy_billing.models import Dismissal, LooseEnd
from rtpy_billing.rights import SEE_LOOSE_ENDS

LONGEST = 1000


def dismiss(work: Work, loose_end_id: int, reason: str, until: date | None = None) -> Dismissal:
    """This one is not a problem, because of `reason`; from `until` on it is asked again.

    One's own anybody may dismiss, others' who holds SeeLooseEnds. Raises NotFound, Refused, Invalid.
    """
    end = work.db.get(LooseEnd, loose_end_id)
    if end is None:
        raise NotFound("That loose end is gone: somebody has seen to it.")
    if end.owner_id != work.actor.user_id and not work.rights.system(SEE_LOOSE_ENDS):
        raise Refused("This is not yours to dismiss: the right SeeLooseEnds is needed.")
    said = " ".join(reason.split())
    if not said:
        raise Invalid(
            Problem("reason", "Say why it is not a problem: the next one who asks will want to know.")
        )
    if len(said) > LONGEST:
        raise Invalid(Problem("reason", f"Say it in at most {LONGEST} characters."))
    if until is not None and until <= look_at(work).today:
        raise Invalid(Problem("until", "Choose a day that is still to come, or none."))
    row = work.db.scalars(
        select(Dismissal).where(Dismissal.kind == end.kind, Dismissal.key == end.key)
    ).one_or_none()
    if row is None:
        row = Dismissal(kind=end.kind, key=end.key)
        work.db.add(row)
    row.reason, row.actor_id, row.at, row.until = said, work.actor.user_id, work.now, until
    work.db.flush()  # its number goes into the log
    after = {"reason": said, "until": until.isoformat() if until else None}
    note_configuration(work, "loose_end", row.id, f"{end.kind} {end.key}", None, after)
    return row


def take_back(work: Work, dismissal_id: int) -> None:
    """It is a problem after all. Raises NotFound, Refused."""
    row = work.db.get(Dismissal, dismissal_id)
    if row is None:
        raise NotFound("That was taken back already.")
    if row.actor_id != work.actor.user_id and not work.rights.system(SEE_LOOSE_ENDS):
        raise Refused("Somebody else said so: the right SeeLooseEnds is needed to take it back.")
    before = {"reason": row.reason, "until": row.until.isoformat() if row.until else None}
    note_configuration(work, "loose_end", row.id, f"{row.kind} {row.key}", before, None)
    work.db.execute(delete(Dismissal).where(Dismissal.id == row.id))


def is_known(kind: str) -> bool:
    """Is there such a kind?"""
    return kind in BY_NAME
