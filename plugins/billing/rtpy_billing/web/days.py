"""Ranges of dates in words."""

from datetime import date, timedelta


def days(start: date | None, until: date | None) -> str:
    """`1 Jan 2026 – 30 Jun 2026`, open at either end; the last day is the one before `until`."""
    last = until - timedelta(days=1) if until else None
    if start is None and last is None:
        return "any day"
    if start is None:
        return f"until {day(last)}"
    return f"from {day(start)}" if last is None else f"{day(start)} – {day(last)}"


def day(on: date | None) -> str:
    """One date."""
    return f"{on.day} {on:%b %Y}" if on else ""
