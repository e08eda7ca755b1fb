"""Plays a ticket's history: what was promised, kept and missed comes out."""

from collections.abc import Callable, Mapping
from datetime import datetime

from rtpy_sla.clocks.ball import BallPlay
from rtpy_sla.clocks.board import Board
from rtpy_sla.clocks.clock import Timeline
from rtpy_sla.clocks.facts import Fact, FactKind, Story
from rtpy_sla.clocks.plan import Plan, Rules
from rtpy_sla.clocks.running import Moment, Running
from rtpy_sla.clocks.situation import Phase, Situation, phase_of
from rtpy_sla.clocks.words import Ball, Reopening, Retarget, Target

AT_CREATION = (Target.ACKNOWLEDGE, Target.FIRST_RESPONSE, Target.RESOLUTION, Target.WAITING, Target.EFFORT)
UNTIL_RESOLVED = (Target.RESOLUTION, Target.WAITING, Target.EFFORT)
JUDGEMENTS = (FactKind.EXCUSED, FactKind.EXPLAINED)
NOBODY = 0


def play(story: Story, plans: Mapping[int, Plan], rules: Rules, now: datetime) -> Timeline:
    """All clocks and pauses that the facts amount to at `now`; the same arguments always give the same.

    `plans` has each version that the story pins; KeyError for one that is missing. Time that passes changes only what
    has a moment in it: a clock is missed when its due moment has passed, a pause until an agreed moment ends there.
    """
    if not story.facts:
        return Timeline((), (), Ball.US)
    return Playing(story, plans, rules).run(now)


