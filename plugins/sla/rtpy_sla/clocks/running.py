"""One clock while its ticket's history is played: it starts, pauses, is re-targeted, ends."""

from datetime import datetime
from typing import Any, NamedTuple

from rtpy_sla.clocks.account import Account
from rtpy_sla.clocks.clock import Clock, Step
from rtpy_sla.clocks.situation import Mode
from rtpy_sla.clocks.terms import Terms
from rtpy_sla.clocks.words import State, Target

TURNED = {Mode.COUNTING: "resumed", Mode.PAUSED: "paused", Mode.CLOSED: "stopped"}
STANDS = {Mode.COUNTING: State.RUNNING, Mode.PAUSED: State.PAUSED, Mode.CLOSED: State.STOPPED}


class Moment(NamedTuple):
    """When something happens, by which transaction (0: time passed), and who did it."""

    at: datetime
    id: int
    by: int


class Excuse(NamedTuple):
    """Why a miss does not count against us."""

    reason: str
    by: int
    at: datetime


class Running:
    """A clock in the making. It is over when `state` is set."""

    __slots__ = (
        "account",
        "cause",
        "cycle",
        "ended",
        "excuse",
        "label",
        "missed",
        "parked",
        "started",
        "started_by",
        "state",
        "steps",
        "target",
        "terms",
    )

    def __init__(
        self,
        target: Target,
        cycle: int,
        terms: Terms,
        account: Account,
        moment: Moment,
        why: str = "",
        started: tuple[datetime, int] | None = None,
    ) -> None:
        """`started`: since when it is owed and by which transaction, when that is not this moment."""
        self.target = target
        self.cycle = cycle
        self.terms = terms
        self.account = account
        self.started, self.started_by = started or (moment.at, moment.id)
        self.missed: datetime | None = None
        self.state: State | None = None
        self.ended: Moment | None = None
        self.excuse: Excuse | None = None
        self.cause = ""
        self.label = ""
        self.steps: list[Step] = []
        self.parked: dict[int, tuple[Account, int]] = {}
        """Accounts from the start on under terms that held before, and how many situations they have seen."""
        detail: dict[str, Any] = {"terms": terms.said()}
        if why:
            detail["why"] = why
        self._step("started", moment, detail)
        self._miss_at_once(moment)

    def turn(self, mode: Mode, moment: Moment, cause: dict[str, str]) -> None:
        """It pauses, goes on, or is stopped for a time."""
        self.note_missed(moment.at)
        begin, counted = self.account.since, self.account.turn(moment.at, mode)
        self._step(TURNED[mode], moment, cause, begin, counted)

    def retarget(self, terms: Terms, account: Account, moment: Moment, how: str, why: str) -> None:
        """Other terms hold; `account` says how it stands under them. A miss stays."""
        self.note_missed(moment.at)
        old = self.account
        counted = self.terms.hours.between(old.since, moment.at)
        detail = {"before": self.terms.said(), "after": terms.said(), "how": how, "why": why}
        self.terms, self.account = terms, account
        self._step("retargeted", moment, detail, old.since, counted)
        self._miss_at_once(moment)

    def end(self, moment: Moment, state: State = State.ENDED, why: str = "") -> None:
        """What was promised happened, or (STOPPED) is owed no longer."""
        self.note_missed(moment.at)
        account = self.account
        begin = account.since
        if account.mode is not Mode.COUNTING:
            account.turn(moment.at, Mode.COUNTING)  # for the due moment, as if it had gone on now
        counted = account.turn(moment.at, Mode.CLOSED)
        self.state, self.ended = state, moment
        what = "ended" if state is State.ENDED else "stopped"
        self._step(what, moment, {"why": why} if why else {}, begin, counted)

    def reopen(self, mode: Mode, moment: Moment) -> None:
        """It had ended too early: it goes on, and the time in between does not count."""
        begin, counted = self.account.since, self.account.turn(moment.at, mode)
        self.state = self.ended = None
        self._step("reopened", moment, {}, begin, counted)

    def move(self, terms: Terms, moment: Moment) -> None:
        """Another date was given for the same promise, which may be missed already."""
        self.note_missed(moment.at)
        self.terms = self.account.terms = terms
        self.account.due, self.account.is_used_up = terms.date, False
        self._step("moved", moment, {"due": terms.date.isoformat() if terms.date else None})
        self._miss_at_once(moment)

    def forgive(self, reason: str, moment: Moment) -> None:
        """An excuse, or none any more."""
        self.note_missed(moment.at)
        self.excuse = Excuse(reason, moment.by, moment.at) if reason else None
        self._step("excused", moment, {"reason": reason})

    def explain(self, cause: str, moment: Moment) -> None:
        """Why it was missed."""
        self.note_missed(moment.at)
        self.cause = cause
        self._step("explained", moment, {"reason": cause})

    def note_missed(self, now: datetime) -> None:
        """A clock that has run past its due moment was missed then."""
        account = self.account
        due = account.due
        if due is None or due >= now or self.missed is not None or account.mode is not Mode.COUNTING:
            return
        if self.state is None:
            at = max(due, account.since)  # a date that was given may pass while the ticket is void
            self.missed = at
            used = account.used + self.terms.hours.between(account.since, at)
            self.steps.append(Step(at, "missed", used, due, 0))

    def _miss_at_once(self, moment: Moment) -> None:
        """The terms that hold from now on were broken before: it is a miss as of now."""
        due = self.account.due
        if self.missed is None and due is not None and due < moment.at:
            self.missed = moment.at
            self.steps.append(Step(moment.at, "missed", self.account.used, due, moment.id))

    def frozen(self, now: datetime) -> Clock:
        """The clock as a value."""
        self.note_missed(now)
        account, ended, terms, excuse = self.account, self.ended, self.terms, self.excuse
        state = self.state or STANDS[account.mode]
        is_running = state is State.RUNNING
        due = account.due if is_running or state is State.ENDED else None
        until = account.since
        if is_running:
            until = max(now, due) if due is not None else now
        versions = terms.hours.version_ids(self.started, until)
        steps = self.steps if len(versions) < 2 else [self._versioned(step) for step in self.steps]
        is_met = state is State.ENDED and ended is not None
        return Clock(
            self.target,
            self.cycle,
            state,
            self.started,
            self.started_by,
            due,
            terms.amount,
            terms.unit.value,
            account.used,
            account.left_now(),
            account.paused,
            ended.at if ended else None,
            ended.id if ended else None,
            self.missed,
            terms.version_id,
            terms.calendar_id,
            versions,
            excuse.reason if excuse else "",
            excuse.by if excuse else None,
            excuse.at if excuse else None,
            self.cause,
            ended.by if ended and is_met else None,
            account.since if is_running else None,
            account.closed,
            account.base,
            self.label,
            tuple(steps),
        )

    def _step(
        self,
        what: str,
        moment: Moment,
        detail: dict[str, Any],
        since: datetime | None = None,
        counted: int = 0,
    ) -> None:
        account = self.account
        due = None if account.mode is Mode.PAUSED else account.due
        self.steps.append(Step(moment.at, what, account.used, due, moment.id, detail, since, counted))

    def _versioned(self, step: Step) -> Step:
        if step.since is None:
            return step
        versions = self.terms.hours.version_ids(step.since, step.at)
        return step._replace(calendar_versions=versions)
