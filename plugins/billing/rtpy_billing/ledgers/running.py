"""A ledger as it is read: every movement with the balance after it, and sums of a stretch of days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rtpy_billing.ledgers.values import Kind, Movement, in_turn


@dataclass(frozen=True, slots=True)
class RunningLine:
    """A movement and what was left after it."""

    movement: Movement
    balance: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What happened to a balance in the days `[start, end)`: opening, sums by kind, closing."""

    start: date
    end: date
    opening: int
    sums: dict[Kind, int]
    closing: int


def running(movements: Iterable[Movement]) -> tuple[RunningLine, ...]:
    """Movements by worked date with the running balance; of one day, in turn."""
    lines, balance = [], 0
    for movement in sorted(movements, key=in_turn):
        balance += movement.quantity
        lines.append(RunningLine(movement, balance))
    return tuple(lines)


def summary(movements: Sequence[Movement], start: date, end: date) -> Summary:
    """Opening and closing balance of a stretch of days, and what each kind of movement did in between.

    What was carried over within the ledger sums to nought and is left out, as are other pairs that do.
    """
    opening = sum(movement.quantity for movement in movements if movement.worked_on < start)
    sums: dict[Kind, int] = {}
    for movement in movements:
        if start <= movement.worked_on < end:
            sums[movement.kind] = sums.get(movement.kind, 0) + movement.quantity
    return Summary(start, end, opening, sums, opening + sum(sums.values()))
