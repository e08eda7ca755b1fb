"""Amounts of time as administrators type them: `30m`, `4h`, `1h30`, `2d` for business days. Pure."""

import re

from rtpy.duration import read_minutes
from rtpy_sla.clocks.words import Unit

FORMS = "30m, 4h, 1h30 or 2d (business days)"
MOST_DAYS, MOST_SECONDS = 999, 366 * 86_400
_DAYS = re.compile(r"(\d{1,4})\s*(?:d|days?|business days?)")
_MINUTE, _HOUR = 60, 3600


def read_amount(typed: str, unit: Unit) -> tuple[int, Unit]:
    """Seconds in `unit`, or business days. Raises ValueError with a sentence."""
    text = " ".join(typed.split()).lower()
    days = _DAYS.fullmatch(text)
    if days is not None:
        if unit is Unit.WALL:
            raise ValueError("Days are business days here: choose open hours, or write hours, such as 48h.")
        if int(days[1]) > MOST_DAYS:
            raise ValueError(f"At most {MOST_DAYS} days.")
        return int(days[1]), Unit.DAYS
    try:
        minutes = read_minutes(text)
    except ValueError:
        raise ValueError(f"“{typed.strip()[:20]}” is no amount of time: write it as {FORMS}.") from None
    if minutes < 0:
        raise ValueError("An amount of time cannot be below zero.")
    if minutes * _MINUTE > MOST_SECONDS:
        raise ValueError("At most a year.")
    return minutes * _MINUTE, Unit.BUSINESS if unit is Unit.DAYS else unit


def write_amount(amount: int, unit: Unit | str) -> str:
    """The same as it is typed."""
    if unit == Unit.DAYS:
        return f"{amount}d"
    hours, minutes = divmod(amount // _MINUTE, 60)
    if hours and minutes:
        return f"{hours}h{minutes:02}"
    return f"{hours}h" if hours else f"{minutes}m"
