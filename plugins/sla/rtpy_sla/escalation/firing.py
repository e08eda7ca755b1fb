"""Taking one step of a clock: once, with its conditions, its actions, and what became of each."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import Insert, Row, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from rtpy.db.types import Json
from rtpy.errors import RtpyError
from rtpy.faults import reach
from rtpy.work import Work
from rtpy_sla.clocks.facts import Story
from rtpy_sla.escalation.conditions import why_not
from rtpy_sla.escalation.deeds import Occasion, do
from rtpy_sla.escalation.people import People
from rtpy_sla.following.reading import stories
from rtpy_sla.ladder.step import Deed
from rtpy_sla.models import Firing

log = logging.getLogger("rtpy.sla")

LATE = timedelta(minutes=5)
"""A step that is taken so much after its time is marked."""


def take_step(work: Work, occasion: Occasion, people: People) -> bool | None:
    """Take it in the transaction of `work`; the ticket's row is locked. None when it was taken before.

    True when the ticket may be another one afterwards. An action that fails is said in the outcome and hinders no
    other.
    """
    number = _claim(work, occasion)
    if number is None:
        return None
    has_changed = False
    hindrance = _hindrance(work, occasion)
    if hindrance:
        outcome = [{"kind": "", "done": False, "skipped": True, "said": hindrance}]
    else:
        outcome = []
        for deed in occasion.step.deeds:
            said, changed = _try(work, occasion, deed, people)
            has_changed |= changed
            outcome.append(said)
    work.db.connection().execute(_OUTCOME, {"number": number, "said": outcome})
    reach("sla-step-taken")
    return has_changed


def _try(work: Work, occasion: Occasion, deed: Deed, people: People) -> tuple[dict[str, Any], bool]:
    said: dict[str, Any] = {"kind": deed.kind.value, "value": deed.value}
    try:
        done = do(work, occasion, deed, people)  # what it changes lies in a savepoint of the bundle
    except OperationalError:
        raise  # the database itself: the whole round is tried again
    except RtpyError as problem:
        _read_again(work, occasion)
        return {**said, "done": False, "said": str(problem)}, False
    except Exception as error:
        log.exception("ticket %s: %s of ladder %s", occasion.ticket.id, deed.kind, occasion.ladder.id)
        _read_again(work, occasion)
        return {**said, "done": False, "said": f"Failed with {type(error).__name__}: see the log."}, False
    return {**said, "done": True, "said": done.said}, done.has_changed


def _read_again(work: Work, occasion: Occasion) -> None:
    """What was undone is unread: relations are not loaded by themselves."""
    work.db.refresh(occasion.ticket)
    work.db.refresh(occasion.ticket, ["queue", "owner"])


def _hindrance(work: Work, occasion: Occasion) -> str:
    def story() -> Story | None:
        return stories(work, [occasion.ticket.id]).get(occasion.ticket.id)

    nobody = work.app.nobody_id(work.db)
    return why_not(occasion.step.conditions, occasion.ticket, nobody, story)


def _claim(work: Work, occasion: Occasion) -> int | None:
    """The number of the row that says that the step is taken; None when somebody else has written it."""
    db, clock = work.db, occasion.clock
    work.db.flush()
    row: Row[Any] | None = (
        db.connection()
        .execute(
            _CLAIMS[db.get_bind().dialect.name],
            {
                "ticket_id": occasion.ticket.id,
                "target": clock.target.value,
                "cycle": clock.cycle,
                "ladder_id": occasion.ladder.id,
                "step": occasion.step.key,
                "due": occasion.due,
                "fired": work.now,
                "is_late": occasion.is_late,
                "outcome": [],
            },
        )
        .one_or_none()
    )
    return None if row is None else int(row.id)


_OUTCOME = (
    update(Firing).where(Firing.id == bindparam("number")).values(outcome=bindparam("said", type_=Json()))
)
_CLAIMS: dict[str, Insert] = {
    "postgresql": postgresql.insert(Firing).on_conflict_do_nothing().returning(Firing.id),
    "sqlite": sqlite.insert(Firing).on_conflict_do_nothing().returning(Firing.id),
}
