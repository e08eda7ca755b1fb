"""Moments as RT's clients write and read them."""

from datetime import UTC, datetime, tzinfo

from rtpy.errors import Invalid, Problem

NOT_SET = "Not set"
UNSET = ("", "0", "not set", "1970-01-01", "1970-01-01 00:00:00", "1970-01-01t00:00:00z")


def ctime(at: datetime | None, zone: tzinfo = UTC) -> str:
    """As C writes it, in the reader's zone: `Sun Nov 22 00:53:29 2026`; `Not set` for none."""
    if at is None:
        return NOT_SET
    local = at.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local:%d %H:%M:%S} {local.year}"


def read_moment(text: str, zone: tzinfo = UTC) -> datetime | None:
    """A moment in ISO form with or without time and offset, or as C writes it; None for RT's ways to say "none".

    Without an offset it is meant in `zone`. Raises Invalid.
    """
    given = str(text).strip()
    if given.lower() in UNSET:
        return None
    for read in (datetime.fromisoformat, _from_ctime):
        try:
            at = read(given)
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise Invalid(Problem("date", f"'{given[:60]}' is not a date: write it as 2031-02-03 04:05:06."))


def _from_ctime(text: str) -> datetime:
    _, month, day, clock, year = text.split()
    hour, minute, second = clock.split(":")
    month_number = _MONTHS.index(month) + 1
    return datetime(int(year), month_number, int(day), int(hour), int(minute), int(second))


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
