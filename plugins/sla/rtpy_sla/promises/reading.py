"""Reading a moment as people promise it: `by Friday noon`, `tomorrow 17:00`, `27 Nov 2026 9 am`, `in 3 hours`. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

FORMS = "“Friday noon”, “tomorrow 17:00” or “27 Nov 9 am”"
"""What can be written, for sentences."""
LONGEST = 80
FURTHEST = timedelta(days=2 * 366)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FULL_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_DAY_WORDS = {
    **{name: at for at, name in enumerate(DAYS)},
    **{name: at for at, name in enumerate(_FULL_DAYS)},
}
_DAY_WORDS |= {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_MONTH_WORDS = {**{name: at for at, name in enumerate(MONTHS, 1)}, "sept": 9}
_MONTH_WORDS |= {name: at for at, name in enumerate(_FULL_MONTHS, 1)}
_VAGUE = ("morning", "afternoon", "evening", "night", "eod", "cob", "end", "soon", "asap", "week", "later")
_FILLERS = frozenset({"by", "until", "till", "before", "on", "at", "the", "of", "o'clock", "latest"})

_AMOUNT = re.compile(r"in (?:about )?(\d{1,4}) ?(min|mins|minute|minutes|m|h|hour|hours|day|days|week|weeks)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t(\d{1,2}):(\d{2})(?::\d{2})?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}(?:/\d{2,4})?")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?:h|am|pm)?|(\d{1,2})(am|pm|h)")
_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")


class Unclear(ValueError):
    """What was written names no one moment; the sentence says why, and what to write."""


@dataclass(slots=True)
class _Found:
    """What the words have said so far."""

    day: date | None = None
    weekday: int | None = None
    next_week: bool = False
    clock: time | None = None
    month: int | None = None
    number: int | None = None
    year: int | None = None


def read_moment(typed: str, now: datetime, zone: tzinfo) -> datetime:
    """The one moment, aware and in UTC, that `typed` names for who lives in `zone`.

    Raises Unclear with a sentence when it could mean several moments, none, or one that is past.
    """
    text = " ".join(typed.lower().replace(",", " ").split())
    if not text:
        raise Unclear(f"Say until when: {FORMS}.")
    if len(text) > LONGEST:
        raise Unclear(f"This is too long for a moment. Write it as {FORMS}.")
    local = now.astimezone(zone)
    amount = _AMOUNT.fullmatch(text.removeprefix("by ").strip())
    found = _after(amount, now, zone) if amount else _of_words(text, typed, local, zone)
    if found <= now:
        raise Unclear(f"{say_moment(found, zone)} is past. Promise a moment that is still to come.")
    if found - now > FURTHEST:
        raise Unclear(f"{say_moment(found, zone)} is more than two years away: is the year right?")
    return found


def say_moment(at: datetime, zone: tzinfo) -> str:
    """`Fri 27 Nov 2026, 12:00 (Europe/Berlin)`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y}, {local:%H:%M} ({zone})"


def _after(amount: re.Match[str], now: datetime, zone: tzinfo) -> datetime:
    number, unit = int(amount[1]), amount[2][0]
    if not number:
        raise Unclear("This is now. Promise a moment that is still to come.")
    if unit in "mh":
        moment = now + timedelta(minutes=number * (1 if unit == "m" else 60))
    else:
        local = now.astimezone(zone).replace(tzinfo=None)
        moment = _in_zone(local + timedelta(days=number * (1 if unit == "d" else 7)), zone)
    # to whole minutes, never earlier than was said
    rest = timedelta(seconds=moment.second, microseconds=moment.microsecond)
    return (moment if not rest else moment - rest + timedelta(minutes=1)).astimezone(UTC)


def _of_words(text: str, typed: str, local: datetime, zone: tzinfo) -> datetime:
    found = _Found()
    words = _joined([word for word in text.split() if word not in _FILLERS])
    for index, word in enumerate(words):
        if not any(reader(word, found, local) for reader in _READERS):
            raise Unclear(_why_not(words, index, typed))
    day = _day(found, local)
    if found.clock is None:
        named = "it" if day is None else f"{day:%A}, {day.day} {day:%B}"
        raise Unclear(
            f"Until when on the day? Write the time too, such as “{typed.strip()} 17:00” ({named})."
        )
    if day is None:
        day = local.date()
        if datetime.combine(day, found.clock) <= local.replace(tzinfo=None):
            raise Unclear(f"{found.clock:%H:%M} is past today: write “tomorrow {found.clock:%H:%M}”.")
    return _in_zone(datetime.combine(day, found.clock), zone).astimezone(UTC)


def _joined(words: list[str]) -> list[str]:
    """`5 pm` as one word."""
    found: list[str] = []
    for word in words:
        if word in ("am", "pm", "a.m.", "p.m.") and found:
            found[-1] += word.replace(".", "")
        else:
            found.append(word)
    return found


def _named_day(word: str, found: _Found, local: datetime) -> bool:
    if word in ("today", "tomorrow"):
        _take_day(found, local.date() + timedelta(days=word == "tomorrow"))
    elif word in _DAY_WORDS:
        if found.weekday is not None:
            raise Unclear("This names two days of the week. Write one moment.")
        found.weekday = _DAY_WORDS[word]
    elif word in ("next", "this"):
        found.next_week = word == "next"
    else:
        return False
    return True


