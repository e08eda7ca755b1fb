"""The time: aware UTC instants, from a clock that tests and demos can set."""

from datetime import UTC, datetime, timedelta


class Clock:
    """The real time."""

    def now(self) -> datetime:
        """This instant, aware and in UTC."""
        return datetime.now(UTC)


class SettableClock(Clock):
    """A clock that stands still until it is told otherwise."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant last set."""
        return self._at

    def set(self, at: datetime) -> None:
        """Stand at `at` from now on."""
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Go on by `by`."""
        self._at += by
