"""How moments and durations are written for people: relative with the exact time behind, minutes as hours."""

from datetime import UTC, date, datetime, tzinfo
from functools import partial

from rtpy.web.html import Html

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def show_relative(at: datetime, now: datetime) -> str:
    """`just now`, `5 min ago`, `3 h ago`, `in 2 days`; beyond 30 days the date (`12 Jan 2026`)."""
    seconds = (at - now).total_seconds()
    distance = abs(seconds)
    if distance < 45:
        return "just now"
    if distance >= 30 * _DAY:
        return _date(at)
    if distance < 45 * _MINUTE:
        amount = f"{max(1, round(distance / _MINUTE))} min"
    elif distance < 22 * _HOUR:
        amount = f"{max(1, round(distance / _HOUR))} h"
    else:
        days = max(1, round(distance / _DAY))
        amount = "1 day" if days == 1 else f"{days} days"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def show_exact(at: datetime, zone: tzinfo = UTC) -> str:
    """The moment in full in the reader's time zone: `Mon 12 Jan 2026, 14:05 UTC`."""
    local = at.astimezone(zone)
    return f"{local:%a} {_date(local)}, {local:%H:%M %Z}"


def show_day(day: date) -> Html:
    """A day without a time, as a `<time>` element: `12 Jan 2026`."""
    return Html(f'<time datetime="{day.isoformat()}">{_date(day)}</time>')


def show_when(at: datetime | None, *, now: datetime, zone: tzinfo = UTC, nothing: str = "") -> Html:
    """A `<time>` element: relative to `now`, the exact time as its title; `nothing` where there is no moment.

    The script of the page keeps it fresh (`data-relative`).
    """
    if at is None:
        return Html(nothing)
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    exact, relative = show_exact(at, zone), show_relative(at, now)
    return Html(f'<time datetime="{stamp}" title="{exact}" data-relative>{relative}</time>')


def bind_when(now: datetime, zone: tzinfo = UTC) -> "partial[Html]":
    """`show_when` for one reader and one page: templates then write `${when(ticket.created)}`."""
    return partial(show_when, now=now, zone=zone)


def show_minutes(minutes: int) -> str:
    """Time worked: `0 min`, `45 min`, `1 h`, `1 h 15 min`; a minus in front for corrections."""
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return ("-" if minutes < 0 else "") + " ".join(parts)


def _date(at: date) -> str:
    return f"{at.day} {at:%b %Y}"
