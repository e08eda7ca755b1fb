"""A balance day by day or week by week, as a chart needs it, and the line it will follow at the present pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rtpy_billing.ledgers.draw import Drawn
from rtpy_billing.ledgers.outlook import weekly_use
from rtpy_billing.ledgers.values import Movement

MOST_POINTS = 40


@dataclass(frozen=True, slots=True)
class Point:
    """What was left at the end of a day, or will be; one of the two is None, on the last known day neither."""

    day: date
    left: int | None
    forecast: int | None


def burn_down(drawn: Drawn, start: date, today: date, end: date) -> tuple[Point, ...]:
    """Points from `start` to `end`, at most forty and evenly apart; behind `today` the forecast.

    The forecast goes on at the pace of the last weeks and stops at nought; grants still to come are not in it.
    """
    used, days = weekly_use(drawn.movements, today)
    now = left_on(drawn.movements, today)
    points = []
    for day in _days(start, today, max(end, today)):
        left = left_on(drawn.movements, day) if day <= today else None
        ahead = max(now - used * (day - today).days // days, min(now, 0)) if day >= today else None
        points.append(Point(day, left, ahead))
    return tuple(points)


def left_on(movements: Sequence[Movement], day: date) -> int:
    """The balance at the end of `day`."""
    return sum(one.quantity for one in movements if one.worked_on <= day)


def _days(start: date, today: date, end: date) -> list[date]:
    step = max(1, -(-(end - start).days // (MOST_POINTS - 2)))
    days = {start + timedelta(days=offset) for offset in range(0, (end - start).days + 1, step)}
    return sorted(days | {end} | ({today} if start <= today else set()))
