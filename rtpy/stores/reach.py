"""Whether a place for bytes can be reached: tried, remembered for a moment, told once."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from rtpy.errors import Unavailable

log = logging.getLogger("rtpy.stores")

SLOW = 1.0
"""Seconds after which a failure counts as slow: then the place is left alone for REST, lest everybody wait."""
REST = 10.0
KNOWN = 60.0
"""Seconds for which a failure is held against the place, unless something worked since."""

T = TypeVar("T")


class Reach:
    """What one process knows of one place, for `reading` or `writing`. `clock` gives seconds that only grow."""

    def __init__(self, name: str, deed: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._deed = deed
        self._clock = clock
        self._failed: float | None = None
        self._rests_until = 0.0

    @property
    def is_away(self) -> bool:
        """Did the last try fail, not long ago?"""
        return self._failed is not None and self._clock() - self._failed < KNOWN

    def attempt(self, deed: Callable[[], T]) -> T:
        """What `deed` returns. Its OSError becomes Unavailable."""
        began = self._clock()
        if began < self._rests_until:
            raise self._unavailable()
        try:
            done = deed()
        except OSError as error:
            now = self._clock()
            if self._failed is None:
                log.warning("%s files fails (store %s): %s", self._deed, self._name, error)
            self._failed = now
            if now - began > SLOW:
                self._rests_until = now + REST
            raise self._unavailable() from error
        if self._failed is not None:
            log.warning("%s files works again (store %s)", self._deed, self._name)
            self._failed = None
        return done

    def _unavailable(self) -> Unavailable:
        return Unavailable(
            "Files cannot be stored or read just now, because the place where they are kept does not answer. "
            "Please try again in a few minutes."
        )
