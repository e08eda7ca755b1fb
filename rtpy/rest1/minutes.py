"""Times worked as people write them: `15`, `15 minutes`, `1.5 hours`, `1h 30m`."""

import re

from rtpy.errors import Invalid, Problem

_PIECE = re.compile(r"(\d{1,9}(?:\.\d{1,4})?)\s*([a-z]*)")
_UNITS = {
    "": 1,
    "m": 1,
    "min": 1,
    "mins": 1,
    "minute": 1,
    "minutes": 1,
    "h": 60,
    "hour": 60,
    "hours": 60,
    "d": 1440,
}
_UNITS |= {"day": 1440, "days": 1440}
MOST = 2**31 - 1


def read_minutes(text: str, field: str) -> int:
    """The minutes; 0 for nothing. Raises Invalid, with the field's name."""
    given = text.strip().lower()
    pieces = _PIECE.findall(given)
    if given and (_PIECE.sub("", given).strip(" ,") or any(unit not in _UNITS for _, unit in pieces)):
        raise Invalid(Problem(field.lower(), f"'{text.strip()[:60]}' is no time: write minutes, such as 15."))
    total = round(sum(float(number) * _UNITS[unit] for number, unit in pieces))
    if total > MOST:
        raise Invalid(Problem(field.lower(), "This is too long a time."))
    return total
