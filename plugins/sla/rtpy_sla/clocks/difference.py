"""What working clocks out again would change: for showing before it is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.words import State, Target, Verdict

Value = datetime | int | str | None


class Kind(StrEnum):
    """What became of a clock."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class Change(NamedTuple):
    """One value: `verdict`, `state`, `started`, `due`, `missed`, `ended`, `amount`, `unit`, `used`, `paused`."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Difference:
    """One clock that comes out otherwise. A new one has no values before, one that is gone none after."""

    target: Target
    cycle: int
    kind: Kind
    changes: tuple[Change, ...]

    @property
    def turns_verdict(self) -> bool:
        """Whether reports change: the only differences that customers notice."""
        return any(each.name == "verdict" and Verdict.OPEN not in each[1:] for each in self.changes)


def differences(before: Iterable[Clock], after: Iterable[Clock], now: datetime) -> list[Difference]:
    """Clocks that differ at `now`, in the order of `after`, then those that are gone.

    What only time brought about is no difference: a clock that ran past its due moment since it was played is missed
    on both sides.
    """
    there = {(each.target, each.cycle): each for each in before}
    found = []
    for clock in after:
        old = there.pop((clock.target, clock.cycle), None)
        changes = _changes(old, clock, now)
        if changes:
            kind = Kind.NEW if old is None else Kind.CHANGED
            found.append(Difference(clock.target, clock.cycle, kind, changes))
    for old in there.values():
        found.append(Difference(old.target, old.cycle, Kind.GONE, _changes(old, None, now)))
    return found


def _changes(before: Clock | None, after: Clock | None, now: datetime) -> tuple[Change, ...]:
    if before is not None and after is not None and _core(before) == _core(after):
        return ()
    old = _shown(before, now) if before else {}
    new = _shown(after, now) if after else {}
    names = new or old
    return tuple(
        Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    )


def _core(clock: Clock) -> tuple[object, ...]:
    """The same in two clocks: nothing that is shown can differ."""
    return (
        clock.state,
        clock.started,
        clock.due,
        clock.missed,
        clock.ended,
        clock.amount,
        clock.unit,
        clock.used,
        clock.paused,
        clock.excuse,
    )


def _shown(clock: Clock, now: datetime) -> dict[str, Value]:
    missed = clock.missed
    if missed is None and clock.state is State.RUNNING and clock.due is not None and clock.due < now:
        missed = clock.due
    return {
        "verdict": clock.verdict(now).value,
        "state": clock.state.value,
        "started": clock.started,
        "due": clock.due,
        "missed": missed,
        "ended": clock.ended,
        "amount": clock.amount,
        "unit": str(clock.unit),
        "used": clock.used,
        "paused": clock.paused,
    }