class Playing:
    """One history being played, fact by fact."""

    def __init__(self, story: Story, plans: Mapping[int, Plan], rules: Rules) -> None:
        self.story = story
        self.plans = plans
        self.rules = rules
        self.board = Board()
        self.ball = BallPlay()
        self.moment = Moment(_whole(story.facts[0].at), NOBODY, NOBODY)
        self.status = ""
        self.phase = Phase.OPEN
        self.is_owned = False
        self.home = self.queue = 0
        self.unanswered = 0
        """The customer's message that came while the ticket was solved or void."""
        self.is_gone = False
        """Merged into another."""
        self.counts_from = _whole(story.counts_from) if story.counts_from else None
        self.later_plan: Plan | None = None
        """What was pinned before anything counts."""

    def run(self, now: datetime) -> Timeline:
        """The facts in order, with what time itself does between them."""
        for fact in self.story.facts:
            if self.is_gone and fact.kind not in JUDGEMENTS:
                continue
            at = max(_whole(fact.at), self.moment.at)
            self._pass_time(at)
            self.moment = Moment(at, fact.id, fact.by)
            DEEDS[fact.kind](self, fact)
        now = max(_whole(now), self.moment.at)
        self._pass_time(now)
        if self.counts_from == now:
            self._begin_counting(now)
        return Timeline(
            tuple(clock.frozen(now) for clock in self.board.all.values()),
            self.ball.frozen(),
            self.ball.ball,
            self.ball.until,
            self.status,
            self.board.priority,
        )

    def _pass_time(self, at: datetime) -> None:
        if self.is_gone:
            return
        until = self.ball.until
        horizon = self.counts_from
        if horizon is not None and horizon < at and (until is None or horizon < until):
            self._begin_counting(horizon)
        if until is not None and until <= at:
            self.moment = Moment(until, NOBODY, NOBODY)
            self.ball.wake(self.moment)
            self._stand()
            if self.counts_from is not None:
                self._pass_time(at)

    def _begin_counting(self, horizon: datetime) -> None:
        """The history was brought in up to here: what is owed is owed from now on."""
        self.counts_from = None
        self.moment = Moment(horizon, NOBODY, NOBODY)
        self.board.restart(self.moment)
        if self.later_plan is not None:
            self.board.pin(self.later_plan, Retarget.FROM_NOW, self.moment)

    def _stand(self) -> None:
        moment, board, ball = self.moment, self.board, self.ball.ball
        board.move(Situation(moment.at, self.phase, ball, self.is_owned), moment)
        if self.phase is Phase.OPEN:
            if ball is Ball.THIRD:
                board.owe(Target.SUPPLIER, moment)
            elif Target.SUPPLIER in board.owed:
                board.settle(Target.SUPPLIER, moment)

    def create(self, fact: Fact) -> None:
        if self.board.past:  # of a ticket that was merged into this one: absorbed() says what counts
            return
        moment, board = self.moment, self.board
        self.status, board.priority = fact.text, fact.number
        self.home = self.queue = int(fact.data.get("queue") or 0)
        self.is_owned = bool(fact.data.get("owner"))
        self.phase = phase_of(self.status, self.rules.at(fact.at))
        ball = self._ball_by_status(fact)
        if self.phase is Phase.OPEN:
            self.ball.follow(self.status, ball, moment, "")
        else:
            self.ball.close(ball, moment)
        self._stand()
        self._pin_at_creation()
        is_by_us = bool(fact.data.get("by_us"))
        for target in AT_CREATION:
            if not (is_by_us and target is Target.FIRST_RESPONSE):
                board.owe(target, moment)
        if self.is_owned:
            board.settle(Target.ACKNOWLEDGE, moment)
        if self.phase is Phase.SOLVED:
            board.settle_all(moment, "solved")
        elif is_by_us and self.phase is Phase.OPEN:
            board.owe(Target.UPDATE, moment)

    def _pin_at_creation(self) -> None:
        start = self.moment.at
        for fact in self.story.facts:
            if _whole(fact.at) > start:
                return
            if fact.kind is FactKind.PINNED:
                plan = self.plans[fact.number] if fact.number else None
                if self.counts_from is None:
                    self.board.pin(plan, Retarget.FROM_NOW, self.moment)
                return

    def pin(self, fact: Fact) -> None:
        plan = self.plans[fact.number] if fact.number else None
        if self.counts_from is not None:
            self.later_plan = plan
        elif not (plan is self.board.plan and self.moment.at == self.board.past[0].at):
            self.board.pin(plan, Retarget(fact.text or Retarget.KEEP), self.moment)

    def hear_customer(self, fact: Fact) -> None:
        self.ball.hear_customer(self.moment)
        self._stand()
        if Target.FIRST_RESPONSE in self.board.owed:
            return
        if self.phase is Phase.OPEN:
            self.board.owe(Target.NEXT_RESPONSE, self.moment)
        elif not self.unanswered:
            self.unanswered = fact.id

    def hear_staff(self, fact: Fact) -> None:
        board, moment = self.board, self.moment
        self.unanswered = 0
        for target in (Target.ACKNOWLEDGE, Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.UPDATE):
            board.settle(target, moment)
        self.ball.hear_us(moment)
        self._stand()
        if self.phase is Phase.OPEN:
            board.owe(Target.UPDATE, moment)

    def touch(self, fact: Fact) -> None:
        self.board.settle(Target.ACKNOWLEDGE, self.moment)

    def ignore(self, fact: Fact) -> None:
        """A machine answers nobody."""

    def own(self, fact: Fact) -> None:
        self.is_owned = bool(fact.text)
        if self.is_owned:
            self.board.settle(Target.ACKNOWLEDGE, self.moment)
        self._stand()

    def set_status(self, fact: Fact) -> None:
        moment, board = self.moment, self.board
        before, self.phase = self.phase, phase_of(fact.text, self.rules.at(fact.at))
        self.status = fact.text
        ball = self._ball_by_status(fact)
        if self.phase is Phase.OPEN:
            self.ball.follow(self.status, ball, moment, str(fact.data.get("reason") or ""))
            self._stand()
            if before is not Phase.OPEN:
                self._reopen()
            return
        if self.phase is Phase.SOLVED and before is not Phase.SOLVED:
            self.unanswered = 0
            board.settle_all(moment, "solved")
        self.ball.close(ball, moment)
        self._stand()

    def _reopen(self) -> None:
        """Open again: what was ended by solving it goes on, or begins again."""
        board, moment = self.board, self.moment
        if Target.RESOLUTION not in board.owed:
            for target in UNTIL_RESOLVED:
                self._reopen_clock(target)
            board.owe(Target.UPDATE, moment, "reopened")
        if self.unanswered and Target.FIRST_RESPONSE not in board.owed:
            board.owe(Target.NEXT_RESPONSE, moment, "reopened", self.unanswered)
        self.unanswered = 0

    def _reopen_clock(self, target: Target) -> None:
        board, moment = self.board, self.moment
        plan, last = board.plan, board.ended.get(target)
        if last is not None and last.ended is not None and plan is not None:
            if plan.reopening is Reopening.NEVER:
                return
            passed = (moment.at - last.ended.at).total_seconds()
            if plan.reopening is Reopening.CONTINUE and passed <= plan.confirm_seconds:
                board.take_up(target, moment)
                return
        board.owe(target, moment, "reopened")

    def prioritise(self, fact: Fact) -> None:
        self.board.prioritise(fact.number, self.moment)

    def hand_over(self, fact: Fact) -> None:
        if fact.number == self.queue:
            return
        self.queue = fact.number
        self.board.settle(Target.INTERNAL, self.moment)
        if self.queue != self.home and self.phase is Phase.OPEN:
            self.board.owe(Target.INTERNAL, self.moment)

    def put_ball(self, fact: Fact) -> None:
        if self.phase is not Phase.OPEN:
            return
        until = fact.data.get("until")
        self.ball.put(
            Ball(fact.text) if fact.text else None,
            _instant(until) if until else None,
            self.moment,
            str(fact.data.get("reason") or ""),
        )
        self._stand()

    def forgive(self, fact: Fact) -> None:
        clock = self._named(fact)
        if clock is not None:
            clock.forgive(str(fact.data.get("reason") or ""), self.moment)

    def explain(self, fact: Fact) -> None:
        clock = self._named(fact)
        if clock is not None:
            clock.explain(str(fact.data.get("reason") or ""), self.moment)

    def promise(self, fact: Fact) -> None:
        if self.counts_from is None:
            label = str(fact.data.get("words") or "")
            self.board.promise(fact.number, _instant(fact.data["due"]), label, self.moment)

    def settle_promise(self, fact: Fact) -> None:
        if fact.text == "moved":
            self.board.move_promise(fact.number, _instant(fact.data["due"]), self.moment)
        else:
            self.board.settle_promise(fact.number, self.moment, is_kept=fact.text == "kept")

    def absorb(self, fact: Fact) -> None:
        self.board.absorb(_instant(fact.data["started"]), self.moment)

    def merge_away(self, fact: Fact) -> None:
        self.board.stop_all(self.moment, "merged")
        self.ball.close(self.ball.ball, self.moment)
        self.is_gone = True

    def _named(self, fact: Fact) -> Running | None:
        return self.board.all.get((Target(fact.text), fact.number))

    def _ball_by_status(self, fact: Fact) -> Ball:
        return self.rules.at(fact.at).ball_by_status.get(self.status.lower(), Ball.US)


DEEDS: Mapping[FactKind, Callable[[Playing, Fact], None]] = {
    FactKind.CREATED: Playing.create,
    FactKind.CUSTOMER_SPOKE: Playing.hear_customer,
    FactKind.STAFF_SPOKE: Playing.hear_staff,
    FactKind.STAFF_TOUCHED: Playing.touch,
    FactKind.MACHINE_SPOKE: Playing.ignore,
    FactKind.OWNED: Playing.own,
    FactKind.STATUS: Playing.set_status,
    FactKind.PRIORITY: Playing.prioritise,
    FactKind.QUEUE: Playing.hand_over,
    FactKind.BALL: Playing.put_ball,
    FactKind.PINNED: Playing.pin,
    FactKind.EXCUSED: Playing.forgive,
    FactKind.EXPLAINED: Playing.explain,
    FactKind.PROMISED: Playing.promise,
    FactKind.PROMISE_SETTLED: Playing.settle_promise,
    FactKind.ABSORBED: Playing.absorb,
    FactKind.MERGED: Playing.merge_away,
}


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0) if at.microsecond else at


def _instant(text: str) -> datetime:
    return _whole(datetime.fromisoformat(text))
