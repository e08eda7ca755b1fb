"""Who has to do the next step on a ticket, as plugins know it and customers read it."""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from rtpy.models import Ticket

if TYPE_CHECKING:
    from rtpy.work import Work

log = logging.getLogger("rtpy.history")


class Holder(StrEnum):
    """Who has it."""

    US = "us"
    CUSTOMER = "customer"
    THIRD = "third"
    """Somebody outside: a maker, a carrier."""
    SCHEDULED = "scheduled"
    """Nobody: it waits for a moment that was agreed."""
    NOBODY = "nobody"
    """It is done."""


@dataclass(frozen=True, slots=True)
class Ball:
    """Who has the next step, and the moment that the customer was told of, if any: until then it waits, or is done."""

    holder: Holder
    until: datetime | None = None


def ball_of(work: "Work", ticket: Ticket) -> Ball | None:
    """What the first plugin that knows says (hook `rtpy_ball`); None when none does.

    One that raises is logged, and then nothing is said: no page of a customer fails for it.
    """
    ask = work.app.hooks.rtpy_ball
    if not ask.get_hookimpls():
        return None
    try:
        with work.db.begin_nested():
            found: Ball | None = ask(work=work, ticket=ticket)
    except Exception:
        log.exception("a plugin failed to say who has the next step on ticket %s", ticket.id)
        return None
    return found
