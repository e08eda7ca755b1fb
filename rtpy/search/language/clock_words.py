"""Times of day within a date's text: `14:30`, `9am`, `noon`, with or without an offset."""

import re
from dataclasses import dataclass
from datetime import UTC, time, timedelta, timezone, tzinfo

from rtpy.search.language.calendar_words import NoSuchDay

_ZONE = r"(?: ?(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2}(?= ?$)))?"
_CLOCK = re.compile(
    r"(?:^|(?<= ))(?:at )?"
    r"(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d{0,12})?)?(?: ?(am|pm))?"
    r"|(\d{1,2}) ?(am|pm)|(noon|midday|midnight))"
    rf"{_ZONE}(?= |$)",
    re.ASCII,
)
_TRAILING = re.compile(r"(.+[0-9]) ?(z|utc|gmt)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, its offset if it had one, and the words around it."""

    at: time
    zone: tzinfo | None
    rest: str


def read_clock(words: str) -> Clock | None:
    """The first time of day in the words; None without one. Raises NoSuchDay for 25:00 and the like."""
    found = _CLOCK.search(words)
    if found is None:
        return None
    hour, minute, second, fraction, half, full_hour, its_half, word, offset = found.groups()
    rest = " ".join(f"{words[: found.start()]} {words[found.end() :]}".split())
    rest, named_zone = trailing_zone(rest)
    rest, numeric = _trailing_offset(rest) if not offset and not named_zone else (rest, None)
    zone = _offset(offset) if offset else named_zone or numeric
    if word:
        at = time(0 if word == "midnight" else 12)
    else:
        number = _hour(int(hour or full_hour), half or its_half)
        if number > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
            raise NoSuchDay("hours go from 0 to 23, minutes and seconds from 0 to 59")
        at = time(number, int(minute or 0), int(second or 0), int((fraction or "").ljust(6, "0")))
    return Clock(at, zone, re.sub(r"^on ", "", rest))


def trailing_zone(words: str) -> tuple[str, tzinfo | None]:
    """The words without `UTC`, `GMT` or `Z` after a number at their end, and the zone."""
    found = _TRAILING.fullmatch(words)
    return (found[1], UTC) if found else (words, None)


def _trailing_offset(words: str) -> tuple[str, tzinfo | None]:
    found = re.fullmatch(r"(.*[0-9]) ([+-][0-9]{2}:?[0-9]{2})", words)
    return (found[1], _offset(found[2])) if found else (words, None)


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise NoSuchDay("with am and pm hours go from 1 to 12")
    return hour % 12 + (12 if half == "pm" else 0)


def _offset(written: str) -> tzinfo:
    if written in ("z", "utc", "gmt"):
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    if int(digits[:2]) > 14 or int(digits[2:]) > 59:
        raise NoSuchDay("offsets go from -14:00 to +14:00")
    sign = -1 if written[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
