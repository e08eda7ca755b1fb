"""How long something took, as people write it: `25`, `25m`, `0:25`, `1h20`, `0.4h`."""

import re
from collections.abc import Callable

FORMS = "25, 25m, 0:25, 1h20 or 0.4h"
"""What can be written, for sentences."""
LONGEST = 10_000
"""Nobody means more hours, or minutes, than this in one number."""

_NUMBER = r"(\d{1,5})"
_WAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], int]], ...] = (
    (re.compile(rf"{_NUMBER}\s*(?:m|min|mins|minutes?)?"), lambda found: int(found[1])),
    (re.compile(rf"{_NUMBER}:([0-5]\d)"), lambda found: int(found[1]) * 60 + int(found[2])),
    (
        re.compile(rf"{_NUMBER}\s*(?:h|hours?)\s*(?:([0-5]?\d)\s*(?:m|min|minutes?)?)?"),
        lambda found: int(found[1]) * 60 + int(found[2] or 0),
    ),
    (
        re.compile(r"(\d{0,4})[.,](\d{1,4})\s*(?:h|hours?)"),
        lambda found: _rounded(int((found[1] or "0") + found[2]) * 60, 10 ** len(found[2])),
    ),
)


def read_minutes(typed: str) -> int:
    """Whole minutes, below zero with a sign in front; a part of a minute is rounded, half up.

    Raises ValueError with a sentence for whoever typed it.
    """
    text = " ".join(typed.split()).lower().replace("\N{MINUS SIGN}", "-")
    sign, digits = (-1, text[1:].strip()) if text.startswith("-") else (1, text.removeprefix("+").strip())
    for pattern, minutes in _WAYS:
        found = pattern.fullmatch(digits) if digits.isascii() else None
        if found is not None and minutes(found) <= LONGEST * 60:
            return sign * minutes(found)
    raise ValueError(f"“{typed.strip()[:40]}” is no duration: write it as {FORMS}.")


def _rounded(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)
