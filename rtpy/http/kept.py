"""Answers that many watchers ask for, kept for some seconds by this process: what they cost is paid once."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from rtpy.app import App

T = TypeVar("T")


class Kept(Generic[T]):
    """One answer and its age. Who asks while it is being found waits for it; nobody looks a second time meanwhile."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long an answer is given, reckoned from when the look began."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._value: list[T] = []
        self._began = self._ended = 0.0

    def answer(self, look: Callable[[], T]) -> T:
        """What `look` says or has said. What it raises goes to the one who looked, and the next one looks again."""
        asked = time.monotonic()
        with self._lock:
            now = time.monotonic()
            # one that was found while we waited is new to us, however long that took
            if self._value and (asked <= self._ended or now < self._began + self._seconds):
                return self._value[0]
            self._value.clear()
            self._began = now
            found = look()
            self._value.append(found)
            self._ended = time.monotonic()
            return found


def kept_answer(app: App, name: str, seconds: float, look: Callable[[], T]) -> T:
    """The answer of that name: of before if it is young enough, else what `look` says."""
    kept: Kept[T] = app.caches.setdefault(f"kept {name}", Kept(seconds))
    return kept.answer(look)
