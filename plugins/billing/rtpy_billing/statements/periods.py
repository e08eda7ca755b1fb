"""Which days a statement covers."""

from datetime import date, timedelta

from rtpy_billing.periods.period import Period
from rtpy_billing.periods.rhythm import add_months


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def last_month(day: date) -> Period:
    """The calendar month before that of a day."""
    first = add_months(day.replace(day=1), -1)
    return Period(first, add_months(first, 1))


def last_week(day: date) -> Period:
    """Monday to Sunday before the week of a day."""
    monday = day - timedelta(days=day.weekday() + 7)
    return Period(monday, monday + timedelta(days=7))


def due_period(rhythm: str, day: date) -> Period | None:
    """The days of the statement that is mailed by `rhythm` on or after `day`; None for no rhythm."""
    if rhythm == "weekly":
        return last_week(day)
    return last_month(day) if rhythm == "monthly" else None
