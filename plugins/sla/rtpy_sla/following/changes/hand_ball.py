"""Saying by hand who has to do the next step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Ticket, Transaction
from rtpy.work import Face, Work
from rtpy_sla.clocks.words import Ball
from rtpy_sla.following.changes.reasons import read_reason
from rtpy_sla.following.plans import rules_of
from rtpy_sla.following.recorded import BALL, data_of, written
from rtpy_sla.rights import CHANGE_SERVICE_LEVEL

LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class HandBall:
    """The ball is with `ball`, whatever the status says, until it changes; None: as the status says again.

    `until` ends it by itself; a scheduled ball needs it.
    """

    ball: Ball | None
    until: datetime | None = None
    reason: str = ""

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ChangeServiceLevel and an open ticket; the moment must be to come."""
        if work.actor.face is not Face.SYSTEM:
            need_system(work, CHANGE_SERVICE_LEVEL)
        read_reason(self.reason)
        rules = rules_of(work.app, work.db)
        if ticket.status in rules.solved or ticket.status in rules.void:
            raise Refused(f"Ticket #{ticket.id} is {ticket.status}: nobody has to do a next step.")
        if self.ball is None:
            if not _is_by_hand(work, ticket):
                raise Refused("Who has the next step goes by the status already.")
            return
        if self.until is None:
            if self.ball is Ball.SCHEDULED:
                raise Invalid(Problem("until", "Say until when it waits."))
            return
        if self.until <= work.now:
            raise Invalid(Problem("until", "That moment is past: choose a later one."))
        if self.until > work.now + LONGEST:
            raise Invalid(Problem("until", "That is more than three years away: choose an earlier moment."))

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """The clocks are worked out again when the bundle is recorded."""
        ball = self.ball.value if self.ball else ""
        until = self.until if self.ball else None
        yield Record(written(BALL, ball=ball, until=until, reason=read_reason(self.reason)))


def _is_by_hand(work: Work, ticket: Ticket) -> bool:
    """Did somebody hand the ball since the last change of status?"""
    last = work.db.execute(
        select(Transaction.type, Transaction.data)
        .where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type.in_((BALL, "Status")),
        )
        .order_by(Transaction.id.desc())
        .limit(1)
    ).one_or_none()
    return last is not None and last.type == BALL and bool(data_of(last.data).get("ball"))
