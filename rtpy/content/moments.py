"""Moments in words, such as the due date that a queue gives its tickets: `90`, `2 days`, `friday 17:00`."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rtpy.errors import Invalid, Problem

EXAMPLES = "90 (minutes), 4 hours, 2 days, 3 working days, tomorrow 9:00, friday 17:00, end of month"
MOST_DAYS = 3660

_UNITS = {"minute": 1, "min": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
_LENGTH = re.compile(
    r"(?:in )?(\d{1,7}) ?(minute|min|hour|working day|business day|day|week|month)?s?(?: from now)?"
)
_DAY = re.compile(
    r"(?:(?:on |next |this )?(today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?:the )?end of (?:the )?(day|week|month)|(\d{4}-\d{2}-\d{2}))(?:(?: at| ,)? (\d{1,2})(?::(\d{2}))?)?"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_END = time(23, 59)


def read_moment(words: str, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """When the words mean, seen from `now` and in `zone`; None for no words. A day without a time means its end.

    A length keeps the time of day; working days are Monday to Friday. Raises Invalid, field `moment`.
    """
    text = " ".join(words.lower().split())
    if not text:
        return None
    local = now.astimezone(zone)
    try:
        if length := _LENGTH.fullmatch(text):
            return _after(local, int(length[1]), length[2] or "minute").astimezone(UTC)
        if day := _DAY.fullmatch(text):
            return _on(local, day).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid(Problem("moment", f"“{words.strip()[:60]}” is no time: write for example {EXAMPLES}."))


def _after(local: datetime, number: int, unit: str) -> datetime:
    if unit in _UNITS:
        found = local.astimezone(UTC) + timedelta(minutes=number * _UNITS[unit])
        if unit in ("day", "week"):  # the same time of day, whatever the clocks do between
            found = local + timedelta(minutes=number * _UNITS[unit])
    elif unit == "month":
        found = _month_later(local, number)
    else:
        found = _working_days_later(local, number)
    if found - local > timedelta(days=MOST_DAYS):
        raise ValueError("too far away")
    return found


def _working_days_later(local: datetime, number: int) -> datetime:
    if number > MOST_DAYS:
        raise ValueError("too far away")
    while number:
        local += timedelta(days=1)
        number -= local.weekday() < 5
    return local


def _month_later(local: datetime, number: int) -> datetime:
    years, month = divmod(local.month - 1 + number, 12)
    last = _last_of_month(date(local.year + years, month + 1, 1)).day
    return local.replace(year=local.year + years, month=month + 1, day=min(local.day, last))


def _on(local: datetime, found: re.Match[str]) -> datetime:
    word, end, iso, hour, minute = found.groups()
    today = local.date()
    if iso:
        day = date.fromisoformat(iso)
    elif end == "month":
        day = _last_of_month(today)
    elif end == "week":
        day = today + timedelta(days=6 - today.weekday())
    elif end == "day" or word == "today":
        day = today
    elif word == "tomorrow":
        day = today + timedelta(days=1)
    else:
        day = today + timedelta(days=(_WEEKDAYS.index(word) - today.weekday()) % 7)
    at = time(int(hour), int(minute or 0)) if hour else _END
    moment = datetime.combine(day, at, local.tzinfo)
    if word in _WEEKDAYS and moment <= local:
        moment = datetime.combine(day + timedelta(days=7), at, local.tzinfo)
    return moment


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
