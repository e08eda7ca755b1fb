"""The breaker: when nobody answers at the mail server, everything waits instead of trying in vain."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rtpy.db.leases import has_ended

LONGEST = timedelta(minutes=5)


@dataclass(slots=True)
class Breaker:
    """Keeps us from trying every mail against a server that nobody answers at."""

    shut_until: datetime | None = None
    pause: timedelta = timedelta(seconds=15)

    def is_open(self, now: datetime) -> bool:
        """Must nothing be tried now?"""
        return not has_ended(self.shut_until, now, LONGEST)

    def trip(self, now: datetime) -> None:
        """The server was not reached: wait, each time twice as long, up to LONGEST."""
        self.shut_until = now + self.pause
        self.pause = min(self.pause * 2, LONGEST)

    def reset(self) -> None:
        """The server answers."""
        self.shut_until, self.pause = None, timedelta(seconds=15)
