"""With whom the ball is, and the pauses in which it is not with us."""

from datetime import datetime

from rtpy_sla.clocks.clock import Pause
from rtpy_sla.clocks.running import Moment
from rtpy_sla.clocks.words import Ball


class Going:
    """A pause that may still go on."""

    __slots__ = ("ball", "began", "end", "end_id", "is_by_hand", "reason", "why", "wrote")

    def __init__(self, ball: Ball, began: Moment, reason: str, *, is_by_hand: bool) -> None:
        self.ball = ball
        self.began = began
        self.reason = reason
        self.is_by_hand = is_by_hand
        self.end: datetime | None = None
        self.end_id: int | None = None
        self.why = ""
        self.wrote: datetime | None = None

    def finish(self, moment: Moment, why: str) -> None:
        self.end, self.end_id, self.why = moment.at, moment.id, why

    def frozen(self) -> Pause:
        began = self.began
        return Pause(
            self.ball,
            began.at,
            self.end,
            began.id,
            began.by,
            self.reason,
            self.is_by_hand,
            self.end_id,
            self.why,
            self.wrote,
        )


class BallPlay:
    """Who has the ball: by hand, else by the status.

    What was said by hand holds until the status changes, the agreed moment comes, or somebody takes it back. The ball
    comes back to us with the customer's message when it was with them, until the status changes or we answer.
    """

    __slots__ = ("_by_status", "_is_answered", "_is_by_hand", "_open", "_pauses", "_status", "ball", "until")

    def __init__(self) -> None:
        self.ball = Ball.US
        self.until: datetime | None = None
        self._status = ""
        self._by_status = Ball.US
        self._is_by_hand = False
        self._is_answered = False
        """Ours only because the customer wrote."""
        self._open: Going | None = None
        self._pauses: list[Going] = []

    def follow(self, status: str, ball: Ball, moment: Moment, reason: str) -> None:
        """The ticket is active and has another status now."""
        self._by_status, self._status = ball, status
        if self._open is not None and self._open.ball is ball and not self._is_by_hand:
            return
        self._turn(ball, moment, "status", reason or status)

    def close(self, ball: Ball, moment: Moment) -> None:
        """Nobody has to do anything: the ticket is solved or void."""
        self._turn(Ball.US, moment, "closed", "")
        self.ball = self._by_status = ball

    def put(self, ball: Ball | None, until: datetime | None, moment: Moment, reason: str) -> None:
        """Somebody says with whom the ball is; None goes by the status again."""
        if ball is None:
            self._turn(self._by_status, moment, "hand", reason or self._status)
            return
        self._turn(ball, moment, "hand", reason, is_by_hand=True)
        self.until = until
        if until is not None and until <= moment.at:
            self.wake(moment)

    def wake(self, moment: Moment) -> None:
        """The moment that was agreed has come: it is our turn until the status changes."""
        self._turn(Ball.US, moment, "time", "")

    def hear_customer(self, moment: Moment) -> None:
        """The customer wrote: if they had the ball, it is ours."""
        if self._open is None:
            return
        if self._open.wrote is None:
            self._open.wrote = moment.at
        if self.ball is Ball.CUSTOMER:
            self._turn(Ball.US, moment, "customer", "")
            self._is_answered = True

    def hear_us(self, moment: Moment) -> None:
        """We answered what the customer wrote: the ball is where the status says again."""
        if self._is_answered:
            self._turn(self._by_status, moment, "answer", self._status)

    def frozen(self) -> tuple[Pause, ...]:
        """The pauses as values, in order."""
        return tuple(pause.frozen() for pause in self._pauses)

    def _turn(self, ball: Ball, moment: Moment, why: str, reason: str, *, is_by_hand: bool = False) -> None:
        if self._open is not None:
            self._open.finish(moment, why)
            self._open = None
        self.ball, self.until = ball, None
        self._is_by_hand, self._is_answered = is_by_hand, False
        if ball is not Ball.US:
            self._open = Going(ball, moment, reason, is_by_hand=is_by_hand)
            self._pauses.append(self._open)