def _iso(word: str, found: _Found, local: datetime) -> bool:
    match = _ISO.fullmatch(word)
    if match is None:
        return False
    _take_day(found, _date(int(match[1]), int(match[2]), int(match[3])))
    if match[4]:
        _take_time(found, int(match[4]), int(match[5]))
    return True


def _dotted(word: str, found: _Found, local: datetime) -> bool:
    match = _DOTTED.fullmatch(word)
    if match is None:
        return False
    if match[3]:
        _take_day(found, _date(int(match[3]), int(match[2]), int(match[1])))
    else:
        _take_day(found, _coming(int(match[2]), int(match[1]), local.date()))
    return True


def _hour(word: str, found: _Found, local: datetime) -> bool:
    if word in ("noon", "midday"):
        _take_time(found, 12, 0)
        return True
    match = _CLOCK.fullmatch(word)
    if match is None:
        return False
    hour, minute = int(match[1] or match[3]), int(match[2] or 0)
    half = word[-2:] if word.endswith(("am", "pm")) else ""
    if half:
        if not 1 <= hour <= 12:
            raise Unclear(f"There is no {word}: write {hour:02}:{minute:02} or an hour from 1 to 12.")
        hour = hour % 12 + (12 if half == "pm" else 0)
    _take_time(found, hour, minute)
    return True


def _month(word: str, found: _Found, local: datetime) -> bool:
    found.month = _MONTH_WORDS.get(word.rstrip("."), found.month)
    return word.rstrip(".") in _MONTH_WORDS


def _number(word: str, found: _Found, local: datetime) -> bool:
    if re.fullmatch(r"20\d\d", word) and found.year is None:
        found.year = int(word)
        return True
    match = _NUMBER.fullmatch(word.rstrip("."))
    if match is None or found.number is not None:
        return False
    found.number = int(match[1])
    return True


_READERS: tuple[Callable[[str, _Found, datetime], bool], ...] = (
    _named_day,
    _iso,
    _dotted,
    _hour,
    _month,
    _number,
)


def _day(found: _Found, local: datetime) -> date | None:
    """The day that was named, None when none was."""
    today = local.date()
    if found.month is not None:
        if found.number is None:
            raise Unclear("Which day of the month? Write it as “27 Nov 17:00”.")
        year = found.year
        _take_day(
            found,
            _date(year, found.month, found.number) if year else _coming(found.month, found.number, today),
        )
    elif found.number is not None:
        raise Unclear(_bare_number(found.number))
    elif found.year is not None:
        raise Unclear("Which day of the year? Write it as “27 Nov 2026 17:00”.")
    if found.weekday is None:
        return found.day
    coming = today + timedelta(days=(found.weekday - today.weekday()) % 7)
    if found.day is not None:
        if found.day.weekday() != found.weekday:
            raise Unclear(f"{_say_day(found.day)} is no {_FULL_DAYS[found.weekday].title()}.")
        return found.day
    if coming == today:
        raise Unclear(
            f"Today is {today:%A}: write “today”, or the date, such as {_say_day(today + timedelta(days=7))}."
        )
    if found.next_week:
        later = coming + timedelta(days=7)
        raise Unclear(f"Is that {_say_day(coming)} or {_say_day(later)}? Write the date.")
    return coming


def _bare_number(number: int) -> str:
    if number > 23:
        return f"What is {number}? Write it as {FORMS}."
    if number > 12:
        return f"Is {number} an hour or a day? Write {number}:00, or the month too."
    return f"Is {number} in the morning or in the afternoon? Write {number:02}:00 or {number % 12 + 12}:00."


def _take_day(found: _Found, day: date) -> None:
    if found.day is not None and found.day != day:
        raise Unclear("This names two days. Write one moment.")
    found.day = day


def _take_time(found: _Found, hour: int, minute: int) -> None:
    if hour > 23 or minute > 59:
        raise Unclear(f"There is no {hour}:{minute:02} on a clock. The day ends at 23:59.")
    if found.clock is not None:
        raise Unclear("This names two times. Write one moment.")
    found.clock = time(hour, minute)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear(f"There is no day {day} in month {month} of {year}.") from None


def _coming(month: int, day: int, today: date) -> date:
    """The next such day, today included."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise Unclear(f"There is no day {day} in month {month}.")


def _in_zone(local: datetime, zone: tzinfo) -> datetime:
    """The moment at which a clock in `zone` shows this; of two the earlier one, so that no promise gets longer."""
    moment = local.replace(tzinfo=zone, fold=0)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise Unclear(f"Clocks in {zone} are put forward then: there is no {local:%H:%M} on that day.")
    return moment


def _say_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _why_not(words: list[str], index: int, typed: str) -> str:
    word = words[index]
    if _SLASHED.fullmatch(word):
        return f"Is {word} a day and a month, or a month and a day? Write it as 2026-11-27 or 27 Nov."
    if any(vague in word for vague in _VAGUE):
        return f"“{typed.strip()}” is no moment that can be kept or missed. Write the time: {FORMS}."
    return f"“{_short(typed)}” is no moment that is understood here. Write it as {FORMS}."


def _short(typed: str) -> str:
    return "".join(_printable(typed.strip()))[:40]


def _printable(text: str) -> Iterator[str]:
    return (sign for sign in text if sign.isprintable())
