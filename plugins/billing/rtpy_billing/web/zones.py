"""Time zones by name."""

from zoneinfo import ZoneInfo


def zone_of(name: str) -> ZoneInfo:
    """The zone; UTC where this system has none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
