"""What somebody should be told of a balance: how much is used, what expires soon, and when it will be empty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rtpy_billing.ledgers.draw import Drawn
from rtpy_billing.ledgers.lots import OpenLot
from rtpy_billing.ledgers.values import Kind, Movement

USED_MARKS = (75, 90, 100)  # percent
EXPIRY_MARKS = (30, 14, 3)  # days
FORECAST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Use:
    """How much of what is now there was used: `used` of `whole`, in the ledger's unit; `over` is what is owed."""

    whole: int
    used: int
    over: int = 0

    @property
    def percent(self) -> int:
        """Whole percent, rounded down so that 100 means all of it; 100 where there is nothing to use."""
        return self.used * 100 // self.whole if self.whole else 100


@dataclass(frozen=True, slots=True)
class ExpiringLot:
    """What would be lost, and the mark of days that it has passed."""

    key: str
    remaining: int
    expires_on: date
    days: int


def use_of(drawn: Drawn, day: date) -> Use:
    """How much of the present supply is used on `day`.

    The present supply is every lot that pays for work of `day`, without those that were empty before the newest of
    them came: whoever bought ten blocks over the years is warned of the last one, not of all.
    """
    lots = [one for one in drawn.remaining if one.lot.pays_for(day)]
    newest = max((one.lot.usable_from for one in lots), default=day)
    present = [one for one in lots if one.emptied_on is None or one.emptied_on >= newest]
    whole = sum(one.lot.quantity for one in present)
    return Use(whole, whole - sum(one.remaining for one in present), drawn.deficit)


def passed_marks(use: Use, marks: Sequence[int] = USED_MARKS) -> tuple[int, ...]:
    """The low-water marks that `use` has reached, the lowest first."""
    return tuple(mark for mark in sorted(marks) if use.whole and use.percent >= mark)


def expiring(
    lots: Iterable[OpenLot], day: date, marks: Sequence[int] = EXPIRY_MARKS
) -> tuple[ExpiringLot, ...]:
    """Lots with something left that will be lost, each with the closest mark of days that it has passed.

    A period's grant that is carried over or renewed by the next one is not a loss to warn of long before: the lots of
    kind GRANT are left out.
    """
    found = []
    for one in lots:
        expires_on = one.lot.expires_on
        if (
            expires_on is None
            or one.remaining <= 0
            or one.lot.kind is Kind.GRANT
            or not one.lot.pays_for(day)
        ):
            continue
        passed = [mark for mark in marks if (expires_on - day).days <= mark]
        if passed:
            found.append(ExpiringLot(one.lot.key, one.remaining, expires_on, min(passed)))
    return tuple(sorted(found, key=lambda lot: (lot.expires_on, lot.key)))


def weekly_use(movements: Iterable[Movement], day: date, weeks: int = FORECAST_WEEKS) -> tuple[int, int]:
    """What was used in the last `weeks` weeks before `day`, and how many days of them the ledger has been in use.

    A ledger that is younger is judged by its own days, at least one week.
    """
    first = day - timedelta(weeks=weeks)
    kept = [movement for movement in movements if movement.worked_on <= day]
    used = -sum(one.quantity for one in kept if one.kind is Kind.USE and first < one.worked_on)
    begun = min((one.worked_on for one in kept), default=day)
    return used, max(7, min((day - first).days, (day - begun).days))


def empty_on(drawn: Drawn, day: date, weeks: int = FORECAST_WEEKS) -> date | None:
    """The day on which the balance will be used up at the pace of the last weeks; None if it will not be.

    Only of what is there now: grants still to come are not counted. What would expire before it is used is lost on its
    day; when that is the last of it, the balance will not be used up. One at or below nought is empty on `day` itself.
    """
    lots = sorted(
        (one for one in drawn.remaining if one.remaining > 0 and one.lot.pays_for(day)),
        key=lambda one: one.lot.expires_on or date.max,
    )
    if sum(one.remaining for one in lots) <= drawn.deficit:
        return day
    used, days = weekly_use(drawn.movements, day, weeks)
    if used <= 0:
        return None
    spent, reached = 0, 0  # in units; in days from `day` on
    is_used_up = False
    for one in lots:
        needed = -(-(spent + one.remaining) * days // used)
        is_used_up = one.lot.expires_on is None or (one.lot.expires_on - day).days >= needed
        if is_used_up:
            spent, reached = spent + one.remaining, needed
        elif one.lot.expires_on is not None:
            reached = max(reached, (one.lot.expires_on - day).days)
            spent = max(spent, reached * used // days)
    return day + timedelta(days=min(reached, 36_500)) if is_used_up else None
