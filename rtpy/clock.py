"""The time: aware UTC instants, by the database server where there is one, or from a clock that tests and demos set."""

import logging
import time
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

TELL_FROM = timedelta(seconds=5)
"""A machine whose own clock is further off than this is told of in the log."""


class Clock:
    """The real time."""

    def now(self) -> datetime:
        """This instant, aware and in UTC."""
        return datetime.now(UTC)


class ServerClock(Clock):
    """The time of the database server, on whichever machine it is asked for: leases of all nodes end by one clock.

    It goes on from what the server said last, by the machine's counter of seconds since it was started: to set the
    machine's own clock changes nothing. Before the server has said anything it is `before`, usually the real time.
    """

    def __init__(self, before: Clock | None = None) -> None:
        self._before = before or Clock()
        self._heard: tuple[datetime, float] | None = None
        self._is_off = False

    def now(self) -> datetime:
        """This instant by the server, as far as it is known."""
        heard = self._heard
        if heard is None:
            return self._before.now()
        at, since = heard
        return at + timedelta(seconds=time.monotonic() - since)

    def hear(self, said: datetime, asked: float) -> None:
        """The server said that it is `said`; it was asked at `asked`, in seconds of `time.monotonic`.

        The answer was true at some moment since then, so nothing is changed as long as it may be right.
        """
        heard = time.monotonic()
        earliest = said.astimezone(UTC)
        latest = earliest + timedelta(seconds=heard - asked)
        now = earliest if self._heard is None else self.now()
        self._heard = (min(max(now, earliest), latest), heard)
        self._compare()

    def _compare(self) -> None:
        off = self._before.now() - self.now()
        is_off = abs(off) > TELL_FROM
        if is_off and not self._is_off:
            log.warning(
                "the clock of this machine is %.0f s %s that of the database server, by which rtpy goes",
                abs(off.total_seconds()),
                "ahead of" if off > timedelta(0) else "behind",
            )
        self._is_off = is_off


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
