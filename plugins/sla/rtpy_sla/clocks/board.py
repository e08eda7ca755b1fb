"""All clocks of one ticket while its history is played: what is owed, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from rtpy_sla.clocks.account import Account, account_since, catch_up
from rtpy_sla.clocks.plan import Band, Plan
from rtpy_sla.clocks.ruler import Ruler
from rtpy_sla.clocks.running import Moment, Running
from rtpy_sla.clocks.situation import Phase, Situation, mode_of
from rtpy_sla.clocks.terms import Terms, date_given, terms_by_target
from rtpy_sla.clocks.words import Retarget, State, Target


class Owed(NamedTuple):
    """Something that is owed, whether or not a policy says until when."""

    start: datetime
    by: int


class Board:
    """What is owed goes on without a policy; a clock is there for it while one holds.

    So a policy that is pinned late finds since when each thing is owed. What had ended by then gets no clock.
    """

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.priority = 0
        self.owed: dict[Target, Owed] = {}
        self.running: dict[Target, Running] = {}
        self.promises: dict[int, Running] = {}
        self.ended: dict[Target, Running] = {}
        """The last clock of each target that came to its end."""
        self.all: dict[tuple[Target, int], Running] = {}
        self.past: list[Situation] = []
        self._cycles: dict[Target, int] = {}
        self._terms: Mapping[Target, Terms] = {}
        self._band: Band | None = None
        self._rulers: dict[int, Ruler] = {}
        self._terms_by_band: dict[tuple[int, int], Mapping[Target, Terms]] = {}

    def owe(self, target: Target, moment: Moment, why: str = "", by: int | None = None) -> None:
        """From now on this is owed, unless it is already. `by`: the transaction that is its cause, if another."""
        if target in self.owed:
            return
        cause = moment.id if by is None else by
        self.owed[target] = Owed(moment.at, cause)
        terms = self._terms.get(target)
        if terms is not None:
            account = Account(terms, moment.at, mode_of(target, terms, self.past[-1]))
            self._start(target, terms, account, moment, why, (moment.at, cause))

    def settle(self, target: Target, moment: Moment, why: str = "") -> None:
        """It was done."""
        self.owed.pop(target, None)
        clock = self.running.pop(target, None)
        if clock is not None:
            clock.end(moment, why=why)
            self.ended[target] = clock

    def settle_all(self, moment: Moment, why: str) -> None:
        """All that was owed is done, promises of dates too."""
        for target in tuple(self.owed):
            self.settle(target, moment, why)
        for clock in self.promises.values():
            clock.end(moment, why=why)
        self.promises.clear()

    def stop_all(self, moment: Moment, why: str) -> None:
        """Nothing is owed any more."""
        self.owed.clear()
        for clock in (*self.running.values(), *self.promises.values()):
            clock.end(moment, State.STOPPED, why)
        self.running.clear()
        self.promises.clear()

    def move(self, situation: Situation, moment: Moment) -> None:
        """The ticket stands otherwise from now on."""
        last = self.past[-1] if self.past else None
        if last is not None and last[1:] == situation[1:]:
            return
        if last is not None and last.at == situation.at and len(self.past) > 1:
            self.past[-1] = situation
        else:
            self.past.append(situation)
        for clock in (*self.running.values(), *self.promises.values()):
            mode = mode_of(clock.target, clock.terms, situation)
            if last is not None and mode is not clock.account.mode:
                clock.turn(mode, moment, _cause(last, situation))

    def take_up(self, target: Target, moment: Moment) -> None:
        """The last clock goes on as if it had not ended, on the terms that its plan has for the priority of now."""
        clock = self.ended[target]
        clock.reopen(mode_of(target, clock.terms, self.past[-1]), moment)
        self.owed[target] = Owed(clock.started, clock.started_by)
        self.running[target] = clock
        self._follow_priority(target, clock, moment)

    def pin(self, plan: Plan | None, how: Retarget, moment: Moment) -> None:
        """Another version of a policy holds, or none."""
        is_first = self.plan is None
        self._use(plan)
        if plan is None:
            for clock in self.running.values():
                clock.end(moment, State.STOPPED, "policy")
            self.running.clear()
            return
        if is_first and how is Retarget.KEEP:
            how = Retarget.FROM_NOW
        if how is Retarget.KEEP:
            return
        for target in tuple(self.running):
            self._retarget(target, self._terms.get(target), how, moment, "policy")
        self._fill(how, moment, "policy")

    def prioritise(self, priority: int, moment: Moment) -> None:
        """Each clock follows the plan that it was begun under, or re-targeted to."""
        self.priority = priority
        if self.plan is None:
            return
        before = self._band
        self._use(self.plan)
        for target, clock in tuple(self.running.items()):
            self._follow_priority(target, clock, moment)
        if self._band is not before and self.plan.on_priority is not Retarget.KEEP:
            self._fill(self.plan.on_priority, moment, "priority")

    def absorb(self, start: datetime, moment: Moment) -> None:
        """An older ticket was merged into this one: what is still owed from the first day on is owed since then."""
        for target, owed in tuple(self.owed.items()):
            if owed.start != self.past[0].at or start >= owed.start:
                continue
            self.owed[target] = Owed(start, moment.id)
            clock = self.running.get(target)
            if clock is not None:
                clock.started = start
                clock.parked.clear()
                account = account_since(start, target, clock.terms, self.past)
                clock.retarget(clock.terms, account, moment, Retarget.FROM_CREATION.value, "absorbed")

    def restart(self, moment: Moment) -> None:
        """What is owed is owed from now on: what was before is not known well enough to count."""
        self.owed = dict.fromkeys(self.owed, Owed(moment.at, moment.id))
        self.past = [self.past[-1]._replace(at=moment.at)]

    def promise(self, cycle: int, due: datetime, label: str, moment: Moment) -> None:
        """A date was given. A number that is there already moves its date."""
        if (Target.PROMISE, cycle) in self.all:
            self.move_promise(cycle, due, moment)
            return
        terms = date_given(moment.at, due, self.plan.version_id if self.plan else 0)
        account = Account(terms, moment.at, mode_of(Target.PROMISE, terms, self.past[-1]))
        clock = Running(Target.PROMISE, cycle, terms, account, moment)
        clock.label = label
        self.promises[cycle] = self.all[Target.PROMISE, cycle] = clock

    def move_promise(self, cycle: int, due: datetime, moment: Moment) -> None:
        """Another date for a promise that is still open."""
        clock = self.promises.get(cycle)
        if clock is not None:
            clock.move(date_given(clock.started, due, clock.terms.version_id), moment)

    def settle_promise(self, cycle: int, moment: Moment, *, is_kept: bool) -> None:
        """It was kept, or taken back."""
        clock = self.promises.pop(cycle, None)
        if clock is not None:
            clock.end(moment, State.ENDED if is_kept else State.STOPPED, "" if is_kept else "withdrawn")

    def _use(self, plan: Plan | None) -> None:
        self.plan = plan
        self._band = plan.band(self.priority) if plan else None
        self._terms = self._terms_in(plan, self._band) if plan and self._band else {}

    def _terms_in(self, plan: Plan, band: Band) -> Mapping[Target, Terms]:
        key = (plan.version_id, band.from_priority)
        found = self._terms_by_band.get(key)
        if found is None:
            ruler = self._rulers.get(id(band.hours))
            if ruler is None:
                ruler = self._rulers[id(band.hours)] = Ruler(band.hours, self.past[0].at)
            found = self._terms_by_band[key] = terms_by_target(plan, band, ruler)
        return found

    def _follow_priority(self, target: Target, clock: Running, moment: Moment) -> None:
        plan = clock.terms.plan
        if plan is None or plan.on_priority is Retarget.KEEP:
            return
        band = plan.band(self.priority)
        if band is not clock.terms.band:
            terms = self._terms_in(plan, band).get(target)
            self._retarget(target, terms, plan.on_priority, moment, "priority")

    def _retarget(self, target: Target, terms: Terms | None, how: Retarget, moment: Moment, why: str) -> None:
        clock = self.running[target]
        if terms is None:
            clock.end(moment, State.STOPPED, why)
            del self.running[target]
            return
        account = self._recounted(target, clock, terms, how, moment)
        clock.retarget(terms, account, moment, how.value, why)

    def _fill(self, how: Retarget, moment: Moment, why: str) -> None:
        for target, owed in self.owed.items():
            terms = self._terms.get(target)
            if terms is None or target in self.running:
                continue
            start = owed.start if how is Retarget.FROM_CREATION else moment.at
            account = account_since(start, target, terms, self.past)
            self._start(target, terms, account, moment, why, (start, owed.by))

    def _recounted(
        self, target: Target, clock: Running, terms: Terms, how: Retarget, moment: Moment
    ) -> Account:
        """Terms that come and go are counted on from where they were left, so that a long history takes no longer."""
        if clock.account.base == clock.started:
            clock.parked[id(clock.terms)] = (clock.account, len(self.past))
        if how is not Retarget.FROM_CREATION:
            return account_since(moment.at, target, terms, self.past)
        account, seen = clock.parked.pop(id(terms), (None, 0))
        if account is None:
            return account_since(clock.started, target, terms, self.past)
        catch_up(account, target, self.past[max(seen - 1, 0) :])
        return account

    def _start(
        self,
        target: Target,
        terms: Terms,
        account: Account,
        moment: Moment,
        why: str,
        started: tuple[datetime, int],
    ) -> None:
        cycle = self._cycles[target] = self._cycles.get(target, 0) + 1
        clock = Running(target, cycle, terms, account, moment, why, started)
        self.running[target] = self.all[target, cycle] = clock


def _cause(before: Situation, now: Situation) -> dict[str, str]:
    """What made clocks pause or go on."""
    if now.phase is not Phase.OPEN:
        return {"why": "void"}
    if before.phase is not Phase.OPEN:
        return {"why": "restored"}
    if before.ball is now.ball:
        return {"why": "owned" if now.is_owned else "unowned"}
    return {"ball": now.ball.value}
